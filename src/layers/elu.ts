import { activate } from './activations.js';
import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';

// tfjs's constructor throws for every `alpha` but 1.
export const elu = defineLayer({
  type: 'elu',
  summary: 'Exponential linear unit: exp(x) - 1 for negative values.',
  options: {},
  ...elementwise,
  forward: (_options, x, { program }) => activate('elu', x, program),
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: {} },
  ],
});
