import Type from 'typebox';
import { defineLayer, isProblem, layerCall } from './define-layer.js';
import {
  activation,
  axisValues,
  dataFormat,
  padding,
  perAxis,
  positiveInteger,
  strictObject,
} from './options.js';
import { sizeOf } from './shape.js';
import { lowerWeight, weightOptions } from './weight-options.js';
import { joinChannels, requireRank, splitChannels, windowPositions } from './window.js';

export const conv2d = defineLayer({
  type: 'conv2d',
  summary: '2-D convolution: slides `filters` kernels over an image.',
  options: strictObject({
    filters: positiveInteger({ description: 'Number of output channels.' }),
    kernelSize: perAxis(2, positiveInteger(), { description: 'Height and width of the window.' }),
    strides: Type.Optional(
      perAxis(2, positiveInteger(), { description: 'Steps of the window.', default: 1 }),
    ),
    padding: Type.Optional(padding()),
    dataFormat: Type.Optional(dataFormat()),
    dilationRate: Type.Optional(
      perAxis(2, positiveInteger(), { description: 'Distance between the taps of the window.', default: 1 }),
    ),
    activation: Type.Optional(activation()),
    useBias: Type.Optional(
      Type.Boolean({ description: 'Whether a bias is added to each channel.', default: true }),
    ),
    ...weightOptions('kernel', 'glorotNormal'),
    ...weightOptions('bias', 'zeros'),
  }),
  outputShape(options, input) {
    const wrong = requireRank(input, 3, '[height, width, channels]');
    if (wrong) return wrong;
    const strides = axisValues(options.strides ?? 1, 2);
    const dilation = axisValues(options.dilationRate ?? 1, 2);
    if (strides.some((s) => s > 1) && dilation.some((d) => d > 1)) {
      return {
        code: 'conflicting-options',
        message: `has strides ${strides.join('x')} and dilationRate ${dilation.join('x')}, but only one of them can be larger than 1`,
        option: 'dilationRate',
      };
    }
    const first = options.dataFormat === 'channelsFirst';
    const { spatial } = splitChannels(input, first);
    const positions = windowPositions(
      spatial,
      { size: axisValues(options.kernelSize, 2), strides, dilation, padding: options.padding ?? 'valid' },
      input,
    );
    return isProblem(positions) ? positions : joinChannels(positions, options.filters, first);
  },
  weights(options, input) {
    const { channels } = splitChannels(input, options.dataFormat === 'channelsFirst');
    const kernel = {
      name: 'kernel',
      shape: [...axisValues(options.kernelSize, 2), channels, options.filters],
      trainable: true,
    };
    return options.useBias === false
      ? [kernel]
      : [kernel, { name: 'bias', shape: [options.filters], trainable: true }];
  },
  multiplyAdds(options, input, output) {
    const { channels } = splitChannels(input, options.dataFormat === 'channelsFirst');
    return sizeOf(output) * sizeOf(axisValues(options.kernelSize, 2)) * channels;
  },
  lower: (options, context) =>
    layerCall('conv2d', context, {
      ...options,
      ...lowerWeight('kernel', 'glorotNormal', options, context),
      ...(options.useBias === false ? {} : lowerWeight('bias', 'zeros', options, context)),
    }),
  examples: [
    { input: [8, 8, 3], options: { filters: 4, kernelSize: 3 } },
    {
      title: 'every option',
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
      },
    },
    {
      title: 'dilated',
      input: [9, 9, 2],
      options: { filters: 3, kernelSize: 3, dilationRate: 2, useBias: false },
    },
  ],
});
