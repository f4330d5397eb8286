import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { noiseShapeProblem } from './noise-shape.js';
import { dropRate, listOf, positiveInteger } from './options.js';
import { Type } from './type.js';

export const alphaDropout = defineLayer({
  type: 'alphaDropout',
  summary:
    'A dropout for networks of selu units: sets values to their negative saturation and keeps mean and variance.',
  options: {
    rate: dropRate('Part of the values that is dropped.'),
    noiseShape: Type.Optional(
      listOf<number>(positiveInteger(), {
        minItems: 1,
        description:
          'Shape of the random mask, with the batch, which must be 1, first: 1 decides for a whole axis at once. tfjs does not save it with a model.',
      }),
    ),
  },
  outputShape: ({ noiseShape }, input) => noiseShapeProblem(noiseShape, input) ?? input,
  ...keepsMask,
  examples: [
    { input: [4, 4, 2], options: { rate: 0.5 } },
    { title: 'whole channels at once', input: [4, 4, 2], options: { rate: 0.25, noiseShape: [1, 1, 1, 2] } },
  ],
});
