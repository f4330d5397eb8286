import { activate, activationNames } from './activations.js';
import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { keepsMask } from './masks.js';
import { oneOf } from './options.js';

export const activation = defineLayer({
  type: 'activation',
  summary: 'A function of each value; softmax works along the last axis.',
  options: { activation: oneOf(activationNames, { description: 'The function.' }) },
  ...elementwise,
  forward: ({ activation }, x, { program }) => activate(activation, x, program),
  ...keepsMask,
  examples: [
    { input: [4, 4, 2], options: { activation: 'relu' } },
    { input: [7], options: { activation: 'softmax' } },
    { input: [3, 5], options: { activation: 'gelu' } },
  ],
});
