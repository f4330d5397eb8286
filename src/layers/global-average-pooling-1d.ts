import { defineLayer } from './define-layer.js';
import { globalPooling1d, globalPoolingForward } from './pooling.js';

export const globalAveragePooling1d = defineLayer({
  type: 'globalAveragePooling1d',
  summary: 'The mean of each channel of a sequence.',
  ...globalPooling1d,
  forward: globalPoolingForward('mean'),
  examples: [
    { input: [6, 3], options: {} },
    { title: 'of a single step', input: [1, 4], options: {} },
  ],
});
