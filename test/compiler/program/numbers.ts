/** Numbers to try formulas on, and what it means that two results agree. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect } from 'vitest';

/** Floats, the same for the same seed. */
export function draw(seed: number, count: number, low = -1, high = 1): Float32Array {
  const generator = xoroshiro128plus(seed);
  return Float32Array.from({ length: count }, () => low + (high - low) * uniformFloat64(generator));
}

/**
 * What tfjs computed in single precision against the same in double: the difference is at most `bound` times the
 * larger of 1 and the number.
 */
export function expectNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  bound: number,
  what: string,
): void {
  expect(actual.length, what).toBe(expected.length);
  for (const [index, wanted] of Array.from(expected).entries()) {
    const found = actual[index]!;
    if (Object.is(found, wanted) || found === wanted) continue;
    const difference = Math.abs(found - wanted) / Math.max(1, Math.abs(wanted));
    // An `expect` of each number would take longer than what is tested.
    if (difference < bound) continue;
    expect(difference, `${what}, entry ${index}: ${found} for tfjs's ${wanted}`).toBeLessThan(bound);
  }
}
