/** Kernels that move, repeat and add values, against the cpu backend. */
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.js';
import { drawn, expectAgreement, runKernel, seeds, sizeOf, useWasm, type Values } from './both-backends.js';

useWasm();

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

describe('slices', () => {
  const slices = shapes.chain((shape) =>
    fc
      .tuple(...shape.map((length) => fc.tuple(fc.nat(length - 1), fc.integer({ min: 1, max: length }))))
      .map((axes) => ({
        shape,
        begin: axes.map(([first]) => first),
        size: axes.map(([first, length], axis) => Math.min(length, shape[axis]! - first)),
      })),
  );

  it('anywhere and of any size are those of the cpu backend', () => {
    fc.assert(
      fc.property(slices, seeds, ({ shape, begin, size }, seed) =>
        expectAgreement('Slice', { x: drawn(shape, seed) }, { begin, size }, 0),
      ),
      { numRuns: 300 },
    );
  });

  it('of long rows, of other types, and to the end', () => {
    const x = drawn([4, 6, 40], 5);
    expectAgreement('Slice', { x }, { begin: [1, 2, 1], size: [2, -1, 38] }, 0);
    const ints = { shape: [5, 4], values: Int32Array.from({ length: 20 }, (_, index) => index) };
    expectAgreement('Slice', { x: ints }, { begin: [1, 1], size: [-1, 2] }, 0);
    expectAgreement('Slice', { x: ints }, { begin: [5, 0], size: [0, 4] }, 0);
  });
});

describe('gathering', () => {
  const gathers = shapes.chain((shape) =>
    fc.nat(shape.length - 1).chain((axis) =>
      fc.record({
        shape: fc.constant(shape),
        axis: fc.constant(axis),
        picked: fc.array(fc.nat(shape[axis]! - 1), { minLength: 1, maxLength: 6 }),
        isMatrix: fc.boolean(),
        seed: seeds,
      }),
    ),
  );

  it('along any axis is that of the cpu backend', () => {
    fc.assert(
      fc.property(gathers, ({ shape, axis, picked, isMatrix, seed }) => {
        const indices = {
          shape: isMatrix ? [1, picked.length] : [picked.length],
          values: Int32Array.from(picked),
        };
        expectAgreement('GatherV2', { x: drawn(shape, seed), indices }, { axis, batchDims: 0 }, 0);
      }),
      { numRuns: 200 },
    );
  });

  it('refuses an index that is not there', () => {
    const x = drawn([3, 2], 1);
    const indices = { shape: [1], values: Int32Array.from([3]) };
    expect(() => runKernel('wasm', 'GatherV2', { x, indices }, { axis: 0, batchDims: 0 })).toThrow('index');
  });
});

describe('the gradient of resizing to the nearest neighbour', () => {
  it('is that of the cpu backend, image by image', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
        fc.integer({ min: 1, max: 3 }),
        seeds,
        ([height, width], [outHeight, outWidth], channels, seed) =>
          // The cpu backend is wrong for more than one image at once.
          expectAgreement(
            'ResizeNearestNeighborGrad',
            {
              images: drawn([1, height, width, channels], seed),
              dy: drawn([1, outHeight, outWidth, channels], seed + 1),
            },
            { alignCorners: false, halfPixelCenters: false, size: [outHeight, outWidth] },
          ),
      ),
      { numRuns: 200 },
    );
  });
});
