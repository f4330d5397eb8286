import { defineLayer } from './define-layer.js';
import { onImage } from './forward-images.js';
import { mapImage } from './image.js';
import { dataFormat, edgesOf, marginSums, margins } from './options.js';
import { formatShape } from './shape.js';

export const cropping2D = defineLayer({
  type: 'cropping2D',
  summary: 'Cuts rows and columns off the edges of an image.',
  options: {
    cropping: margins({
      description:
        'Rows and columns to cut off: one number for all edges, [height, width] for both edges of each, or [[top, bottom], [left, right]].',
    }),
    dataFormat: dataFormat(),
  },
  outputShape: ({ cropping, dataFormat }, input) =>
    mapImage(input, dataFormat, (spatial) => {
      const sums = marginSums(cropping);
      const left = spatial.map((length, axis) => length - sums[axis]!);
      return left.every((length) => length > 0)
        ? left
        : {
            code: 'shape-mismatch',
            message: `crops ${formatShape(sums)} off ${formatShape(spatial)}, which leaves nothing`,
            option: 'cropping',
          };
    }),
  forward: ({ cropping, dataFormat }, x, { program: p }) =>
    onImage(x, dataFormat, p, (image) => {
      const [[top, bottom], [left, right]] = edgesOf(cropping);
      const [rows, columns, channels] = image.shape as readonly [number, number, number];
      return p.slice(image, [top, left, 0], [rows - top - bottom, columns - left - right, channels]);
    }),
  examples: [
    { input: [6, 5, 2], options: { cropping: 1 } },
    {
      title: 'each edge by itself',
      input: [6, 5, 2],
      options: {
        cropping: [
          [1, 0],
          [2, 1],
        ],
      },
    },
    { title: 'channels first', input: [2, 6, 5], options: { cropping: [2, 0], dataFormat: 'channelsFirst' } },
  ],
});
