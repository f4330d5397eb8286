/** What the forward passes of dropouts share. */
import type { RandomOptions, Shape, Value } from '../program/index.js';
import type { ForwardContext } from './forward.js';

interface DropoutOptions {
  readonly rate: number;
  /** tfjs's form of it, with the batch first. */
  readonly noiseShape?: readonly (number | null)[];
  readonly seed?: number;
}

/** In the shape of the mask: 1 where values are kept, which has the probability 1 - rate, else 0. */
export function randomMask(
  { rate, noiseShape, seed }: DropoutOptions,
  { shape }: Value,
  { program: p, random }: ForwardContext,
): Value {
  const [batch = null, ...sizes] = noiseShape ?? [];
  const maskShape: Shape = shape.map((length, axis) => sizes[axis] ?? length);
  const options: RandomOptions = { batched: batch !== 1, ...(seed !== undefined && { seed }) };
  return p.greaterEqual(random('uniform', maskShape, options), rate);
}

/** Kept values grow by 1 / (1 - rate), so that sums stay what they are on average. */
export function dropped(options: DropoutOptions, x: Value, context: ForwardContext): Value {
  if (!context.training || options.rate === 0) return x;
  const { program: p } = context;
  return p.mul(x, p.mul(randomMask(options, x, context), 1 / (1 - options.rate)));
}
