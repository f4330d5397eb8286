import { defineLayer } from './define-layer.js';
import { pooling2d, poolingForward } from './pooling.js';

export const averagePooling2d = defineLayer({
  type: 'averagePooling2d',
  summary: 'The mean of each window of an image; padding does not count.',
  ...pooling2d,
  forward: poolingForward('averagePool', 2),
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
