import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { dropRate, randomMaskSeed } from './options.js';
import { requireRank } from './problem.js';
import { dropped } from './random-mask.js';

export const spatialDropout1d = defineLayer({
  type: 'spatialDropout1d',
  summary: 'A dropout that drops whole channels of a sequence.',
  options: { rate: dropRate('Part of the channels that is dropped.'), seed: randomMaskSeed() },
  outputShape: (_options, input) => requireRank(input, 2, '[steps, channels]') ?? input,
  ...keepsMask,
  forward: (options, x, context) => dropped({ ...options, noiseShape: [null, 1, null] }, x, context),
  examples: [
    { input: [5, 3], options: { rate: 0.5 } },
    { title: 'the same mask at every step', input: [4, 2], options: { rate: 0.25, seed: 7 } },
  ],
});
