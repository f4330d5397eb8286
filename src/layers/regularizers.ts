/** Penalties on weights, added to the loss that is trained on: tfjs's regularizers. */

import type { ChoiceFamily } from './named-choice.js';
import { Type } from './type.js';

const factor = (description: string) =>
  Type.Optional(Type.Number({ default: 0.01, minimum: 0, description }));

export const regularizers: ChoiceFamily = {
  namespace: 'regularizers',
  kinds: {
    l1: { summary: 'Adds l1 * sum(|w|) to the loss.', options: { l1: factor('Factor.') } },
    l2: { summary: 'Adds l2 * sum(w²) to the loss.', options: { l2: factor('Factor.') } },
    l1l2: {
      summary: 'Adds l1 * sum(|w|) + l2 * sum(w²) to the loss.',
      options: { l1: factor('Factor of the absolute values.'), l2: factor('Factor of the squares.') },
    },
  },
};
