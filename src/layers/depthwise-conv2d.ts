import {
  biasOptions,
  convolutionOptions,
  convolutionShape,
  kernelSize,
  outputOptions,
  windowOf,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { convolved, placeWindow, spatialOf } from './forward-images.js';
import { imageOf } from './image.js';
import { axisValues, positiveInteger } from './options.js';
import { sizeOf } from './shape.js';
import { Type } from './type.js';
import { weight, weightOptions } from './weight-options.js';

// tfjs's types list `dilationRate` as well, but it computes the layer without it.
export const depthwiseConv2d = defineLayer({
  type: 'depthwiseConv2d',
  summary: 'A 2-D convolution of each channel by itself.',
  options: {
    kernelSize: kernelSize(),
    depthMultiplier: Type.Optional(
      positiveInteger({ description: 'Number of outputs for each input channel.', default: 1 }),
    ),
    ...convolutionOptions(),
    ...outputOptions,
    ...weightOptions('depthwise', 'glorotNormal', 'depthwise kernel'),
    ...biasOptions,
  },
  outputShape: (options, input) =>
    convolutionShape(options, input, (channels) => channels * (options.depthMultiplier ?? 1)),
  weights(options, input) {
    const { channels } = imageOf(input, options.dataFormat);
    const { depthMultiplier = 1 } = options;
    const kernel = weight(
      'depthwise_kernel',
      [...axisValues(options.kernelSize), channels, depthMultiplier],
      'depthwise',
    );
    return options.useBias === false ? [kernel] : [kernel, weight('bias', [channels * depthMultiplier])];
  },
  multiplyAdds: (options, _input, output) => sizeOf(output) * sizeOf(axisValues(options.kernelSize)),
  forward: (options, x, context) =>
    convolved(x, options, context, (image) => {
      const { window, output } = placeWindow(spatialOf(image), windowOf(options));
      return context.program.depthwise(image, context.weight('depthwise_kernel'), window, output);
    }),
  examples: [
    { input: [8, 8, 3], options: { kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [7, 6, 2],
      options: {
        kernelSize: [2, 3],
        depthMultiplier: 2,
        strides: 2,
        padding: 'same',
        activation: 'relu6',
        useBias: true,
        depthwiseInitializer: 'heNormal',
        depthwiseRegularizer: 'l2',
        depthwiseConstraint: { type: 'minMaxNorm', minValue: 0.1, maxValue: 1, rate: 0.5, axis: 1 },
        biasInitializer: 'ones',
        biasRegularizer: { type: 'l1', l1: 0.001 },
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first, without a bias',
      input: [2, 6, 7],
      options: { kernelSize: 3, dataFormat: 'channelsFirst', useBias: false },
    },
  ],
});
