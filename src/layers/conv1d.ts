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

// tfjs infers one shape for channels first and computes another.
const { strides, padding } = convolutionOptions(1);

export const conv1d = defineLayer({
  type: 'conv1d',
  summary: '1-D convolution: slides `filters` kernels along a sequence.',
  options: {
    filters,
    kernelSize: kernelSize(1),
    strides,
    padding,
    dilationRate: dilationRate(1),
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  ...plainConvolution(1),
  forward: plainForward(1),
  examples: [
    { input: [8, 3], options: { filters: 4, kernelSize: 3 } },
    {
      title: 'with options for its weights',
      input: [9, 2],
      options: {
        filters: 4,
        kernelSize: 3,
        strides: 2,
        padding: 'same',
        activation: 'relu',
        useBias: true,
        kernelInitializer: 'heNormal',
        kernelRegularizer: 'l2',
        kernelConstraint: { type: 'maxNorm', maxValue: 2, axis: 1 },
        biasInitializer: { type: 'constant', value: 0.1 },
        biasRegularizer: 'l1',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'dilated, for inference',
      input: [9, 2],
      options: { filters: 3, kernelSize: 3, dilationRate: 2 },
    },
  ],
});
