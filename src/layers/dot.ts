import type { ProgramBuilder, Value } from '../program/index.js';
import { inputAxes } from './axis.js';
import { defineMergeLayer } from './define-layer.js';
import { formatShapes, joinProblem } from './merge.js';
import { anyOf, listOf } from './options.js';
import { isProblem, type Problem } from './problem.js';
import { type Shape, sizeOf } from './shape.js';
import { Type } from './type.js';

type Axes = number | readonly number[];

/** The axis of each of the two inputs, counted from 1. */
function summedAxes(axes: Axes, inputs: readonly Shape[]): readonly [number, number] | Problem {
  if (inputs.length !== 2) {
    return {
      code: 'wrong-input-count',
      message: `needs two inputs, but gets ${inputs.length}, ${formatShapes(inputs)}`,
    };
  }
  if (inputs.some(({ length }) => length > 2)) {
    return {
      code: 'wrong-input-rank',
      message: `needs inputs of 1 or 2 dimensions, but gets ${formatShapes(inputs)}`,
      hint: "insert 'reshape' before it",
    };
  }
  const resolved: number[] = [];
  for (const [index, shape] of inputs.entries()) {
    const axis = inputAxes(typeof axes === 'number' ? axes : axes[index]!, shape, 'axes');
    if (isProblem(axis)) return axis;
    resolved.push(axis[0]!);
  }
  const [first, second] = resolved as [number, number];
  if (inputs[0]![first - 1] === inputs[1]![second - 1]) return [first, second];
  const wanted =
    first === second
      ? `their sizes must be equal along axis ${first}`
      : `axis ${first} of the first must be as long as axis ${second} of the second`;
  return joinProblem(inputs, wanted);
}

function productShape(summed: readonly [number, number], inputs: readonly Shape[]): Shape {
  const shape = inputs.flatMap((input, index) => input.filter((_, axis) => axis !== summed[index]! - 1));
  return shape.length === 0 ? [1] : shape;
}

/** Each row divided by its length, as tfjs does it: rows of almost zeros stay so. */
function ofLengthOne(rows: Value, p: ProgramBuilder): Value {
  const squares = p.sum(p.square(rows), [1], true);
  return p.div(rows, p.sqrt(p.maximum(squares, 1e-7)));
}

export const dot = defineMergeLayer({
  type: 'dot',
  summary: 'The dot products of two inputs along an axis of each.',
  options: {
    axes: anyOf<Axes>([Type.Integer(), listOf(Type.Integer(), { minItems: 2, maxItems: 2 })], {
      description:
        'The axis to sum over, counted from 1, or from -1 at the end: one for both inputs, or one for each.',
    }),
    normalize: Type.Optional(
      Type.Boolean({
        default: false,
        description:
          'Whether both inputs are brought to length 1 along their axis first, so that the result is the cosine of their angle.',
      }),
    ),
  },
  outputShape({ axes }, inputs) {
    const summed = summedAxes(axes, inputs);
    if (isProblem(summed as Shape | Problem)) return summed as Problem;
    return productShape(summed as readonly [number, number], inputs);
  },
  multiplyAdds({ axes }, inputs, output) {
    const [first] = summedAxes(axes, inputs) as readonly [number, number];
    return sizeOf(output) * inputs[0]![first - 1]!;
  },
  forward({ axes, normalize }, inputs, { program: p }) {
    const shapes = inputs.map(({ shape }) => shape);
    const summed = summedAxes(axes, shapes) as readonly [number, number];
    const [left, right] = inputs.map((value, index) => {
      const axis = summed[index]! - 1;
      const others = value.shape.flatMap((_length, other) => (other === axis ? [] : [other]));
      const last = p.transpose(value, [...others, axis]);
      const rows = last.shape.length === 1 ? p.reshape(last, [1, ...last.shape]) : last;
      return normalize ? ofLengthOne(rows, p) : rows;
    }) as [Value, Value];
    const products = p.mul(
      p.reshape(left, [left.shape[0]!, 1, left.shape[1]!]),
      p.reshape(right, [1, ...right.shape]),
    );
    return p.reshape(p.sum(products, [2]), productShape(summed, shapes));
  },
  // tfjs checks no negative axes that stand in a list.
  lower({ axes }, inputs) {
    if (typeof axes === 'number') return {};
    return { axes: axes.map((axis, index) => (axis < 0 ? axis + inputs[index]!.length + 1 : axis)) };
  },
  examples: [
    { inputs: [[5], [5]], options: { axes: 1 } },
    {
      title: 'each step of one sequence with each of another, as cosines',
      inputs: [
        [3, 4],
        [5, 4],
      ],
      options: { axes: -1, normalize: true },
    },
    { title: 'a matrix and a vector', inputs: [[3, 4], [3]], options: { axes: [1, -1] } },
  ],
});
