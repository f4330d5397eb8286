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

const without = (shape: Shape, axis: number) => shape.filter((_, index) => index !== axis - 1);

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
    const [first, second] = summed as readonly [number, number];
    const shape = [...without(inputs[0]!, first), ...without(inputs[1]!, second)];
    return shape.length === 0 ? [1] : shape;
  },
  multiplyAdds({ axes }, inputs, output) {
    const [first] = summedAxes(axes, inputs) as readonly [number, number];
    return sizeOf(output) * inputs[0]![first - 1]!;
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
