/**
 * All randomness of a run. Each use has its own stream, derived from the seed and from what it is for, so that
 * epoch 7 shuffles and step 123 drops out the same whether the run came there in one go or was resumed.
 */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { deriveSeed } from '../../layers/seed.js';

/** The order in which an epoch (from 1) sees its `count` examples: a Fisher–Yates shuffle. */
export function epochOrder(count: number, seed: number, epoch: number): Uint32Array {
  const generator = xoroshiro128plus(deriveSeed(seed, 'shuffle', epoch));
  const order = Uint32Array.from({ length: count }, (_, i) => i);
  for (let last = count - 1; last > 0; last -= 1) {
    const other = uniformInt(generator, 0, last);
    const moved = order[last]!;
    order[last] = order[other]!;
    order[other] = moved;
  }
  return order;
}

/** The seed of one step; `step` counts from 0 within the epoch. */
export function stepSeed(seed: number, epoch: number, step: number): number {
  return deriveSeed(seed, 'step', epoch, step);
}

/**
 * Runs synchronous work with `Math.random` replaced by a stream of `seed`. Random layers of tfjs (dropout,
 * noise) take the seed of each call from `Math.random`, and there is no other way to give them one.
 */
export function withRandom<Result>(seed: number, work: () => Result): Result {
  const original = Math.random;
  const generator = xoroshiro128plus(seed);
  Math.random = () => uniformFloat64(generator);
  try {
    return work();
  } finally {
    Math.random = original;
  }
}
