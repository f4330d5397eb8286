import { defineMergeLayer } from './define-layer.js';
import { elementwiseMerge } from './merge.js';

export const average = defineMergeLayer({
  type: 'average',
  summary: 'The mean of its inputs, value by value.',
  ...elementwiseMerge,
  forward(_options, inputs, { program: p }) {
    const sum = inputs.reduce((one, other) => p.add(one, other));
    return p.mul(sum, 1 / inputs.length);
  },
  examples: [
    { inputs: [[5], [5], [5]], options: {} },
    { title: 'a row for all rows', inputs: [[3, 4], [4]], options: {} },
  ],
});
