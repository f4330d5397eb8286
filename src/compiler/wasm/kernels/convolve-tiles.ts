/**
 * Convolution by tiles, with Winograd's minimal filters: of the products that the plain kernel has for a window of 3 by 3
 * it needs 16 of 36 for tiles of two by two results, 36 of 144 for four by four, and 36 of 100 for a window of 5 by 5.
 * A tile of the image is transformed channel by channel, each of its entries is multiplied with the weights of its own
 * and summed over channels, and what comes out is transformed back. Transforms go from vector to vector, since the batch
 * is innermost.
 */
import { type Expression, expressionText, sizeOf } from '../../../program/index.js';
import { costOf, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  f32x4,
  get,
  load,
  mul,
  multiplyAdd,
  set,
  splat,
  store,
  type Writer,
  watFunction,
} from '../wat.js';
import { epilogueCode } from './epilogue.js';
import { coordinates, type Kernel, type KernelContext, type Layout, parametersOf } from './kernel.js';
import { imageTiles, resultTile, type Tiling } from './tiling.js';
import { gridBytes } from './winograd.js';

/** A convolution by tiles, with the channels of the result that stay in registers. */
export interface BlockTiling extends Tiling {
  readonly block: number;
}

/** Bytes that one thread needs for a transformed tile, for its sums, and between passes of a transform. */
function scratchOf({ filter, block, vectors }: BlockTiling, summed: number) {
  const grid = gridBytes(filter, vectors);
  return { tile: summed * grid, grid: (summed + block) * grid, all: (summed + block + 1) * grid + 64 };
}

/** x [H, W, summed] and the transformed weights. Units are a row of tiles for a block of lanes. */
export function convolveTilesKernel(
  tiling: BlockTiling,
  epilogue: Expression | undefined,
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const x = inputs[0]!;
  const summed = x.shape[2]!;
  const kept = output.shape[2]!;
  const { filter, before, tiles, block, vectors } = tiling;
  const { size, step } = filter;
  const [tileRows, tileColumns] = tiles;
  const laneBlocks = context.lanes / 4 / vectors;
  const scratch = scratchOf(tiling, summed);
  const expression: Expression = epilogue ?? { kind: 'input', index: 0 };
  const extras = inputs.slice(2);

  function body(writer: Writer): readonly string[] {
    const [own, pv, pw, pm] = ['own', 'pv', 'pw', 'pm'].map((hint) => writer.local('i32', hint)) as [
      string,
      string,
      string,
      string,
    ];
    const tileRow = writer.local('i32', 'tile');
    const grid = writer.local('i32', 'grid');
    const image = imageTiles({ from: '$in0', layout: x, grid }, tiling, context, writer);
    const epilogueOf = epilogueCode({ expression, extras, output, firstExtra: 2 }, context, writer);

    const sums = Array.from({ length: block }, (_, channel) =>
      writer.locals('v128', `a${channel}_`, vectors),
    );
    const loaded = writer.locals('v128', 'x', vectors);
    const weight = writer.local('v128', 'w');
    const sumsStep = size * size * vectors * 16;
    const multiplyTile = () => [
      set(pv, get(own)),
      set(pm, get(own)),
      ...writer.loop(0, size * size, 1, () => [
        ...sums.flat().map((local) => set(local, f32x4(0))),
        ...writer.loop(0, summed, 1, () => [
          ...loaded.map((local, vector) => set(local, load(get(pv), vector * 16))),
          ...sums.flatMap((ownSums, channel) => [
            set(weight, splat(get(pw), channel * 4)),
            ...ownSums.map((local, vector) =>
              set(local, multiplyAdd(get(local), get(loaded[vector]!), get(weight), context)),
            ),
          ]),
          set(pv, add(get(pv), vectors * 16)),
          set(pw, add(get(pw), block * 4)),
        ]),
        ...sums.flatMap((ownSums, channel) =>
          ownSums.map((local, vector) =>
            store(get(pm), get(local), scratch.tile + channel * sumsStep + vector * 16),
          ),
        ),
        set(pm, add(get(pm), vectors * 16)),
      ]),
    ];

    return [
      // No two threads begin with the same unit.
      set(own, add(get('$scratch'), mul(get('$from'), scratch.all))),
      set(grid, add(get(own), scratch.grid)),
      ...writer.loop(get('$from'), get('$to'), 1, (unit) => {
        const [row, laneBlock] = coordinates(unit, [tileRows, laneBlocks]);
        return [
          set(tileRow, row!),
          set('$lane', mul(laneBlock!, vectors * 16)),
          ...image.beginRow(tileRow),
          ...writer.loop(0, tileColumns, 1, (column) => [
            ...image.transform(get(column), own, {
              entry: summed * vectors * 16,
              channel: vectors * 16,
              vector: 16,
            }),
            set(pw, get('$in1')),
            ...writer.loop(0, kept / block, 1, (blockIndex) => [
              ...multiplyTile(),
              ...writer.loop(0, block, 1, (channel) => [
                set(pm, add(get(own), scratch.tile, mul(get(channel), sumsStep))),
                ...resultTile(
                  tiling,
                  { from: pm, entryStep: vectors * 16, grid, row: get(tileRow), column: get(column) },
                  writer,
                  (y) =>
                    epilogueOf.begin([
                      y,
                      mul(get(column), step),
                      add(mul(get(blockIndex), block), get(channel)),
                    ]),
                  (cell, at) => epilogueOf.store(cell, [0, at, 0]),
                ),
              ]),
            ]),
          ]),
        ];
      }),
    ];
  }

  const units = tileRows * laneBlocks;
  const entries = size * size;
  return {
    key: `convolveTiles ${JSON.stringify([before, filter.step, output, inputs])} ${expressionText(expression)} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(inputs.length), '$scratch'], (writer) => [
        '(local $lane i32)',
        ...body(writer),
      ]),
    units,
    scratch: units * scratch.all,
    cost:
      (context.lanes / 4) *
      (tileRows * tileColumns * entries * (2 * summed * kept + 8 * (summed + kept)) +
        sizeOf(output.shape) * (costOf(expression) + 1)),
    functions: vectorFunctionsOf(expression),
  };
}
