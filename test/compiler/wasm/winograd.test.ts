/** Winograd's filters against the sums that they stand for, in double precision. */
import { describe, expect, it } from 'vitest';
import { minimalFilter, tileStep } from '../../../src/compiler/wasm/kernels/winograd.js';
import { fc } from '../../property.js';

const times = (matrix: readonly (readonly number[])[], vector: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, entry, index) => sum + entry * vector[index]!, 0));

const numbers = (length: number) =>
  fc.array(fc.double({ min: -1, max: 1, noNaN: true }), { minLength: length, maxLength: length });

describe.each([3, 5])('a minimal filter of %i taps', (taps) => {
  const filter = minimalFilter(taps)!;

  it('gives two results of a sum over a window, from one product an input', () => {
    fc.assert(
      fc.property(numbers(taps), numbers(filter.size), (weights, inputs) => {
        const [transformed, spread] = [times(filter.weights, weights), times(filter.input, inputs)];
        const results = times(
          filter.output,
          transformed.map((weight, index) => weight * spread[index]!),
        );
        expect(results).toHaveLength(tileStep);
        results.forEach((result, place) => {
          const wanted = weights.reduce((sum, weight, tap) => sum + weight * inputs[place + tap]!, 0);
          expect(result).toBeCloseTo(wanted, 12);
        });
      }),
    );
  });
});

it('there is none for other windows', () => {
  expect([1, 2, 4, 6, 7].map(minimalFilter)).toEqual(Array.from({ length: 5 }, () => undefined));
});
