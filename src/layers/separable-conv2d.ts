import { activate } from './activations.js';
import {
  biasOptions,
  convolutionOptions,
  convolutionShape,
  dilationRate,
  dilationTrainingProblem,
  filters,
  kernelSize,
  outputOptions,
  windowOf,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { addBias, onImage, placeWindow, pointwise, spatialOf } from './forward-images.js';
import { imageOf } from './image.js';
import { axisValues, positiveInteger } from './options.js';
import { sizeOf } from './shape.js';
import { Type } from './type.js';
import { constraint, initializer, regularizer, weight } from './weight-options.js';

export const separableConv2d = defineLayer({
  type: 'separableConv2d',
  summary: 'A convolution of each channel by itself, then a 1x1 convolution that mixes the channels.',
  options: {
    filters,
    kernelSize: kernelSize(),
    depthMultiplier: Type.Optional(
      positiveInteger({
        description: 'Number of values for each input channel between the two.',
        default: 1,
      }),
    ),
    ...convolutionOptions(),
    dilationRate: dilationRate(),
    ...outputOptions,
    // tfjs's types list `pointwiseInitializer`, but its constructor reads this one for both kernels.
    depthwiseInitializer: initializer(
      'depthwise kernel starts, and also how the pointwise kernel',
      'glorotUniform',
    ),
    depthwiseRegularizer: regularizer('depthwise kernel'),
    depthwiseConstraint: constraint('depthwise kernel'),
    pointwiseRegularizer: regularizer('pointwise kernel'),
    pointwiseConstraint: constraint('pointwise kernel'),
    ...biasOptions,
  },
  outputShape(options, input) {
    if (options.dataFormat === 'channelsFirst' && options.useBias !== false) {
      return {
        code: 'conflicting-options',
        message: 'has a bias and dataFormat channelsFirst, but tfjs adds its bias along the wrong axis then',
        option: 'dataFormat',
        hint: "set 'useBias: false', or use channelsLast",
      };
    }
    return convolutionShape(options, input, () => options.filters);
  },
  weights(options, input) {
    const { channels } = imageOf(input, options.dataFormat);
    const { depthMultiplier = 1 } = options;
    const kernels = [
      weight('depthwise_kernel', [...axisValues(options.kernelSize), channels, depthMultiplier], 'depthwise'),
      weight('pointwise_kernel', [1, 1, channels * depthMultiplier, options.filters], 'pointwise'),
    ];
    return options.useBias === false ? kernels : [...kernels, weight('bias', [options.filters])];
  },
  multiplyAdds(options, input, output) {
    const between = imageOf(input, options.dataFormat).channels * (options.depthMultiplier ?? 1);
    const positions = sizeOf(imageOf(output, options.dataFormat).spatial);
    return positions * between * (sizeOf(axisValues(options.kernelSize)) + options.filters);
  },
  trainingProblem: (options) => dilationTrainingProblem(options),
  forward(options, x, context) {
    const { program: p } = context;
    return onImage(x, options.dataFormat, p, (image) => {
      const { window, output } = placeWindow(spatialOf(image), windowOf(options));
      const between = p.depthwise(image, context.weight('depthwise_kernel'), window, output);
      const mixed = p.convolve(between, context.weight('pointwise_kernel'), pointwise, output);
      // Unlike the other convolutions, tfjs's applies the activation before it puts the channels first.
      return activate(options.activation ?? 'linear', addBias(mixed, options, context), p);
    });
  },
  examples: [
    { input: [8, 8, 3], options: { filters: 4, kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [7, 6, 2],
      options: {
        filters: 5,
        kernelSize: [2, 3],
        depthMultiplier: 2,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        useBias: true,
        depthwiseInitializer: { type: 'varianceScaling', scale: 2, mode: 'fanAvg', distribution: 'uniform' },
        depthwiseRegularizer: { type: 'l1', l1: 0.001 },
        depthwiseConstraint: 'unitNorm',
        pointwiseRegularizer: { type: 'l1l2', l1: 0.001, l2: 0.002 },
        pointwiseConstraint: { type: 'maxNorm', maxValue: 3, axis: 2 },
        biasInitializer: 'ones',
        biasRegularizer: 'l2',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first',
      input: [2, 7, 6],
      options: { filters: 3, kernelSize: 3, dataFormat: 'channelsFirst', useBias: false },
    },
    {
      title: 'dilated, for inference',
      input: [9, 8, 2],
      options: { filters: 3, kernelSize: 3, dilationRate: [2, 1] },
    },
  ],
});
