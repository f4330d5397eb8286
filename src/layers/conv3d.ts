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
import { weightOptions } from './weight-options.js';

export const conv3d = defineLayer({
  type: 'conv3d',
  summary: '3-D convolution: slides `filters` kernels through a volume, such as the images of a film.',
  options: {
    filters,
    kernelSize: kernelSize(3),
    ...convolutionOptions(3),
    dilationRate: dilationRate(3),
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  ...plainConvolution(3),
  examples: [
    { input: [4, 5, 5, 2], options: { filters: 3, kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [4, 5, 4, 2],
      options: {
        filters: 3,
        kernelSize: [2, 3, 1],
        strides: [1, 2, 1],
        padding: 'same',
        activation: 'relu',
        useBias: true,
        kernelInitializer: 'heUniform',
        kernelRegularizer: 'l1',
        kernelConstraint: { type: 'unitNorm', axis: 4 },
        biasInitializer: 'ones',
        biasRegularizer: 'l2',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first, without a bias',
      input: [2, 3, 4, 4],
      options: { filters: 3, kernelSize: 2, dataFormat: 'channelsFirst', useBias: false },
    },
    {
      title: 'dilated, for inference',
      input: [5, 5, 5, 1],
      options: { filters: 2, kernelSize: 2, dilationRate: [2, 1, 2] },
    },
  ],
});
