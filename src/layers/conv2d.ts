import {
  biasOptions,
  convolutionOptions,
  dilationRate,
  filters,
  kernelSize,
  outputOptions,
  plainConvolution,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { plainForward } from './forward-images.js';
import { weightOptions } from './weight-options.js';

export const conv2d = defineLayer({
  type: 'conv2d',
  summary: '2-D convolution: slides `filters` kernels over an image.',
  options: {
    filters,
    kernelSize: kernelSize(),
    ...convolutionOptions(),
    dilationRate: dilationRate(),
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  ...plainConvolution(2),
  forward: plainForward(2),
  examples: [
    { input: [8, 8, 3], options: { filters: 4, kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [9, 8, 2],
      options: {
        filters: 4,
        kernelSize: [3, 2],
        strides: [2, 1],
        padding: 'same',
        activation: 'relu',
        useBias: true,
        kernelInitializer: { type: 'truncatedNormal', stddev: 0.1 },
        kernelRegularizer: { type: 'l2', l2: 0.001 },
        kernelConstraint: { type: 'maxNorm', maxValue: 2 },
        biasInitializer: { type: 'constant', value: 0.1 },
        biasRegularizer: 'l1',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first, without a bias',
      input: [2, 7, 6],
      options: { filters: 3, kernelSize: 3, dataFormat: 'channelsFirst', activation: 'tanh', useBias: false },
    },
    {
      title: 'dilated, for inference',
      input: [9, 9, 2],
      options: { filters: 3, kernelSize: 3, dilationRate: 2 },
    },
  ],
});
