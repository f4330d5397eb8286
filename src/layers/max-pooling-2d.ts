import { defineLayer } from './define-layer.js';
import { pooling2d, poolingForward } from './pooling.js';

export const maxPooling2d = defineLayer({
  type: 'maxPooling2d',
  summary: 'The largest value of each window of an image.',
  ...pooling2d,
  forward: poolingForward('maxPool', 2),
  examples: [
    { input: [8, 8, 3], options: { poolSize: 2, strides: 2 } },
    {
      title: 'overlapping windows',
      input: [7, 9, 2],
      options: { poolSize: [3, 2], strides: [2, 1], padding: 'same' },
    },
    { title: 'channels first', input: [2, 6, 5], options: { dataFormat: 'channelsFirst' } },
  ],
});
