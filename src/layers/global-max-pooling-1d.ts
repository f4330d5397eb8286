import { defineLayer } from './define-layer.js';
import { globalPooling1d, globalPoolingForward } from './pooling.js';

export const globalMaxPooling1d = defineLayer({
  type: 'globalMaxPooling1d',
  summary: 'The largest value of each channel of a sequence.',
  ...globalPooling1d,
  forward: globalPoolingForward('max'),
  examples: [
    { input: [6, 3], options: {} },
    { title: 'of a single step', input: [1, 4], options: {} },
  ],
});
