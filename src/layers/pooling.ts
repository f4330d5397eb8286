/** What the 2-D poolings share. */

import { type DataFormat, imageOf, mapImage, requireImage } from './image.js';
import { axisValues, dataFormat, type PerAxis, padding, perAxis, positiveInteger } from './options.js';
import type { Problem } from './problem.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';
import { windowPositions } from './window.js';

interface PoolingOptions {
  readonly poolSize?: PerAxis;
  readonly strides?: PerAxis;
  readonly padding?: 'valid' | 'same';
  readonly dataFormat?: DataFormat;
}

export const pooling2d = {
  options: {
    poolSize: Type.Optional(
      perAxis(positiveInteger(), {
        description: 'Height and width of the window: one number for both, or [height, width].',
        default: 2,
      }),
    ),
    strides: Type.Optional(
      perAxis(positiveInteger(), {
        description: 'Steps of the window, down and across; poolSize where left out.',
      }),
    ),
    padding: padding(),
    dataFormat: dataFormat(),
  },
  outputShape: (
    { poolSize = 2, strides = poolSize, padding = 'valid', dataFormat }: PoolingOptions,
    input: Shape,
  ) =>
    mapImage(input, dataFormat, (spatial) =>
      windowPositions(
        spatial,
        { size: axisValues(poolSize), strides: axisValues(strides), dilation: [1, 1], padding },
        input,
      ),
    ),
};

export const globalPooling2d = {
  options: { dataFormat: dataFormat() },
  outputShape: ({ dataFormat }: PoolingOptions, input: Shape): Shape | Problem =>
    requireImage(input, dataFormat) ?? [imageOf(input, dataFormat).channels],
};
