import { defineLayer } from './define-layer.js';
import { requireImage } from './image.js';
import { positiveInteger } from './options.js';
import { formatShape } from './shape.js';

export const centerCrop = defineLayer({
  type: 'centerCrop',
  summary: 'The middle of an image.',
  options: {
    height: positiveInteger({ description: 'Rows of the output.' }),
    width: positiveInteger({ description: 'Columns of the output.' }),
  },
  outputShape({ height, width }, input) {
    const wrong = requireImage(input);
    if (wrong) return wrong;
    const [rows, columns, channels] = input as [number, number, number];
    if (height <= rows && width <= columns) return [height, width, channels];
    return {
      code: 'shape-mismatch',
      message: `cuts ${height}x${width} out of ${formatShape(input)}, which is not that large`,
      option: height > rows ? 'height' : 'width',
      hint: "use 'upSampling2d' to enlarge an image, or 'zeroPadding2d' to surround it",
    };
  },
  spoilsInputShape: true,
  inputGradientProblem: () => ({
    code: 'not-trainable',
    message: 'cuts its input without a gradient in tfjs, so that nothing before it can be trained',
    hint: "use 'cropping2D', or put it before all layers that are trained",
  }),
  examples: [
    {
      before: { type: 'reshape', targetShape: [8, 8, 3] },
      input: [8, 8, 3],
      options: { height: 4, width: 6 },
    },
    {
      title: 'the middle column',
      before: { type: 'reshape', targetShape: [4, 5, 2] },
      input: [4, 5, 2],
      options: { height: 4, width: 1 },
    },
  ],
});
