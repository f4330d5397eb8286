import {
  biasOptions,
  convolutionOptions,
  filters,
  kernelSize,
  outputOptions,
  transposedConvolution,
} from './convolution.js';
import { defineLayer } from './define-layer.js';
import { weightOptions } from './weight-options.js';

// tfjs's types list `dilationRate` as well, but it computes the layer without it.
export const conv3dTranspose = defineLayer({
  type: 'conv3dTranspose',
  summary:
    'Transposed 3-D convolution (deconvolution): enlarges a volume by its strides. tfjs cannot train it.',
  options: {
    filters,
    kernelSize: kernelSize(3),
    ...convolutionOptions(3),
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  ...transposedConvolution(3),
  trainingProblem: () => ({
    code: 'not-trainable',
    message: 'is a layer for which tfjs has no gradient',
    hint: 'compile the model for inference only',
  }),
  examples: [
    { input: [2, 3, 3, 2], options: { filters: 2, kernelSize: 3, strides: 2 } },
    {
      title: 'with options for its weights',
      input: [2, 3, 2, 2],
      options: {
        filters: 3,
        kernelSize: [1, 3, 2],
        strides: [2, 2, 1],
        padding: 'same',
        activation: 'elu',
        useBias: true,
        kernelInitializer: 'leCunUniform',
        kernelRegularizer: 'l2',
        kernelConstraint: { type: 'unitNorm', axis: 3 },
        biasInitializer: 'zeros',
        biasRegularizer: 'l1',
        biasConstraint: 'nonNeg',
      },
    },
    {
      title: 'channels first, strides larger than the kernel',
      input: [2, 2, 3, 2],
      options: { filters: 3, kernelSize: 2, strides: 3, dataFormat: 'channelsFirst', useBias: false },
    },
  ],
});
