import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { keepsMask } from './masks.js';
import { dropRate } from './options.js';

export const gaussianDropout = defineLayer({
  type: 'gaussianDropout',
  summary: 'In training, multiplies each value by normal noise with mean one.',
  options: {
    rate: dropRate('As for dropout: the noise has the variance rate / (1 - rate).'),
  },
  ...elementwise,
  ...keepsMask,
  examples: [
    { input: [4, 4, 2], options: { rate: 0.5 } },
    { input: [6], options: { rate: 0.1 } },
  ],
});
