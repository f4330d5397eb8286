/** The registry: every layer kind, by its type. Schema, reference, help and the test battery derive from it. */

import { activation } from './activation.js';
import { add } from './add.js';
import { alphaDropout } from './alpha-dropout.js';
import { average } from './average.js';
import { averagePooling1d } from './average-pooling-1d.js';
import { averagePooling2d } from './average-pooling-2d.js';
import { averagePooling3d } from './average-pooling-3d.js';
import { batchNormalization } from './batch-normalization.js';
import { bidirectional } from './bidirectional.js';
import { categoryEncoding } from './category-encoding.js';
import { centerCrop } from './center-crop.js';
import { concatenate } from './concatenate.js';
import { convLstm2d } from './conv-lstm2d.js';
import { conv1d } from './conv1d.js';
import { conv2d } from './conv2d.js';
import { conv2dTranspose } from './conv2d-transpose.js';
import { conv3d } from './conv3d.js';
import { conv3dTranspose } from './conv3d-transpose.js';
import { cropping2D } from './cropping-2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { dot } from './dot.js';
import { dropout } from './dropout.js';
import { elu } from './elu.js';
import { embedding } from './embedding.js';
import { flatten } from './flatten.js';
import { gaussianDropout } from './gaussian-dropout.js';
import { gaussianNoise } from './gaussian-noise.js';
import { globalAveragePooling1d } from './global-average-pooling-1d.js';
import { globalAveragePooling2d } from './global-average-pooling-2d.js';
import { globalMaxPooling1d } from './global-max-pooling-1d.js';
import { globalMaxPooling2d } from './global-max-pooling-2d.js';
import { gru, gruCell } from './gru.js';
import { layerNormalization } from './layer-normalization.js';
import { leakyReLU } from './leaky-relu.js';
import { lstm, lstmCell } from './lstm.js';
import { masking } from './masking.js';
import { maxPooling1d } from './max-pooling-1d.js';
import { maxPooling2d } from './max-pooling-2d.js';
import { maxPooling3d } from './max-pooling-3d.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { multiply } from './multiply.js';
import { guarded } from './own-kinds.js';
import { permute } from './permute.js';
import { prelu } from './prelu.js';
import { checkImplementations, type LayerRegistry, type LayerSource, registryOf } from './registry.js';
import { reLU } from './relu.js';
import { repeatVector } from './repeat-vector.js';
import { rescaling } from './rescaling.js';
import { reshape } from './reshape.js';
import { rnn } from './rnn.js';
import { separableConv2d } from './separable-conv2d.js';
import { simpleRNN, simpleRNNCell } from './simple-rnn.js';
import { softmax } from './softmax.js';
import { spatialDropout1d } from './spatial-dropout-1d.js';
import { stackedRNNCells } from './stacked-rnn-cells.js';
import { thresholdedReLU } from './thresholded-relu.js';
import { timeDistributed } from './time-distributed.js';
import { upSampling2d } from './up-sampling-2d.js';
import { zeroPadding2d } from './zero-padding-2d.js';

export {
  type Argument,
  type Call,
  isCall,
  type LayerClass,
  type NewCall,
  type TfCall,
} from './call.js';
export {
  defineCell,
  defineLayer,
  defineMergeLayer,
  type LayerKind,
  type MergeLayerKind,
} from './define-layer.js';
export type { ForwardContext } from './forward.js';
export type {
  LayerDefinition,
  LayerExample,
  LayerOptions,
  LowerContext,
  MergeDefinition,
  SingleDefinition,
  WeightSpec,
} from './layer-definition.js';
export {
  inputGradientProblemOf,
  multiplyAddsOf,
  outputShapeOf,
  trainingProblemOf,
  weightsOf,
} from './layer-functions.js';
export { leftOut, otherNames } from './left-out.js';
export {
  modelProblems,
  modelTrainingProblems,
  modelWarnings,
  type PlacedLayer,
  type PlacedProblem,
} from './model-problems.js';
export { type NestedLayer, nestedLayer, nestedRefs } from './nested-layer.js';
export { isProblem, type Problem } from './problem.js';
export type { LayerRegistry, LayerSource } from './registry.js';
export { formatShape, type Shape, sizeOf } from './shape.js';
export { Type } from './type.js';
export { type Weight, weightOptions } from './weight-options.js';

const builtIn: readonly LayerSource[] = [
  conv1d,
  conv2d,
  conv3d,
  depthwiseConv2d,
  separableConv2d,
  conv2dTranspose,
  conv3dTranspose,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalAveragePooling1d,
  globalAveragePooling2d,
  zeroPadding2d,
  cropping2D,
  upSampling2d,
  flatten,
  reshape,
  permute,
  repeatVector,
  dense,
  embedding,
  activation,
  reLU,
  leakyReLU,
  prelu,
  elu,
  thresholdedReLU,
  softmax,
  batchNormalization,
  layerNormalization,
  dropout,
  spatialDropout1d,
  gaussianDropout,
  gaussianNoise,
  alphaDropout,
  add,
  average,
  multiply,
  maximum,
  minimum,
  concatenate,
  dot,
  simpleRNN,
  gru,
  lstm,
  convLstm2d,
  rnn,
  simpleRNNCell,
  gruCell,
  lstmCell,
  stackedRNNCells,
  bidirectional,
  timeDistributed,
  masking,
  rescaling,
  centerCrop,
  categoryEncoding,
];

/** What specs know where nothing else is said. */
export const builtInRegistry: LayerRegistry = registryOf(builtIn);

/** The built-in kinds, by their type. */
export const layers = builtInRegistry.layers;

/**
 * The built-in kinds and yours: `defineLayer` says how to write one. The built-in registry is not changed.
 *
 * @throws SpecccError `invalid-layer-definition` where a type is taken already or is not a name, or where a class is
 * missing or cannot be imported.
 */
export function createRegistry(own: readonly LayerSource[]): LayerRegistry {
  const registry = registryOf([...builtIn, ...own.map(guarded)]);
  checkImplementations(registry, builtInRegistry);
  return registry;
}
