import { defineLayer } from './define-layer.js';
import { pooling3d } from './pooling.js';

export const averagePooling3d = defineLayer({
  type: 'averagePooling3d',
  summary: 'The mean of each window of a volume.',
  ...pooling3d,
  examples: [
    { input: [4, 6, 6, 2], options: { poolSize: 2, strides: 2 } },
    {
      title: 'overlapping windows',
      input: [3, 5, 7, 2],
      options: { poolSize: [1, 3, 2], strides: [1, 2, 1], padding: 'same' },
    },
    { title: 'channels first', input: [2, 2, 4, 5], options: { dataFormat: 'channelsFirst' } },
  ],
});
