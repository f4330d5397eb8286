import { defineLayer } from './define-layer.js';
import { pooling1d, poolingForward } from './pooling.js';

export const maxPooling1d = defineLayer({
  type: 'maxPooling1d',
  summary: 'The largest value of each window of a sequence.',
  ...pooling1d,
  forward: poolingForward('maxPool', 1),
  examples: [
    { input: [8, 3], options: { poolSize: 2, strides: 2 } },
    { title: 'overlapping windows', input: [7, 2], options: { poolSize: 3, strides: 2, padding: 'same' } },
  ],
});
