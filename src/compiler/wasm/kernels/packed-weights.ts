/** Weights of a convolution: block by block, as its inner loop reads them. */
import { type Shape, sizeOf } from '../../../program/index.js';
import { add, get, load, mul, set, splat, store, storeLane, watFunction } from '../wat.js';
import {
  coordinates,
  type Kernel,
  type KernelContext,
  type Layout,
  mergeAxes,
  offsetOf,
  parametersOf,
} from './kernel.js';
import { channelBlockOf } from './register-blocks.js';

/**
 * Weights [h, w, C, F] as a convolution reads them, [blocks, h, w, summed, block]: it keeps a block of filters in
 * registers and sums over channels, or the other way round for the gradient of its input.
 */
export function weightBlocks(
  reader: 'convolve' | 'convolveInput',
  { shape, strides, ...layout }: Layout,
  context: KernelContext,
): Layout {
  const [height, width] = shape as [number, number];
  const [row, column] = strides as [number, number];
  const [keptAxis, summedAxis] = reader === 'convolve' ? [3, 2] : [2, 3];
  const [kept, keptStride] = [shape[keptAxis]!, strides[keptAxis]!];
  const block = channelBlockOf(kept, context).channels;
  return {
    ...layout,
    shape: [kept / block, height, width, shape[summedAxis]!, block],
    strides: [block * keptStride, row, column, strides[summedAxis]!, keptStride],
  };
}

/**
 * Whether it is worth a copy to have blocks of weights as one stream, so that the inner loop does not read a piece of
 * every row, for a convolution that gives this shape.
 */
export function isWorthPacking(
  { shape, strides }: Layout,
  [rows, columns]: Shape,
  context: KernelContext,
): boolean {
  const [summedStride, keptStride] = strides.slice(3) as [number, number];
  const isNear = keptStride === 1 ? summedStride <= nearRows : keptStride <= nearEntries;
  const walks = (rows! * columns! * context.lanes) / 8;
  return !isNear && shape[4]! >= 4 && walks >= fewestWalks;
}

/** Rows so short that the pieces of them that follow each other lie in two cache lines. */
const nearRows = 32;
/** Entries so near to each other that those of a block lie in few cache lines. */
const nearEntries = 8;
/** How often weights are read at least, to be worth a copy. */
const fewestWalks = 16;

/** Copies blocks of weights, from however they lie, into one stream. Units are rows of a block. */
export function packKernel(from: Layout, to: Layout): Kernel {
  const [block, keptStride] = [from.shape[4]!, from.strides[4]!];
  const rows = from.shape.slice(0, 4);
  const merged = mergeAxes(rows, [from.strides]);
  const vectors = keptStride === 1 ? Math.floor(block / 4) : 0;
  return {
    key: `pack ${JSON.stringify([from.shape, from.strides, to.strides])}`,
    text: (name) =>
      watFunction(name, parametersOf(1), (writer) => {
        const [source, target] = [writer.local('i32', 'source'), writer.local('i32', 'target')];
        return writer.loop(get('$from'), get('$to'), 1, (unit) => [
          set(source, add(get('$in0'), offsetOf(coordinates(unit, merged.shape), merged.strides[0]!, 4))),
          set(target, add(get('$out'), mul(get(unit), block * 4))),
          ...Array.from({ length: vectors }, (_, vector) =>
            store(get(target), load(get(source), vector * 16), vector * 16),
          ),
          ...Array.from({ length: block - 4 * vectors }, (_, rest) => {
            const entry = 4 * vectors + rest;
            return storeLane(get(target), splat(get(source), entry * keptStride * 4), entry * 4);
          }),
        ]);
      }),
    units: sizeOf(rows),
    cost: sizeOf(rows) * (vectors > 0 ? 8 : 2 * block),
    functions: [],
  };
}
