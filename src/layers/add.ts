import { defineMergeLayer } from './define-layer.js';
import { elementwiseMerge } from './merge.js';

export const add = defineMergeLayer({
  type: 'add',
  summary: 'The sum of its inputs, value by value.',
  ...elementwiseMerge,
  forward: (_options, inputs, { program: p }) => inputs.reduce((one, other) => p.add(one, other)),
  examples: [
    {
      inputs: [
        [4, 4, 3],
        [4, 4, 3],
      ],
      options: {},
    },
    {
      title: 'one value a channel for all positions, and three inputs',
      inputs: [[4, 4, 3], [1, 1, 3], [3]],
      options: {},
    },
  ],
});
