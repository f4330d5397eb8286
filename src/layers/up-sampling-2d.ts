import { defineLayer } from './define-layer.js';
import { mapImage } from './image.js';
import { axisValues, dataFormat, oneOf, perAxis, positiveInteger } from './options.js';
import { Type } from './type.js';

export const upSampling2d = defineLayer({
  type: 'upSampling2d',
  summary: 'Enlarges an image by whole factors.',
  options: {
    size: Type.Optional(
      perAxis(positiveInteger(), {
        description: 'Factors: one number for both axes, or [height, width].',
        default: 2,
      }),
    ),
    dataFormat: dataFormat(),
    interpolation: Type.Optional(
      oneOf(['nearest', 'bilinear'], {
        description: 'nearest repeats pixels; bilinear puts weighted means between them.',
        default: 'nearest',
      }),
    ),
  },
  outputShape: ({ size = 2, dataFormat }, input) =>
    mapImage(input, dataFormat, (spatial) => {
      const factors = axisValues(size);
      return spatial.map((length, axis) => length * factors[axis]!);
    }),
  // tfjs makes NaN of a single number.
  lower: ({ size }) => (size === undefined ? {} : { size: axisValues(size) }),
  examples: [
    { input: [3, 4, 2], options: {} },
    { title: 'bilinear', input: [4, 4, 2], options: { size: 3, interpolation: 'bilinear' } },
    { title: 'channels first', input: [2, 3, 4], options: { size: [2, 1], dataFormat: 'channelsFirst' } },
  ],
});
