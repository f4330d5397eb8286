import { defineLayer } from './define-layer.js';
import { onImage } from './forward-images.js';
import { mapImage } from './image.js';
import { dataFormat, edgesOf, marginSums, margins } from './options.js';
import { Type } from './type.js';

export const zeroPadding2d = defineLayer({
  type: 'zeroPadding2d',
  summary: 'Adds rows and columns of zeros around an image.',
  options: {
    padding: Type.Optional(
      margins({
        description:
          'Rows and columns to add: one number for all edges, [height, width] for both edges of each, or [[top, bottom], [left, right]].',
        default: 1,
      }),
    ),
    dataFormat: dataFormat(),
  },
  outputShape: ({ padding = 1, dataFormat }, input) =>
    mapImage(input, dataFormat, (spatial) => {
      const sums = marginSums(padding);
      return spatial.map((length, axis) => length + sums[axis]!);
    }),
  forward: ({ padding = 1, dataFormat }, x, { program: p }) =>
    onImage(x, dataFormat, p, (image) => {
      const [[top, bottom], [left, right]] = edgesOf(padding);
      const [rows, columns, channels] = image.shape as readonly [number, number, number];
      return p.pad(image, [top, left, 0], [top + rows + bottom, left + columns + right, channels]);
    }),
  examples: [
    { input: [4, 5, 2], options: {} },
    {
      title: 'each edge by itself',
      input: [4, 5, 2],
      options: {
        padding: [
          [1, 0],
          [2, 3],
        ],
      },
    },
    { title: 'channels first', input: [2, 4, 5], options: { padding: [0, 2], dataFormat: 'channelsFirst' } },
  ],
});
