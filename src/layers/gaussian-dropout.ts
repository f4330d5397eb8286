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
  forward({ rate }, x, { program: p, training, random }) {
    if (!training) return x;
    const noise = p.mul(random('normal', x.shape), Math.sqrt(rate / (1 - rate)));
    return p.mul(x, p.add(noise, 1));
  },
  examples: [
    { input: [4, 4, 2], options: { rate: 0.5 } },
    { input: [6], options: { rate: 0.1 } },
  ],
});
