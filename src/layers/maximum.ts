import { defineMergeLayer } from './define-layer.js';
import { broadcastGradientProblem, elementwiseMerge } from './merge.js';

export const maximum = defineMergeLayer({
  type: 'maximum',
  summary: 'The largest of its inputs, value by value.',
  ...elementwiseMerge,
  inputGradientProblem: broadcastGradientProblem,
  forward: (_options, inputs, { program: p }) => inputs.reduce((one, other) => p.maximum(one, other)),
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
