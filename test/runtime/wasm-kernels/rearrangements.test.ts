/** Kernels that move, repeat and add values, against the cpu backend. */
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drawn, expectAgreement, runKernel, seeds, sizeOf, type Values } from './both-backends.js';

const lengths = (rank: number, max = 4) =>
  fc.array(fc.integer({ min: 1, max }), { minLength: rank, maxLength: rank });
const shapes = fc.integer({ min: 1, max: 5 }).chain((rank) => lengths(rank));

describe('matrix products', () => {
  const products = fc.record({
    batch: fc.constantFrom([], [1], [1, 1], [3], [2, 2]),
    sizes: fc.tuple(
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 9 }),
    ),
    transposeA: fc.boolean(),
    transposeB: fc.boolean(),
    seed: seeds,
  });

  it('with and without transposed operands are those of the cpu backend', () => {
    fc.assert(
      fc.property(products, ({ batch, sizes: [rows, inner, columns], transposeA, transposeB, seed }) => {
        const a = drawn([...batch, ...(transposeA ? [inner, rows] : [rows, inner])], seed);
        const b = drawn([...batch, ...(transposeB ? [columns, inner] : [inner, columns])], seed + 1);
        expectAgreement('BatchMatMul', { a, b }, { transposeA, transposeB });
      }),
      { numRuns: 200 },
    );
  });
});

describe('tiling', () => {
  const tilings = shapes.chain((shape) =>
    fc.record({ shape: fc.constant(shape), reps: lengths(shape.length, 3), seed: seeds }),
  );

  it('repeats values of every type along every axis', () => {
    fc.assert(
      fc.property(
        tilings,
        fc.constantFrom(Float32Array, Int32Array, Uint8Array),
        ({ shape, reps, seed }, Type) => {
          const values = Array.from(drawn(shape, seed).values, (value) => Math.abs(value) * 100);
          const x = { shape, values: new Type(values) };
          expectAgreement('Tile', { x }, { reps }, 0);
        },
      ),
      { numRuns: 200 },
    );
  });
});

describe('sums and means', () => {
  const reductions = fc
    .record({
      // Large ones take the composed way, small ones the shipped kernel.
      shape: fc.oneof(
        shapes,
        fc.constantFrom([700, 8], [8, 700], [40, 5, 5, 6], [3, 40, 7, 9], [2, 3000, 2]),
      ),
      pick: fc.array(fc.boolean(), { minLength: 5, maxLength: 5 }),
      keepDims: fc.boolean(),
      seed: seeds,
    })
    .map(({ shape, pick, ...others }) => ({
      shape,
      axis: [...shape.keys()].filter((axis) => pick[axis]),
      ...others,
    }));

  it.each(['Sum', 'Mean'])('%s over any axes is that of the cpu backend', (kernel) => {
    fc.assert(
      fc.property(reductions, ({ shape, axis, keepDims, seed }) =>
        // Both round after every addition, in different orders.
        expectAgreement(kernel, { x: drawn(shape, seed) }, { axis, keepDims }, 1e-5 + 5e-8 * sizeOf(shape)),
      ),
      { numRuns: 200 },
    );
  });

  it('keep a value that is not a number', () => {
    const values = new Float32Array(64 * 128).fill(1);
    values[4000] = Number.NaN;
    for (const kernel of ['Sum', 'Mean']) {
      const found = runKernel('wasm', kernel, { x: { shape: [64, 128], values } }, { axis: 0 });
      expect(Array.from(found.values).filter(Number.isNaN)).toHaveLength(1);
    }
  });
});

describe('the gradient of gathering', () => {
  it('adds up the rows of each segment', () => {
    fc.assert(
      fc.property(
        fc.record({
          rows: fc.integer({ min: 1, max: 12 }),
          inner: fc.constantFrom([], [3], [2, 2]),
          numSegments: fc.integer({ min: 1, max: 6 }),
          ids: fc.array(fc.integer({ min: 0, max: 7 }), { minLength: 12, maxLength: 12 }),
          seed: seeds,
        }),
        ({ rows, inner, numSegments, ids, seed }) =>
          expectAgreement(
            'UnsortedSegmentSum',
            {
              x: drawn([rows, ...inner], seed),
              segmentIds: { shape: [rows], values: Int32Array.from(ids.slice(0, rows)) },
            },
            { numSegments },
          ),
      ),
      { numRuns: 100 },
    );
  });
});

describe('identity', () => {
  it('gives the same values, type and shape', () => {
    fc.assert(
      fc.property(shapes, seeds, (shape, seed) => {
        expectAgreement('Identity', { x: drawn(shape, seed) }, {}, 0);
        const ints = { shape, values: new Int32Array(sizeOf(shape)).fill(seed) };
        expectAgreement('Identity', { x: ints }, {}, 0);
      }),
    );
  });
});

describe('concatenation', () => {
  it('along any axis is that of the cpu backend', () => {
    fc.assert(
      fc.property(
        shapes.chain((shape) =>
          fc.record({
            shape: fc.constant(shape),
            axis: fc.nat(shape.length - 1),
            parts: fc.array(fc.oneof(fc.nat(3), fc.constantFrom(33, 40)), { minLength: 1, maxLength: 4 }),
            seed: seeds,
          }),
        ),
        fc.constantFrom(Float32Array, Int32Array, Uint8Array),
        ({ shape, axis, parts, seed }, Type) => {
          const inputs = parts.map((length, index): Values => {
            const partShape = shape.with(axis, length);
            const values = Array.from(
              drawn(partShape, seed + index).values,
              (value) => Math.abs(value) * 100,
            );
            return { shape: partShape, values: new Type(values) };
          });
          expectAgreement('Concat', inputs, { axis }, 0);
        },
      ),
      { numRuns: 200 },
    );
  });
});
