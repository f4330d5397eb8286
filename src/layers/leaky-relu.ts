import { rectify } from './activations.js';
import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { Type } from './type.js';

export const leakyReLU = defineLayer({
  type: 'leakyReLU',
  summary: 'Rectifier that multiplies negative values by a small slope.',
  options: {
    alpha: Type.Optional(
      Type.Number({ minimum: 0, default: 0.3, description: 'Slope for negative values.' }),
    ),
  },
  ...elementwise,
  forward: ({ alpha = 0.3 }, x, { program }) => rectify(x, alpha, program),
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: { alpha: 0.1 } },
  ],
});
