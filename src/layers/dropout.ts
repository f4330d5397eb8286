import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { noiseShapeProblem } from './noise-shape.js';
import { anyOf, dropRate, listOf, positiveInteger, randomMaskSeed } from './options.js';
import { dropped } from './random-mask.js';
import { Type } from './type.js';

export const dropout = defineLayer({
  type: 'dropout',
  summary: 'In training, sets a random part of the values to zero and enlarges the others to make up for it.',
  options: {
    rate: dropRate('Part of the values that is dropped.'),
    noiseShape: Type.Optional(
      listOf<number | null>(anyOf([positiveInteger(), Type.Null()]), {
        minItems: 1,
        description:
          'Shape of the random mask, with the batch first: 1 decides for a whole axis at once, null stands for the input’s own size. The batch is null or 1.',
      }),
    ),
    seed: randomMaskSeed(),
  },
  outputShape: ({ noiseShape }, input) => noiseShapeProblem(noiseShape, input) ?? input,
  ...keepsMask,
  forward: dropped,
  examples: [
    { input: [4, 4, 2], options: { rate: 0.5 } },
    {
      title: 'whole channels at once',
      input: [4, 4, 2],
      options: { rate: 0.25, noiseShape: [null, 1, 1, 2] },
    },
    { title: 'the same mask at every step', input: [6], options: { rate: 0.25, seed: 7 } },
  ],
});
