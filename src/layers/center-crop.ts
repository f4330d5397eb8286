import type { ProgramBuilder, Value } from '../program/index.js';
import { defineLayer } from './define-layer.js';
import { requireImage } from './image.js';
import { positiveInteger } from './options.js';
import { formatShape } from './shape.js';

/**
 * Which places of an axis tfjs takes. It does not cut: it resizes a box whose edges are fractions of the axis to the
 * nearest places (`cropAndResize`), which are sometimes others, or none, where it puts a zero.
 */
function nearestPlaces(length: number, wanted: number, start: number): readonly (number | undefined)[] {
  const [first, last] = [Math.fround(start / length), Math.fround((wanted + start) / length)];
  return Array.from({ length: wanted }, (_, index) => {
    const way = wanted === 1 ? 0.5 * (first + last) : first + (index * (last - first)) / (wanted - 1);
    const place = way * (length - 1);
    return place > length - 1 ? undefined : Math.round(place);
  });
}

/** The entries at these places of an axis, one after the other, with zeros where there is no place. */
function gathered(x: Value, axis: number, places: readonly (number | undefined)[], p: ProgramBuilder): Value {
  const parts = runsOf(places).map(({ start, count }) => {
    const shape = x.shape.with(axis, count);
    if (start === undefined)
      return p.broadcast(
        p.constant(
          [0],
          shape.map(() => 1),
        ),
        shape,
      );
    return p.slice(
      x,
      shape.map((_length, index) => (index === axis ? start : 0)),
      shape,
    );
  });
  return p.concat(parts, axis);
}

interface Run {
  readonly start: number | undefined;
  readonly count: number;
}

/** Neighbours that stay neighbours are taken together. */
function runsOf(places: readonly (number | undefined)[]): readonly Run[] {
  const runs: Run[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    const next = last?.start === undefined ? undefined : last.start + last.count;
    if (last !== undefined && place === next) runs[runs.length - 1] = { ...last, count: last.count + 1 };
    else runs.push({ start: place, count: 1 });
  }
  return runs;
}

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
  forward({ height, width }, x, { program: p }) {
    const [rows, columns] = x.shape as [number, number, number];
    const top = Math.floor((rows - height) / 2);
    // tfjs begins at least one column from the left unless it takes all of them.
    const left = width === columns ? 0 : Math.max(1, Math.floor((columns - width) / 2));
    const cut = gathered(x, 0, nearestPlaces(rows, height, top), p);
    return gathered(cut, 1, nearestPlaces(columns, width, left), p);
  },
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
