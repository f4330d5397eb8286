import {
  type ConvolutionOptions,
  convolutionOptions,
  convolutionShape,
  dilationRate,
  dilationTrainingProblem,
  filters,
  kernelSize,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { imageOf } from './image.js';
import { axisValues } from './options.js';
import { isProblem, requireRank } from './problem.js';
import {
  forgetBias,
  forgetBiasProblem,
  gatedActivations,
  implementation,
  recurrentWeightOptions,
  sequenceOptions,
  stepMasks,
  stepOptions,
} from './recurrent.js';
import { type Shape, sizeOf } from './shape.js';
import { weight } from './weight-options.js';

const gates = 4;
const step = (input: Shape) => input.slice(1);

interface Options extends ConvolutionOptions {
  readonly filters: number;
}

const stateShape = (options: Options, input: Shape) =>
  convolutionShape(options, step(input), () => options.filters);

export const convLstm2d = defineLayer({
  type: 'convLstm2d',
  summary: 'An lstm of images: its gates are convolutions of each image and of the state (Shi et al., 2015).',
  options: {
    filters,
    kernelSize: kernelSize(),
    ...convolutionOptions(),
    dilationRate: dilationRate(),
    ...gatedActivations,
    ...recurrentWeightOptions,
    ...forgetBias,
    ...implementation,
    ...sequenceOptions,
    ...stepOptions,
  },
  outputShape(options, input) {
    const image =
      options.dataFormat === 'channelsFirst' ? 'channels, height, width' : 'height, width, channels';
    const wrong = requireRank(input, 4, `[steps, ${image}]`) ?? forgetBiasProblem(options);
    if (wrong) return wrong;
    const state = stateShape(options, input);
    if (isProblem(state)) return state;
    return options.returnSequences === true ? [input[0]!, ...state] : state;
  },
  weights(options, input) {
    const size = axisValues(options.kernelSize);
    const { channels } = imageOf(step(input), options.dataFormat);
    const outputs = gates * options.filters;
    const kernels = [
      weight('kernel', [...size, channels, outputs]),
      weight('recurrent_kernel', [...size, options.filters, outputs], 'recurrent'),
    ];
    return options.useBias === false ? kernels : [...kernels, weight('bias', [outputs])];
  },
  /** Each step convolves the image and the state, once for each of four gates; the state keeps its size. */
  multiplyAdds(options, input) {
    const state = stateShape(options, input) as Shape;
    const { channels } = imageOf(step(input), options.dataFormat);
    const taps = sizeOf(axisValues(options.kernelSize));
    return input[0]! * gates * sizeOf(state) * taps * (channels + options.filters);
  },
  trainingProblem: (options) => dilationTrainingProblem(options),
  mask: stepMasks.mask,
  // tfjs multiplies the state with the mask, a value for each place of the input.
  readsMask(options, input) {
    const state = stateShape(options, input);
    const sameSize = !isProblem(state) && state[0] === input[1] && state[1] === input[2];
    return sameSize && options.dataFormat !== 'channelsFirst' ? 'rightly' : 'wrongly';
  },
  examples: [
    { input: [3, 5, 5, 2], options: { filters: 2, kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [2, 4, 5, 1],
      options: {
        filters: 2,
        kernelSize: [2, 3],
        strides: [1, 2],
        padding: 'same',
        activation: 'softsign',
        recurrentActivation: 'sigmoid',
        useBias: true,
        kernelInitializer: 'heNormal',
        kernelConstraint: { type: 'unitNorm', axis: 2 },
        recurrentInitializer: 'glorotUniform',
        recurrentConstraint: { type: 'maxNorm', axis: 3 },
        biasInitializer: { type: 'randomUniform', minval: 0, maxval: 0.1 },
        biasConstraint: 'nonNeg',
        unitForgetBias: true,
        implementation: 1,
        returnSequences: true,
      },
    },
    {
      title: 'channels first, backwards, with dropout',
      input: [2, 1, 4, 5],
      options: {
        filters: 2,
        kernelSize: 2,
        dataFormat: 'channelsFirst',
        useBias: false,
        dropout: 0.25,
        recurrentDropout: 0.5,
        goBackwards: true,
      },
    },
    {
      title: 'dilated, for inference',
      input: [2, 5, 5, 1],
      options: { filters: 1, kernelSize: 2, dilationRate: 2 },
    },
  ],
});
