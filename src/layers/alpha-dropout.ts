import { seluAlpha, seluScale } from './activations.js';
import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { noiseShapeProblem } from './noise-shape.js';
import { dropRate, listOf, positiveInteger } from './options.js';
import { randomMask } from './random-mask.js';
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
  forward(options, x, context) {
    const { rate } = options;
    if (!context.training || rate === 0) return x;
    const { program: p } = context;
    const saturation = -seluAlpha * seluScale;
    const factor = ((1 - rate) * (1 + rate * saturation ** 2)) ** -0.5;
    const kept = randomMask(options, x, context);
    // The sign is tfjs's, which makes 1.76 of dropped values where Keras makes -1.76.
    const masked = p.add(p.mul(x, kept), p.mul(p.sub(kept, 1), saturation));
    return p.add(p.mul(masked, factor), -factor * saturation * rate);
  },
  examples: [
    { input: [4, 4, 2], options: { rate: 0.5 } },
    { title: 'whole channels at once', input: [4, 4, 2], options: { rate: 0.25, noiseShape: [1, 1, 1, 2] } },
  ],
});
