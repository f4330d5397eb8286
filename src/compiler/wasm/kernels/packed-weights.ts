/** Weights of a convolution, copied so that its inner loop reads them as one stream. */
import { add, get, load, mul, set, splat, store, storeLane, watFunction } from '../wat.js';
import { blockOf } from './convolution-block.js';
import { coordinates, type Kernel, type KernelContext, type Layout, parametersOf } from './kernel.js';

/**
 * How weights [h, w, C, F] lie best for a convolution with many filters: block by block, so that what the inner loop
 * reads is one stream, and not a piece of every row. Undefined where that is not worth a copy.
 */
export function packedWeights(w: Layout, output: Layout, context: KernelContext): Layout | undefined {
  const [height, width, channels, filters] = w.shape as [number, number, number, number];
  const [rows, columns] = output.shape as [number, number];
  const isDense =
    w.strides[3] === 1 &&
    w.strides[2] === filters &&
    w.strides[1] === channels * filters &&
    w.strides[0] === width * channels * filters;
  const block = blockOf(filters, context).channels;
  const walks = (rows * columns * context.lanes) / 8;
  if (!isDense || filters <= rowLength || block < 4 || walks < fewestWalks) return undefined;
  return {
    shape: [filters / block, height, width, channels, block],
    batched: false,
    strides: [height * width * channels * block, width * channels * block, channels * block, block, 1],
    alone: true,
  };
}

/** Filters whose weights are so near to each other that they can stay as they are: two cache lines. */
const rowLength = 32;
/** How often weights are read at least, to be worth a copy. */
const fewestWalks = 16;

/** Brings weights [h, w, C, F] into their packed form. Units are rows of a block. */
export function packKernel(packed: Layout): Kernel {
  const [blocks, height, width, channels, block] = packed.shape as [number, number, number, number, number];
  const terms = height * width * channels;
  return {
    key: `pack ${JSON.stringify(packed.shape)}`,
    text: (name) =>
      watFunction(name, parametersOf(1), (writer) => {
        const [from, to] = [writer.local('i32', 'from'), writer.local('i32', 'to')];
        return writer.loop(get('$from'), get('$to'), 1, (unit) => {
          const [index, term] = coordinates(unit, [blocks, terms]);
          return [
            set(from, add(get('$in0'), mul(term!, blocks * block * 4), mul(index!, block * 4))),
            set(to, add(get('$out'), mul(get(unit), block * 4))),
            ...Array.from({ length: Math.floor(block / 4) }, (_, vector) =>
              store(get(to), load(get(from), vector * 16), vector * 16),
            ),
            ...Array.from({ length: block % 4 }, (_, rest) => {
              const place = (block - (block % 4) + rest) * 4;
              return storeLane(get(to), splat(get(from), place), place);
            }),
          ];
        });
      }),
    units: blocks * terms,
    cost: blocks * terms * 8,
    functions: [],
  };
}
