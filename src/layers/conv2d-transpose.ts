import type { Pair } from '../program/index.js';
import {
  biasOptions,
  convolutionOptions,
  filters,
  kernelSize,
  outputOptions,
  transposedConvolution,
  transposedSizes,
  windowOf,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { convolved, placeWindow, spatialOf } from './forward-images.js';
import { weightOptions } from './weight-options.js';

// tfjs's types list `dilationRate` as well, but it computes the layer without it.
export const conv2dTranspose = defineLayer({
  type: 'conv2dTranspose',
  summary: 'Transposed 2-D convolution (deconvolution): enlarges an image by its strides.',
  options: {
    filters,
    kernelSize: kernelSize(),
    ...convolutionOptions(),
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  ...transposedConvolution(2),
  forward: (options, x, context) =>
    convolved(x, options, context, (image) => {
      const size = transposedSizes(spatialOf(image), windowOf(options)) as Pair;
      const { window } = placeWindow(size, windowOf(options));
      return context.program.convolveInput(image, context.weight('kernel'), window, size);
    }),
  examples: [
    { input: [4, 4, 3], options: { filters: 2, kernelSize: 3, strides: 2 } },
    {
      title: 'with options for its weights',
      input: [4, 3, 2],
      options: {
        filters: 3,
        kernelSize: [3, 2],
        strides: [2, 1],
        padding: 'same',
        activation: 'elu',
        useBias: true,
        kernelInitializer: { type: 'randomNormal', mean: 0.01, stddev: 0.1 },
        kernelRegularizer: 'l2',
        kernelConstraint: { type: 'unitNorm', axis: 3 },
        biasInitializer: 'zeros',
        biasRegularizer: 'l1',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first, strides larger than the kernel',
      input: [2, 3, 4],
      options: { filters: 3, kernelSize: 2, strides: 3, dataFormat: 'channelsFirst', useBias: false },
    },
  ],
});
