import Type from 'typebox';
import { defineLayer, isProblem, layerCall } from './define-layer.js';
import { axisValues, dataFormat, padding, perAxis, positiveInteger, strictObject } from './options.js';
import { joinChannels, requireRank, splitChannels, windowPositions } from './window.js';

export const maxPooling2d = defineLayer({
  type: 'maxPooling2d',
  summary: 'The largest value of each window of an image.',
  options: strictObject({
    poolSize: Type.Optional(
      perAxis(2, positiveInteger(), { description: 'Height and width of the window.', default: 2 }),
    ),
    strides: Type.Optional(
      perAxis(2, positiveInteger(), { description: 'Steps of the window; poolSize where left out.' }),
    ),
    padding: Type.Optional(padding()),
    dataFormat: Type.Optional(dataFormat()),
  }),
  outputShape(options, input) {
    const wrong = requireRank(input, 3, '[height, width, channels]');
    if (wrong) return wrong;
    const first = options.dataFormat === 'channelsFirst';
    const { spatial, channels } = splitChannels(input, first);
    const size = axisValues(options.poolSize ?? 2, 2);
    const positions = windowPositions(
      spatial,
      {
        size,
        strides: axisValues(options.strides ?? options.poolSize ?? 2, 2),
        dilation: [1, 1],
        padding: options.padding ?? 'valid',
      },
      input,
    );
    return isProblem(positions) ? positions : joinChannels(positions, channels, first);
  },
  lower: (options, context) => layerCall('maxPooling2d', context, { ...options }),
  examples: [
    { input: [8, 8, 3], options: { poolSize: 2, strides: 2 } },
    {
      title: 'overlapping windows',
      input: [7, 9, 2],
      options: { poolSize: [3, 2], strides: 2, padding: 'same' },
    },
  ],
});
