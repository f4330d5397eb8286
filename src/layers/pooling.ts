/** What the poolings along one to three axes share. */
import type { Value } from '../program/index.js';
import type { ForwardContext } from './forward.js';
import { onImage, placeWindow, spatialOf } from './forward-images.js';
import { type Axes, type DataFormat, imageOf, mapImage, requireImage } from './image.js';
import { axisValues, dataFormat, type PerAxis, padding, perAxis, positiveInteger } from './options.js';
import type { Problem } from './problem.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';
import { type Window, windowPositions } from './window.js';

interface PoolingOptions {
  readonly poolSize?: PerAxis;
  readonly strides?: PerAxis;
  readonly padding?: 'valid' | 'same';
  readonly dataFormat?: DataFormat;
}

const sizes: Readonly<Record<Axes, string>> = {
  1: 'Length of the window, in steps.',
  2: 'Height and width of the window: one number for both, or [height, width].',
  3: 'Size of the window: one number for all axes, or [depth, height, width].',
};

const moves: Readonly<Record<Axes, string>> = {
  1: 'Steps that the window moves on; poolSize where left out.',
  2: 'Steps of the window, down and across; poolSize where left out.',
  3: 'Steps of the window along depth, height and width; poolSize where left out.',
};

const windowOf = (
  { poolSize = 2, strides = poolSize, padding = 'valid' }: PoolingOptions,
  axes: Axes,
): Window => ({
  size: axisValues(poolSize, axes),
  strides: axisValues(strides, axes),
  dilation: axisValues(1, axes),
  padding,
});

function pooling(axes: Axes) {
  return {
    options: {
      poolSize: Type.Optional(perAxis(positiveInteger(), { description: sizes[axes], default: 2 }, axes)),
      strides: Type.Optional(perAxis(positiveInteger(), { description: moves[axes] }, axes)),
      padding: padding(),
    },
    outputShape: (options: PoolingOptions, input: Shape) =>
      mapImage(
        input,
        options.dataFormat,
        (spatial) => windowPositions(spatial, windowOf(options, axes), input),
        axes,
      ),
  };
}

/** Of sequences, which tfjs takes with their channels last only. */
export const pooling1d = pooling(1);
export const pooling2d = { ...pooling(2), options: { ...pooling(2).options, dataFormat: dataFormat() } };
export const pooling3d = { ...pooling(3), options: { ...pooling(3).options, dataFormat: dataFormat() } };

/** The forward pass of a pooling along one or two axes. */
export const poolingForward =
  (kind: 'maxPool' | 'averagePool', axes: 1 | 2) =>
  (options: PoolingOptions, x: Value, { program: p }: ForwardContext): Value =>
    onImage(x, options.dataFormat, p, (image) => {
      const { window, output } = placeWindow(spatialOf(image), windowOf(options, axes));
      return p[kind](image, window, output);
    });

/** The forward pass of a pooling over all places of a sequence or an image. */
export const globalPoolingForward =
  (kind: 'max' | 'mean') =>
  ({ dataFormat }: PoolingOptions, x: Value, { program: p }: ForwardContext): Value => {
    const axes = x.shape.map((_length, axis) => axis);
    return p[kind](x, dataFormat === 'channelsFirst' ? axes.slice(1) : axes.slice(0, -1));
  };

export const globalPooling1d = {
  options: {},
  outputShape: (_options: object, input: Shape): Shape | Problem =>
    requireImage(input, 'channelsLast', 1) ?? [imageOf(input).channels],
};

export const globalPooling2d = {
  options: { dataFormat: dataFormat() },
  outputShape: ({ dataFormat }: PoolingOptions, input: Shape): Shape | Problem =>
    requireImage(input, dataFormat) ?? [imageOf(input, dataFormat).channels],
};
