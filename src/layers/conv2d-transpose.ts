import { biasOptions, convolutionOptions, filters, kernelSize, outputOptions } from './convolution.js';
import { defineLayer } from './define-layer.js';
import { imageOf, imageShape, requireImage } from './image.js';
import { axisValues } from './options.js';
import { sizeOf } from './shape.js';
import { weight, weightOptions } from './weight-options.js';

// tfjs's types list `dilationRate` as well, but it computes the layer without it.
export const conv2dTranspose = defineLayer({
  type: 'conv2dTranspose',
  summary: 'Transposed 2-D convolution (deconvolution): enlarges an image by its strides.',
  options: {
    filters,
    kernelSize,
    ...convolutionOptions,
    ...outputOptions,
    ...weightOptions('kernel', 'glorotNormal'),
    ...biasOptions,
  },
  outputShape(options, input) {
    const wrong = requireImage(input, options.dataFormat);
    if (wrong) return wrong;
    const { spatial } = imageOf(input, options.dataFormat);
    const size = axisValues(options.kernelSize);
    const strides = axisValues(options.strides ?? 1);
    // tfjs's `deconvLength`
    const length = (axis: 0 | 1) => {
      const excess = options.padding === 'same' ? 0 : Math.max(size[axis] - strides[axis], 0);
      return spatial[axis] * strides[axis] + excess;
    };
    return imageShape({ spatial: [length(0), length(1)], channels: options.filters }, options.dataFormat);
  },
  weights(options, input) {
    const { channels } = imageOf(input, options.dataFormat);
    const kernel = weight('kernel', [...axisValues(options.kernelSize), options.filters, channels]);
    return options.useBias === false ? [kernel] : [kernel, weight('bias', [options.filters])];
  },
  multiplyAdds: (options, input) => sizeOf(input) * sizeOf(axisValues(options.kernelSize)) * options.filters,
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
