import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { Type } from './type.js';

export const rescaling = defineLayer({
  type: 'rescaling',
  summary: 'Multiplies all values by a factor and adds an offset.',
  options: {
    scale: Type.Number({ description: 'The factor: 0.00392156862745098 brings bytes into 0 to 1.' }),
    offset: Type.Optional(Type.Number({ default: 0, description: 'The offset.' })),
  },
  ...elementwise,
  forward: ({ scale, offset = 0 }, x, { program: p }) => p.add(p.mul(x, scale), offset),
  examples: [
    { input: [4, 4, 3], options: { scale: 0.5 } },
    { title: 'to -1…1', input: [6], options: { scale: 2, offset: -1 } },
  ],
});
