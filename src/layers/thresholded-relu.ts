import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { Type } from './type.js';

export const thresholdedReLU = defineLayer({
  type: 'thresholdedReLU',
  summary: 'Values that are not above a threshold become zero. tfjs computes it but cannot train through it.',
  options: {
    theta: Type.Optional(Type.Number({ minimum: 0, default: 1, description: 'The threshold.' })),
  },
  ...elementwise,
  inputGradientProblem: () => ({
    code: 'not-trainable',
    message: 'has no gradient in tfjs, so that nothing before it can be trained',
    hint: "use 'reLU', or compile the model for inference only",
  }),
  forward: ({ theta = 1 }, x, { program: p }) => p.mul(x, p.greater(x, theta)),
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: { theta: 0.5 } },
  ],
});
