/** The weights of a convolution by tiles, transformed as its inner loop reads them. */
import { add, gather, get, load, mul, set, splat, store, storeLane, watFunction } from '../wat.js';
import { coordinates, divisorOf, type Kernel, type Layout, offsetOf, parametersOf } from './kernel.js';
import { costsOf, gridBytes, type MinimalFilter, passCode } from './winograd.js';

/** Filters at once, side by side in a vector: four where a block has as many. */
const lanesOf = (block: number) => (block % 4 === 0 ? 4 : 1);

/** Instructions for all weights from `summed` to `kept` channels. */
export function costOfTransformedWeights(
  filter: MinimalFilter,
  summed: number,
  kept: number,
  block: number,
): number {
  const { taps, size } = filter;
  const vectors = (summed * kept) / lanesOf(block);
  return vectors * ((taps + size) * costsOf(filter).weights + taps ** 2 + size ** 2);
}

/**
 * Weights [blocks, h, w, summed, block] as G g Gᵀ [blocks, size · size, summed, block], or with entries before blocks;
 * those of the gradient of an image are turned around. Units are some vectors of blocks.
 */
export function transformWeightsKernel(
  from: Layout,
  filter: MinimalFilter,
  { isTurned, entriesFirst }: { readonly isTurned: boolean; readonly entriesFirst: boolean },
): Kernel {
  const [blocks, taps, , summed, block] = from.shape as [number, number, number, number, number];
  const { size } = filter;
  const lanes = lanesOf(block);
  const rows = summed * block * 4;
  const [toBlock, toEntry] = entriesFirst ? [rows, blocks * rows] : [size * size * rows, rows];
  const [blockStep, rowStep, columnStep, summedStep, keptStep] = from.strides.map((stride) => stride * 4) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const vectors = (blocks * summed * block) / lanes;
  const group = divisorOf(vectors, [32, 16, 8]);
  return {
    key: `transform ${isTurned} ${entriesFirst} ${filter.step} ${JSON.stringify([from.shape, from.strides])}`,
    text: (name) =>
      watFunction(name, [...parametersOf(1), '$scratch'], (writer) => {
        const [source, target, pg] = ['source', 'target', 'pg'].map((hint) => writer.local('i32', hint)) as [
          string,
          string,
          string,
        ];
        const grid = add(get('$scratch'), mul(get('$from'), gridBytes(filter)));
        const read = (offset: number) => {
          if (lanes === 1) return splat(get(source), offset);
          return keptStep === 4 ? load(get(source), offset) : gather(get(source), offset, keptStep);
        };
        const write = (value: string, offset: number) =>
          lanes === 1 ? storeLane(get(target), value, offset) : store(get(target), value, offset);
        return writer.loop(get('$from'), get('$to'), 1, (unit) =>
          writer.loop(0, group, 1, (vector) => {
            const number = writer.local('i32', 'number');
            const places = coordinates(number, [blocks, summed, block / lanes]);
            const [blockIndex, channel, inBlock] = places;
            return [
              set(number, add(mul(get(unit), group), get(vector))),
              set(
                source,
                add(
                  get('$in0'),
                  isTurned ? (taps - 1) * rowStep : 0,
                  offsetOf(places, [blockStep, summedStep, keptStep * lanes], 1),
                ),
              ),
              set(
                target,
                add(
                  get('$out'),
                  mul(blockIndex!, toBlock),
                  mul(channel!, block * 4),
                  mul(inBlock!, lanes * 4),
                ),
              ),
              set(pg, grid),
              ...passCode(
                filter.weights,
                {
                  count: taps,
                  read: (tap) => read((isTurned ? taps - 1 - tap : tap) * columnStep),
                  write: (value, x) => [store(get(pg), value, x * 16)],
                  next: [
                    set(source, add(get(source), isTurned ? -rowStep : rowStep)),
                    set(pg, add(get(pg), size * 16)),
                  ],
                },
                writer,
              ),
              set(pg, grid),
              ...passCode(
                filter.weights,
                {
                  count: size,
                  read: (y) => load(get(pg), y * size * 16),
                  write: (value, y) => [write(value, y * size * toEntry)],
                  next: [set(pg, add(get(pg), 16)), set(target, add(get(target), toEntry))],
                },
                writer,
              ),
            ];
          }),
        );
      }),
    units: vectors / group,
    scratch: (vectors / group) * gridBytes(filter),
    cost: costOfTransformedWeights(filter, summed, blocks * block, block),
    functions: [],
  };
}
