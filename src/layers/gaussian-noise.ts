import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { keepsMask } from './masks.js';
import { Type } from './type.js';

export const gaussianNoise = defineLayer({
  type: 'gaussianNoise',
  summary: 'In training, adds normal noise with mean zero.',
  options: { stddev: Type.Number({ minimum: 0, description: 'Standard deviation of the noise.' }) },
  ...elementwise,
  ...keepsMask,
  forward: ({ stddev }, x, { program: p, training, random }) =>
    training ? p.add(x, p.mul(random('normal', x.shape), stddev)) : x,
  examples: [
    { input: [4, 4, 2], options: { stddev: 0.1 } },
    { input: [6], options: { stddev: 1 } },
  ],
});
