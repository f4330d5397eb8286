import { activate } from './activations.js';
import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { keepsMask } from './masks.js';
import { Type } from './type.js';

export const reLU = defineLayer({
  type: 'reLU',
  summary: 'Rectifier: negative values become zero.',
  options: {
    maxValue: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Larger values become this one; no limit where left out.',
      }),
    ),
  },
  ...elementwise,
  ...keepsMask,
  forward({ maxValue }, x, { program: p }) {
    const rectified = activate('relu', x, p);
    return maxValue === undefined ? rectified : p.minimum(rectified, maxValue);
  },
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: { maxValue: 6 } },
  ],
});
