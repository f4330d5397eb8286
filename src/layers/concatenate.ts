import { inputAxes } from './axis.js';
import { defineMergeLayer } from './define-layer.js';
import { joinProblem } from './merge.js';
import { isProblem, type Problem } from './problem.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';

/** The axis counted from 0 without the batch, or why the inputs have no such axis in common. */
function joinedAxis(axis: number, inputs: readonly Shape[]): number | Problem {
  const [first] = inputs as readonly [Shape];
  if (inputs.some(({ length }) => length !== first.length)) {
    return joinProblem(inputs, 'they must have the same number of dimensions');
  }
  const axes = inputAxes(axis, first, 'axis');
  if (isProblem(axes)) return axes;
  const joined = axes[0]! - 1;
  const wrong = first.findIndex(
    (size, index) => index !== joined && inputs.some((shape) => shape[index] !== size),
  );
  if (wrong === -1) return joined;
  return joinProblem(inputs, `their sizes must be equal along all axes but axis ${joined + 1}`);
}

export const concatenate = defineMergeLayer({
  type: 'concatenate',
  summary: 'Its inputs, one after the other along an axis.',
  options: {
    axis: Type.Optional(
      Type.Integer({
        default: -1,
        description: 'The axis along which they follow each other, counted from 1, or from -1 at the end.',
      }),
    ),
  },
  outputShape({ axis = -1 }, inputs) {
    const joined = joinedAxis(axis, inputs);
    if (typeof joined !== 'number') return joined;
    return inputs[0]!.map((size, index) =>
      index === joined ? inputs.reduce((sum, shape) => sum + shape[index]!, 0) : size,
    );
  },
  // tfjs takes every negative axis for the last one when it computes.
  lower({ axis }, inputs) {
    return axis === undefined || axis >= -1 ? {} : { axis: axis + inputs[0]!.length + 1 };
  },
  mask: () => 'joins',
  forward({ axis = -1 }, inputs, { program }) {
    const joined = joinedAxis(
      axis,
      inputs.map(({ shape }) => shape),
    );
    return program.concat(inputs, joined as number);
  },
  examples: [
    {
      inputs: [
        [4, 4, 3],
        [4, 4, 2],
      ],
      options: {},
    },
    {
      title: 'one below the other',
      inputs: [
        [1, 3],
        [2, 3],
        [3, 3],
      ],
      options: { axis: 1 },
    },
    {
      title: 'along the width',
      inputs: [
        [4, 2, 3],
        [4, 5, 3],
      ],
      options: { axis: -2 },
    },
  ],
});
