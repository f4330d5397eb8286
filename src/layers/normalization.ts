/** What the normalizations share. */

import { type Problem, rankProblem } from './problem.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';

const onOff = (description: string) => Type.Optional(Type.Boolean({ default: true, description }));

export const epsilon = Type.Optional(
  Type.Number({ default: 0.001, exclusiveMinimum: 0, description: 'Added to the variance.' }),
);
export const center = onOff(
  'Whether an offset, beta, is learned. tfjs computes the layer without it, but cannot train it.',
);
export const scale = onOff(
  'Whether a factor, gamma, is learned. tfjs computes the layer without it, but cannot train it.',
);

interface NormalizationOptions {
  readonly center?: boolean;
  readonly scale?: boolean;
}

/** tfjs normalizes tensors of 2 to 4 dimensions, with the batch. */
export function normalizationRankProblem(input: Shape): Problem | undefined {
  return input.length >= 1 && input.length <= 3 ? undefined : rankProblem(input, '1 to 3 dimensions', 3);
}

/** In training, tfjs reads both weights whether they exist or not. */
export function missingWeightProblem({ center, scale }: NormalizationOptions): Problem | undefined {
  const option = center === false ? 'center' : scale === false ? 'scale' : undefined;
  if (option === undefined) return undefined;
  return {
    code: 'not-trainable',
    message: `has ${option}: false, with which tfjs cannot train it`,
    option,
    hint: `leave ${option} out, or compile the model for inference only`,
  };
}
