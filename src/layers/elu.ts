import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';

// tfjs's constructor throws for every `alpha` but 1.
export const elu = defineLayer({
  type: 'elu',
  summary: 'Exponential linear unit: exp(x) - 1 for negative values.',
  options: {},
  ...elementwise,
  examples: [
    { input: [4, 4, 2], options: {} },
    { input: [6], options: {} },
  ],
});
