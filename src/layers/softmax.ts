import { softmaxAlong } from './activations.js';
import { inputAxes } from './axis.js';
import { defineLayer } from './define-layer.js';
import { anyOf, listOf } from './options.js';
import { isProblem } from './problem.js';
import { formatShape } from './shape.js';
import { Type } from './type.js';

const axis = Type.Integer();

export const softmax = defineLayer({
  type: 'softmax',
  summary: 'Turns values into probabilities that add up to 1 along an axis.',
  options: {
    axis: Type.Optional(
      anyOf<number | readonly number[]>([axis, listOf(axis, { minItems: 1 })], {
        description:
          'The axis or axes to add up along, counted from 1, or from -1 at the end. tfjs computes a single axis only where it is the last one, so give -1 for inputs of several dimensions.',
        default: 1,
      }),
    ),
  },
  outputShape({ axis = 1 }, input) {
    const axes = inputAxes(axis, input, 'axis');
    if (isProblem(axes)) return axes;
    if (axes.length > 1 || axes[0] === input.length) return input;
    return {
      code: 'shape-mismatch',
      message: `works along axis ${axes[0]} of ${formatShape(input)}, but tfjs computes a softmax along the last axis only`,
      option: 'axis',
      hint: "set 'axis: -1', or insert 'permute' before it",
    };
  },
  // It would have to be of the shape of the values, and none is.
  readsMask: () => 'wrongly',
  forward({ axis = 1 }, x, { program }) {
    const axes = inputAxes(axis, x.shape, 'axis') as readonly number[];
    return softmaxAlong(
      axes.map((counted) => counted - 1),
      x,
      program,
    );
  },
  examples: [
    { input: [6], options: {} },
    { title: 'along the channels', input: [4, 4, 3], options: { axis: -1 } },
    { title: 'over a whole image', input: [4, 4, 2], options: { axis: [1, 2] } },
  ],
});
