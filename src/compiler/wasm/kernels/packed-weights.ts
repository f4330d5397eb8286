/** Weights of a convolution, copied so that its inner loop reads them as one stream. */
import { add, get, type Int, load, mul, set, splat, store, storeLane, watFunction } from '../wat.js';
import { blockOf } from './convolution-block.js';
import {
  coordinates,
  type Kernel,
  type KernelContext,
  type Layout,
  offsetOf,
  parametersOf,
} from './kernel.js';

/** Which convolution reads them: it keeps a block of filters, or of channels, in registers and sums over the others. */
type Reader = 'convolve' | 'convolveInput';

/**
 * How weights [h, w, C, F] lie best for a convolution with many filters, and for the gradient of its input: block by
 * block, so that what the inner loop reads is one stream, and not a piece of every row. Undefined where that is not
 * worth a copy.
 */
export function packedWeights(
  reader: Reader,
  w: Layout,
  output: Layout,
  context: KernelContext,
): Layout | undefined {
  const [height, width, channels, filters] = w.shape as [number, number, number, number];
  const [rows, columns] = output.shape as [number, number];
  const isDense =
    w.strides[3] === 1 &&
    w.strides[2] === filters &&
    w.strides[1] === channels * filters &&
    w.strides[0] === width * channels * filters;
  const [kept, summed] = reader === 'convolve' ? [filters, channels] : [channels, filters];
  const block = blockOf(kept, context).channels;
  const walks = (rows * columns * context.lanes) / 8;
  if (!isDense || filters <= nearFilters[reader] || block < 4 || walks < fewestWalks) return undefined;
  return {
    shape: [kept / block, height, width, summed, block],
    batched: false,
    strides: [height * width * summed * block, width * summed * block, summed * block, block, 1],
    alone: true,
  };
}

/**
 * Filters whose weights are so near to each other that they can stay as they are. A block of filters takes pieces of
 * rows that lie in two cache lines, one of channels a number of every row, all of them in one line.
 */
const nearFilters: Readonly<Record<Reader, number>> = { convolve: 32, convolveInput: 8 };
/** How often weights are read at least, to be worth a copy. */
const fewestWalks = 16;

/** Brings weights [h, w, C, F] into their packed form. Units are rows of a block. */
export function packKernel(reader: Reader, packed: Layout): Kernel {
  const [blocks, height, width, summed, block] = packed.shape as [number, number, number, number, number];
  const taps = height * width;
  const kept = blocks * block;
  const [keptStride, summedStride] = reader === 'convolve' ? [1, kept] : [summed, 1];
  const vectors = keptStride === 1 ? Math.floor(block / 4) : 0;
  return {
    key: `pack ${reader} ${JSON.stringify(packed.shape)}`,
    text: (name) =>
      watFunction(name, parametersOf(1), (writer) => {
        const [from, to] = [writer.local('i32', 'from'), writer.local('i32', 'to')];
        return writer.loop(get('$from'), get('$to'), 1, (unit) => {
          const [index, tap, term] = coordinates(unit, [blocks, taps, summed]) as [Int, Int, Int];
          const offset = offsetOf([tap, term, index], [kept * summed, summedStride, block * keptStride], 4);
          return [
            set(from, add(get('$in0'), offset)),
            set(to, add(get('$out'), mul(get(unit), block * 4))),
            ...Array.from({ length: vectors }, (_, vector) =>
              store(get(to), load(get(from), vector * 16), vector * 16),
            ),
            ...Array.from({ length: block - 4 * vectors }, (_, rest) => {
              const place = 4 * vectors + rest;
              return storeLane(get(to), splat(get(from), place * keptStride * 4), place * 4);
            }),
          ];
        });
      }),
    units: blocks * taps * summed,
    cost: blocks * taps * summed * (vectors > 0 ? 8 : 2 * block),
    functions: [],
  };
}
