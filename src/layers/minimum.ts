import { defineMergeLayer } from './define-layer.js';
import { broadcastGradientProblem, elementwiseMerge } from './merge.js';

export const minimum = defineMergeLayer({
  type: 'minimum',
  summary: 'The smallest of its inputs, value by value.',
  ...elementwiseMerge,
  inputGradientProblem: broadcastGradientProblem,
  forward: (_options, inputs, { program: p }) => inputs.reduce((one, other) => p.minimum(one, other)),
  examples: [
    {
      inputs: [
        [4, 4, 3],
        [4, 4, 3],
        [4, 4, 3],
      ],
      options: {},
    },
    { title: 'a row for all rows', inputs: [[3, 4], [4]], options: {} },
  ],
});
