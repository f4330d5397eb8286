import Type from 'typebox';
import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';

export const thresholdedReLU = defineLayer({
  type: 'thresholdedReLU',
  summary: 'Values that are not above a threshold become zero.',
  options: {
    theta: Type.Optional(Type.Number({ minimum: 0, default: 1, description: 'The threshold.' })),
  },
  ...elementwise,
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: { theta: 0.5 } },
  ],
});
