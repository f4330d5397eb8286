import type { ProgramBuilder, Value } from '../program/index.js';
import { defineLayer } from './define-layer.js';
import { onImage } from './forward-images.js';
import { mapImage } from './image.js';
import { axisValues, dataFormat, oneOf, perAxis, positiveInteger } from './options.js';
import { Type } from './type.js';

/** Every entry along an axis `factor` times. */
function repeat(x: Value, axis: number, factor: number, p: ProgramBuilder): Value {
  const { shape } = x;
  const [before, after] = [shape.slice(0, axis + 1), shape.slice(axis + 1)];
  const repeated = p.broadcast(p.reshape(x, [...before, 1, ...after]), [...before, factor, ...after]);
  return p.reshape(repeated, shape.with(axis, shape[axis]! * factor));
}

/** Between each entry along an axis and the next `factor - 1` weighted means; after the last one, copies of it. */
function interpolate(x: Value, axis: number, factor: number, p: ProgramBuilder): Value {
  const { shape } = x;
  const length = shape[axis]!;
  const from = (start: number, count: number) =>
    p.slice(
      x,
      shape.map((_length, index) => (index === axis ? start : 0)),
      shape.with(axis, count),
    );
  const next = length === 1 ? x : p.concat([from(1, length - 1), from(length - 1, 1)], axis);
  const steps = Array.from({ length: length * factor }, (_, place) => (place % factor) / factor);
  const weights = p.constant(
    steps,
    shape.map((_length, index) => (index === axis ? steps.length : 1)),
  );
  const [start, end] = [repeat(x, axis, factor, p), repeat(next, axis, factor, p)];
  return p.add(start, p.mul(p.sub(end, start), weights));
}

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
  forward: ({ size = 2, dataFormat, interpolation }, x, { program: p }) =>
    onImage(x, dataFormat, p, (image) =>
      axisValues(size).reduce(
        (enlarged, factor, axis) =>
          interpolation === 'bilinear'
            ? interpolate(enlarged, axis, factor, p)
            : repeat(enlarged, axis, factor, p),
        image,
      ),
    ),
  // tfjs makes NaN of a single number.
  lower: ({ size }) => (size === undefined ? {} : { size: axisValues(size) }),
  examples: [
    { input: [3, 4, 2], options: {} },
    { title: 'bilinear', input: [4, 4, 2], options: { size: 3, interpolation: 'bilinear' } },
    { title: 'channels first', input: [2, 3, 4], options: { size: [2, 1], dataFormat: 'channelsFirst' } },
  ],
});
