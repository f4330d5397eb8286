import { defineLayer } from './define-layer.js';
import { globalPooling2d, globalPoolingForward } from './pooling.js';

export const globalMaxPooling2d = defineLayer({
  type: 'globalMaxPooling2d',
  summary: 'The largest value of each channel of an image.',
  ...globalPooling2d,
  forward: globalPoolingForward('max'),
  examples: [
    { input: [4, 5, 3], options: {} },
    { title: 'channels first', input: [3, 4, 5], options: { dataFormat: 'channelsFirst' } },
  ],
});
