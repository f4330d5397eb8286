/** The weights of a convolution by tiles, transformed as its inner loop reads them. */
import { add, gather, get, load, mul, set, splat, store, storeLane, watFunction } from '../wat.js';
import { coordinates, type Kernel, type Layout, offsetOf, parametersOf } from './kernel.js';
import { costOfTransform, type MinimalFilter, transformGrid } from './winograd.js';

/** Filters at once, side by side in a vector: four where a block has as many. */
const lanesOf = (block: number) => (block % 4 === 0 ? 4 : 1);

/** Instructions for all weights from `summed` to `kept` channels. */
export function costOfTransformedWeights(
  { taps, size, weights }: MinimalFilter,
  summed: number,
  kept: number,
  block: number,
): number {
  const vectors = (summed * kept) / lanesOf(block);
  return vectors * ((taps + size) * costOfTransform(weights) + taps ** 2 + size ** 2);
}

/**
 * Weights [blocks, h, w, summed, block] as G g Gᵀ [blocks, size · size, summed, block], or with entries before blocks;
 * those of the gradient of an image are turned around. Units are vectors of a block.
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
  const turned = (tap: number) => (isTurned ? taps - 1 - tap : tap);
  return {
    key: `transform ${isTurned} ${entriesFirst} ${filter.step} ${JSON.stringify([from.shape, from.strides])}`,
    text: (name) =>
      watFunction(name, parametersOf(1), (writer) => {
        const [source, target] = [writer.local('i32', 'source'), writer.local('i32', 'target')];
        const grid = Array.from({ length: taps }, () => writer.locals('v128', 'g', taps));
        const read = (offset: number) => {
          if (lanes === 1) return splat(get(source), offset);
          return keptStep === 4 ? load(get(source), offset) : gather(get(source), offset, keptStep);
        };
        const write = (entry: string, offset: number) =>
          lanes === 1 ? storeLane(get(target), entry, offset) : store(get(target), entry, offset);
        return writer.loop(get('$from'), get('$to'), 1, (unit) => {
          const [blockIndex, channel, vector] = coordinates(unit, [blocks, summed, block / lanes]);
          return [
            set(
              source,
              add(
                get('$in0'),
                offsetOf([blockIndex!, channel!, vector!], [blockStep, summedStep, keptStep * lanes], 1),
              ),
            ),
            set(
              target,
              add(get('$out'), mul(blockIndex!, toBlock), mul(channel!, block * 4), mul(vector!, lanes * 4)),
            ),
            ...grid.flatMap((row, y) =>
              row.map((local, x) => set(local, read(turned(y) * rowStep + turned(x) * columnStep))),
            ),
            ...transformGrid(filter.weights, grid, writer, (entry, y, x) => [
              write(get(entry), (y * size + x) * toEntry),
            ]),
          ];
        });
      }),
    units: (blocks * summed * block) / lanes,
    cost: costOfTransformedWeights(filter, summed, blocks * block, block),
    functions: [],
  };
}
