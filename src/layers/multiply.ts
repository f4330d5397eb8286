import { defineMergeLayer } from './define-layer.js';
import { elementwiseMerge } from './merge.js';

export const multiply = defineMergeLayer({
  type: 'multiply',
  summary: 'The product of its inputs, value by value.',
  ...elementwiseMerge,
  forward: (_options, inputs, { program: p }) => inputs.reduce((one, other) => p.mul(one, other)),
  examples: [
    {
      inputs: [
        [4, 4, 3],
        [4, 4, 3],
      ],
      options: {},
    },
    {
      title: 'a factor for each channel',
      inputs: [
        [4, 4, 3],
        [1, 1, 3],
      ],
      options: {},
    },
  ],
});
