/** Kernels against the interpreter, which computes the same programs in double precision. */
import { describe, expect, test } from 'vitest';
import {
  isOf,
  type Pair,
  type ProgramBuilder,
  programBuilder,
  sizeOf,
  type Value,
  valuesBefore,
  type Window,
} from '../../../src/program/index.js';
import { interpret } from '../../program/interpret.js';
import { fc } from '../../property.js';
import { type RunningModule, readRegion, runProgram, startModule, writeRegion } from './run-module.js';

function noise(seed: number, length: number): Float32Array {
  let state = seed * 2654435761 + 12345;
  return Float32Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 23 - 1;
  });
}

/** Computes the results both ways and compares; sources are filled with noise. */
async function compare(
  results: readonly Value[],
  p: ProgramBuilder,
  lanes: number,
  tolerance = 2e-5,
): Promise<RunningModule> {
  const module = await startModule([{ name: 'test', results, assignments: [] }], [], p, lanes);
  const given = new Map<string, Float32Array>();
  for (const value of valuesBefore(results)) {
    if (!isOf(value, 'source')) continue;
    const values = noise(given.size + 1, sizeOf(value.shape) * (value.batched ? lanes : 1));
    given.set(value.operation.name, values);
    const region = module.manifest.sources[value.operation.name];
    if (region !== undefined) writeRegion(module, region, values);
  }
  const program = module.manifest.programs.test!;
  runProgram(module, program);
  const expected = interpret(results, { lanes, source: (name) => given.get(name)! });
  for (const [index, result] of results.entries()) {
    const found = readRegion(module, program.results[index]!, result.batched ? lanes : 1);
    expect(found).toHaveLength(expected[index]!.length);
    const size = Math.max(1, ...expected[index]!.map(Math.abs));
    const wrong = found.findIndex(
      (value, place) => !(Math.abs(value - expected[index]![place]!) <= tolerance * size),
    );
    expect(
      wrong === -1 ? 'equal' : `result ${index} at ${wrong}: ${found[wrong]} for ${expected[index]![wrong]}`,
    ).toBe('equal');
  }
  return module;
}

const lanesOf = fc.constantFrom(4, 8, 16, 32);
const small = fc.integer({ min: 1, max: 6 });

const windowOf = fc
  .record({
    image: fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 })),
    size: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilation: fc.integer({ min: 1, max: 2 }),
    before: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
    after: fc.tuple(fc.integer({ min: 0, max: 2 }), fc.integer({ min: 0, max: 2 })),
  })
  .map(({ image, size, strides, dilation, before, after }) => {
    const isDilated = dilation > 1;
    const axis = (index: 0 | 1) => {
      const dilations = isDilated ? dilation : 1;
      const stride = isDilated ? 1 : strides[index];
      const reach = (size[index] - 1) * dilations + 1;
      const kept = Math.min(before[index], reach - 1);
      const length = image[index] + kept + Math.min(after[index], reach - 1);
      return { dilations, stride, kept, output: Math.floor((length - reach) / stride) + 1 };
    };
    const [y, x] = [axis(0), axis(1)];
    const window: Window = {
      size,
      strides: [y.stride, x.stride],
      dilations: [y.dilations, x.dilations],
      before: [y.kept, x.kept],
    };
    return { image: image as Pair, window, output: [y.output, x.output] as Pair };
  })
  .filter(({ output }) => output[0] > 0 && output[1] > 0);

const runs = { numRuns: 12, seed: 7 };

describe('kernels compute what the interpreter does', () => {
  test('convolutions and both of their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowOf,
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 9 }),
        lanesOf,
        async ({ image, window, output }, channels, filters, lanes) => {
          const p = programBuilder();
          const x = p.source('x', [...image, channels], true);
          const w = p.source('w', [...window.size, channels, filters], false);
          const y = p.source('y', [...output, filters], true);
          await compare(
            [
              p.convolve(x, w, window, output),
              p.convolveInput(y, w, window, image),
              p.convolveKernel(x, y, window),
            ],
            p,
            lanes,
          );
        },
      ),
      runs,
    );
  });

  test('convolutions of so many filters that their weights are packed', async () => {
    for (const [filters, size] of [
      [40, 3],
      [36, 1],
    ] as const) {
      const p = programBuilder();
      const window: Window = {
        size: [size, size],
        strides: [1, 1],
        dilations: [1, 1],
        before: [size - 1, 0],
      };
      const x = p.source('x', [4, 5, 2], true);
      const w = p.source('w', [size, size, 2, filters], false);
      const y = p.convolve(x, w, window, [4, 6 - size]);
      await compare([y, p.maximum(p.add(y, p.source('b', [filters], false)), 0)], p, 16);
    }
  });

  test('convolutions by tiles and both of their gradients', async () => {
    const tiled = fc
      .record({
        taps: fc.constantFrom(3, 5),
        output: fc.tuple(fc.integer({ min: 2, max: 9 }), fc.integer({ min: 2, max: 9 })),
        before: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
        after: fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 4 })),
      })
      .map(({ taps, output, before, after }) => {
        const axis = (index: 0 | 1) => {
          const zeros = Math.min(before[index], taps - 1);
          const places = output[index];
          return { zeros, places, length: places + taps - 1 - zeros - Math.min(after[index], taps - 1) };
        };
        const [y, x] = [axis(0), axis(1)];
        const window: Window = {
          size: [taps, taps],
          strides: [1, 1],
          dilations: [1, 1],
          before: [y.zeros, x.zeros],
        };
        return { image: [y.length, x.length] as Pair, window, output: [y.places, x.places] as Pair };
      })
      .filter(({ image }) => image[0] > 0 && image[1] > 0);
    const many = fc.integer({ min: 3, max: 9 });
    const used = new Set<string>();
    await fc.assert(
      fc.asyncProperty(
        tiled,
        many,
        many,
        fc.constantFrom(4, 8, 16),
        async ({ image, window, output }, channels, filters, lanes) => {
          const p = programBuilder();
          const x = p.source('x', [...image, channels], true);
          const w = p.source('w', [...window.size, channels, filters], false);
          const y = p.source('y', [...output, filters], true);
          const bias = p.source('b', [filters], false);
          const { text } = await compare(
            [
              p.maximum(p.add(p.convolve(x, w, window, output), bias), 0),
              p.convolveInput(y, w, window, image),
              p.convolveKernel(x, y, window),
            ],
            p,
            lanes,
            // Of the largest number; three times what the plain kernels keep to.
            5e-6,
          );
          for (const [, kernel] of text.matchAll(/\(func \$k\d+_(\w+)/g)) used.add(kernel!);
        },
      ),
      { numRuns: 16, seed: 7 },
    );
    expect([...used].sort()).toEqual(
      expect.arrayContaining(['convolve', 'convolveTiles', 'joinTiles', 'sumTiles', 'transform']),
    );
  });

  describe('convolutions whose tiles go entry by entry', () => {
    const window: Window = { size: [3, 3], strides: [1, 1], dilations: [1, 1], before: [1, 1] };
    const kernelsOf = (text: string) =>
      [...text.matchAll(/\(func \$k\d+_(\w+)/g)].map(([, kernel]) => kernel);

    test('with many channels, and the gradient of their image', async () => {
      const [image, channels, filters]: [Pair, number, number] = [[4, 3], 64, 116];
      const p = programBuilder();
      const w = p.source('w', [3, 3, channels, filters], false);
      const x = p.source('x', [...image, channels], true);
      const y = p.convolve(x, w, window, image);
      const dx = p.convolveInput(p.source('y', [...image, filters], true), w, window, image);
      const results = [p.maximum(p.add(y, p.source('b', [filters], false)), 0), dx];
      const { text } = await compare(results, p, 8, 5e-6);
      expect(new Set(kernelsOf(text))).toEqual(
        new Set(['transform', 'imageTiles', 'multiplyTiles', 'joinResult']),
      );
    });

    test('and the gradient of their weights', async () => {
      const image: Pair = [7, 8];
      const p = programBuilder();
      const x = p.source('x', [...image, 32], true);
      const { text } = await compare(
        [p.convolveKernel(x, p.source('y', [...image, 36], true), window)],
        p,
        8,
        5e-6,
      );
      expect(kernelsOf(text)).toEqual(['imageTiles', 'gradientTiles', 'sumProducts', 'joinTiles']);
    });
  });

  test('depthwise convolutions and both of their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(
        windowOf,
        small,
        fc.integer({ min: 1, max: 3 }),
        lanesOf,
        async ({ image, window, output }, channels, multiplier, lanes) => {
          const p = programBuilder();
          const x = p.source('x', [...image, channels], true);
          const w = p.source('w', [...window.size, channels, multiplier], false);
          const y = p.source('y', [...output, channels * multiplier], true);
          await compare(
            [
              p.depthwise(x, w, window, output),
              p.depthwiseInput(y, w, window, image),
              p.depthwiseKernel(x, y, window),
            ],
            p,
            lanes,
          );
        },
      ),
      runs,
    );
  });

  test('pools and their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(windowOf, small, lanesOf, async ({ image, window, output }, channels, lanes) => {
        const p = programBuilder();
        const x = p.source('x', [...image, channels], true);
        const y = p.source('y', [...output, channels], true);
        await compare(
          [
            p.maxPool(x, window, output),
            p.maxPoolInput(x, y, window),
            p.averagePool(x, window, output),
            p.averagePoolInput(y, window, image),
          ],
          p,
          lanes,
        );
      }),
      runs,
    );
  });

  test('reductions over axes and the batch, of views', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(small, small, small),
        fc.subarray([0, 1, 2]),
        fc.constantFrom([0, 1, 2], [2, 0, 1], [1, 0, 2]),
        lanesOf,
        async (shape, axes, permutation, lanes) => {
          const p = programBuilder();
          const x = p.transpose(p.source('x', shape, true), permutation);
          const w = p.transpose(p.source('w', shape, false), permutation);
          const product = p.mul(x, w);
          await compare(
            [
              p.sum(x, axes),
              p.sum(w, axes),
              p.sum(product, axes),
              p.max(p.exp(x), axes),
              p.batchSum(product, axes),
              p.batchSum(p.square(p.sub(x, w)), axes),
              p.batchSum(p.broadcast(w, w.shape, true), axes),
            ],
            p,
            lanes,
          );
        },
      ),
      runs,
    );
  });

  test('formulas of values that are broadcast, cut, padded and joined', async () => {
    await fc.assert(
      fc.asyncProperty(fc.tuple(small, small, small), lanesOf, async ([a, b, c], lanes) => {
        const p = programBuilder();
        const x = p.source('x', [a, b, c], true);
        const bias = p.source('bias', [c], false);
        const scalar = p.source('scalar', [], false);
        const shifted = p.add(x, bias);
        const joined = p.concat([p.mul(shifted, scalar), x, p.concat([p.tanh(x), p.neg(shifted)], 2)], 2);
        const cut = p.slice(joined, [0, 0, 1], [a, b, 2 * c], [1, 1, 1]);
        const padded = p.pad(x, [1, 0, 2], [2 * a + 1, b, c + 3], [2, 1, 1]);
        await compare(
          [
            joined,
            p.sub(p.reshape(cut, [a * b, 2 * c]), scalar),
            padded,
            p.reshape(p.transpose(joined, [1, 2, 0]), [b, 4 * c * a]),
            p.add(p.mul(bias, 2), scalar),
            p.reshape(p.broadcast(p.reshape(bias, [1, c]), [3, c]), [3 * c]),
          ],
          p,
          lanes,
        );
      }),
      runs,
    );
  });
});
