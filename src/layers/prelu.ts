import { rectify } from './activations.js';
import { inputAxes } from './axis.js';
import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { anyOf, listOf, positiveInteger } from './options.js';
import { isProblem } from './problem.js';
import { Type } from './type.js';
import { weight, weightOptions } from './weight-options.js';

export const prelu = defineLayer({
  type: 'prelu',
  summary: 'Rectifier whose slope for negative values is learned, one for each value of an example.',
  options: {
    ...weightOptions('alpha', 'zeros', 'slopes'),
    sharedAxes: Type.Optional(
      anyOf<number | readonly number[]>([positiveInteger(), listOf(positiveInteger(), { minItems: 1 })], {
        description:
          'Axes along which one slope is shared, counted from 1: [1, 2] for one slope a channel of an image.',
      }),
    ),
  },
  outputShape({ sharedAxes = [] }, input) {
    const axes = inputAxes(sharedAxes, input, 'sharedAxes');
    return isProblem(axes) ? axes : input;
  },
  weights({ sharedAxes = [] }, input) {
    const shared = [sharedAxes].flat();
    return [
      weight(
        'alpha',
        input.map((size, index) => (shared.includes(index + 1) ? 1 : size)),
      ),
    ];
  },
  ...keepsMask,
  forward: (_options, x, { program, weight }) => rectify(x, weight('alpha'), program),
  examples: [
    { input: [6], options: {} },
    { title: 'one slope a channel', input: [4, 4, 2], options: { sharedAxes: [1, 2] } },
    {
      title: 'with options for its weights',
      input: [4, 3],
      options: {
        sharedAxes: 1,
        alphaInitializer: { type: 'constant', value: 0.25 },
        alphaRegularizer: 'l2',
        alphaConstraint: 'nonNeg',
      },
    },
  ],
});
