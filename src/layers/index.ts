/** The registry: every layer kind, by its type. Schema, reference, help and the test battery derive from it. */
import { activation } from './activation.js';
import { add } from './add.js';
import { alphaDropout } from './alpha-dropout.js';
import { average } from './average.js';
import { averagePooling2d } from './average-pooling-2d.js';
import { batchNormalization } from './batch-normalization.js';
import { concatenate } from './concatenate.js';
import { conv2d } from './conv2d.js';
import { conv2dTranspose } from './conv2d-transpose.js';
import { cropping2D } from './cropping-2d.js';
import { dense } from './dense.js';
import { depthwiseConv2d } from './depthwise-conv2d.js';
import { dot } from './dot.js';
import { dropout } from './dropout.js';
import { elu } from './elu.js';
import { flatten } from './flatten.js';
import { gaussianDropout } from './gaussian-dropout.js';
import { gaussianNoise } from './gaussian-noise.js';
import { globalAveragePooling2d } from './global-average-pooling-2d.js';
import { globalMaxPooling2d } from './global-max-pooling-2d.js';
import { layerNormalization } from './layer-normalization.js';
import { leakyReLU } from './leaky-relu.js';
import { maxPooling2d } from './max-pooling-2d.js';
import { maximum } from './maximum.js';
import { minimum } from './minimum.js';
import { multiply } from './multiply.js';
import { permute } from './permute.js';
import { prelu } from './prelu.js';
import { type LayerRegistry, type LayerSource, registryOf } from './registry.js';
import { reLU } from './relu.js';
import { repeatVector } from './repeat-vector.js';
import { rescaling } from './rescaling.js';
import { reshape } from './reshape.js';
import { separableConv2d } from './separable-conv2d.js';
import { softmax } from './softmax.js';
import { spatialDropout1d } from './spatial-dropout-1d.js';
import { thresholdedReLU } from './thresholded-relu.js';
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
export type {
  LayerDefinition,
  LayerExample,
  LayerOptions,
  LowerContext,
  MergeDefinition,
  SingleDefinition,
  WeightSpec,
} from './layer-definition.js';
export { multiplyAddsOf, outputShapeOf, trainingProblemOf, weightsOf } from './layer-functions.js';
export { type NestedLayer, nestedLayer, nestedRefs } from './nested-layer.js';
export { isProblem, type Problem } from './problem.js';
export type { LayerRegistry, LayerSource } from './registry.js';
export { formatShape, type Shape, sizeOf } from './shape.js';

const builtIn: readonly LayerSource[] = [
  conv2d,
  depthwiseConv2d,
  separableConv2d,
  conv2dTranspose,
  maxPooling2d,
  averagePooling2d,
  globalMaxPooling2d,
  globalAveragePooling2d,
  zeroPadding2d,
  cropping2D,
  upSampling2d,
  flatten,
  reshape,
  permute,
  repeatVector,
  dense,
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
  rescaling,
  add,
  average,
  multiply,
  maximum,
  minimum,
  concatenate,
  dot,
];

/** What specs know where nothing else is said. */
export const builtInRegistry: LayerRegistry = registryOf(builtIn);

/** The built-in kinds, by their type. */
export const layers = builtInRegistry.layers;

/**
 * The built-in kinds and yours: `defineLayer` says how to write one. The built-in registry is not changed.
 *
 * @throws SpecccError `invalid-layer-definition` where a type is taken already, or is not a name.
 */
export function createRegistry(own: readonly LayerSource[]): LayerRegistry {
  return registryOf([...builtIn, ...own]);
}
