import { defineLayer } from './define-layer.js';
import { globalPooling2d, globalPoolingForward } from './pooling.js';

export const globalAveragePooling2d = defineLayer({
  type: 'globalAveragePooling2d',
  summary: 'The mean of each channel of an image.',
  ...globalPooling2d,
  forward: globalPoolingForward('mean'),
  examples: [
    { input: [4, 5, 3], options: {} },
    { title: 'channels first', input: [3, 4, 5], options: { dataFormat: 'channelsFirst' } },
  ],
});
