import { defineLayer } from './define-layer.js';
import { positiveInteger } from './options.js';
import { requireRank } from './problem.js';

export const repeatVector = defineLayer({
  type: 'repeatVector',
  summary: 'Repeats a row of values, one copy a step of a new first axis.',
  options: { n: positiveInteger({ description: 'Number of copies.' }) },
  outputShape: ({ n }, input) => requireRank(input, 1, '[values]') ?? [n, ...input],
  forward: ({ n }, x, { program: p }) => p.broadcast(p.reshape(x, [1, ...x.shape]), [n, ...x.shape]),
  examples: [
    { input: [4], options: { n: 3 } },
    { input: [1], options: { n: 5 } },
  ],
});
