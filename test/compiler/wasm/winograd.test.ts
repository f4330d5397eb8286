/** Winograd's filters against the sums that they stand for, in double precision. */
import { describe, expect, it } from 'vitest';
import { minimalFilter, stepsOf } from '../../../src/compiler/wasm/kernels/winograd.js';
import { fc } from '../../property.js';

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, entry, index) => sum + entry * vector[index]!, 0));

const numbers = (length: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });

const known = [3, 5].flatMap((taps) => stepsOf(taps).map((step) => ({ taps, step })));

describe.each(known)('a minimal filter of $taps taps for $step results', ({ taps, step }) => {
  const filter = minimalFilter(taps, step);

  it('gives the sums over windows side by side, from one product an input', () => {
    fc.assert(
      fc.property(numbers(taps), numbers(filter.size), (weights, inputs) => {
        const [transformed, spread] = [times(filter.weights, weights), times(filter.input, inputs)];
        const results = times(
          filter.output,
          transformed.map((weight, index) => weight * spread[index]!),
        );
        expect(results).toHaveLength(step);
        results.forEach((result, place) => {
          const wanted = weights.reduce((sum, weight, tap) => sum + weight * inputs[place + tap]!, 0);
          expect(result).toBeCloseTo(wanted, 12);
        });
      }),
    );
  });
});

it('there are some for 3 and 5 taps only', () => {
  expect([1, 2, 3, 4, 5, 6, 7].map(stepsOf)).toEqual([[], [], [2, 3, 4], [], [2, 4], [], []]);
});
