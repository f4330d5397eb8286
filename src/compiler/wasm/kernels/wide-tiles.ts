/**
 * Convolution by tiles for many channels, where the transformed weights are more than a cache holds: one entry of all
 * tiles after the other, so that only its own weights are near. First all tiles of the image are transformed, then
 * each entry is a product of matrices, then all tiles of the result are transformed back.
 *
 * The gradient of the weights goes the same way: both the image and the gradient of the result are transformed, and the
 * product of matrices sums over tiles and lanes.
 */
import { type Expression, expressionText, type Shape, sizeOf } from '../../../program/index.js';
import { costOf, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  div,
  f32x4,
  get,
  type Int,
  load,
  mul,
  multiplyAdd,
  set,
  splat,
  store,
  type Writer,
  watFunction,
} from '../wat.js';
import type { BlockTiling } from './convolve-tiles.js';
import { sumsOfLanes } from './convolve-weights.js';
import { epilogueCode } from './epilogue.js';
import {
  coordinates,
  divisorOf,
  type Kernel,
  type KernelContext,
  type Layout,
  parametersOf,
} from './kernel.js';
import type { WeightBlock } from './register-blocks.js';
import {
  entriesOf,
  gradientTiles,
  imageTiles,
  resultTile,
  type TileSteps,
  type Tiling,
  tilesOf,
  transformCosts,
} from './tiling.js';
import { gridBytes } from './winograd.js';

/** How transformed tiles lie in memory: so many bytes from each other, channels in groups. */
export interface TileOrder {
  readonly group: number;
  readonly steps: TileSteps & { readonly group: number; readonly column: number };
}

const columnsOf = (tiling: Tiling, { lanes }: KernelContext) =>
  (tilesOf(tiling) * lanes) / 4 / tiling.vectors;

/** Bytes to the first column of a row of tiles, for a block of lanes. Its next tile is as many columns on as blocks. */
const firstColumn = (
  { tiles, vectors }: Tiling,
  { column }: TileOrder['steps'],
  row: Int,
  laneBlock: Int,
  { lanes }: KernelContext,
): Int => add(mul(row, (tiles[1] * lanes * column) / 4 / vectors), mul(laneBlock, column));

/** Of [entries, columns of tiles and lanes, channels]: a sum over channels reads them one after the other. */
export function channelsInnermost(tiling: Tiling, channels: number, context: KernelContext): TileOrder {
  const step = tiling.vectors * 16;
  const group = divisorOf(channels, [32, 24, 16, 12, 8]);
  return {
    group,
    steps: {
      entry: columnsOf(tiling, context) * channels * step,
      column: channels * step,
      group: group * step,
      channel: step,
      vector: 16,
    },
  };
}

/** Of [entries, groups, columns of tiles and lanes, channels of a group]: a sum over tiles reads them so. */
export function columnsInside(
  tiling: Tiling,
  channels: number,
  group: number,
  context: KernelContext,
): TileOrder {
  const all = columnsOf(tiling, context) * tiling.vectors * 16;
  return {
    group,
    steps: {
      entry: channels * all,
      group: group * all,
      column: tiling.vectors * group * 16,
      channel: 16,
      vector: group * 16,
    },
  };
}

/** The transformed tiles of so many channels, in whatever order. */
export const transformedTiles = (tiling: Tiling, channels: number): Shape => [
  entriesOf(tiling),
  tilesOf(tiling),
  channels,
];

/** Transforms all tiles of an image, or of the gradient of a result. Units are a row of tiles of a group and lanes. */
export function transformTilesKernel(
  of: 'image' | 'gradient',
  tiling: Tiling,
  from: Layout,
  { group, steps }: TileOrder,
  context: KernelContext,
): Kernel {
  const { filter, before, vectors } = tiling;
  const [tileRows, tileColumns] = tiling.tiles;
  const channels = from.shape[2]!;
  const laneBlocks = context.lanes / 4 / vectors;
  const units = [channels / group, tileRows, laneBlocks];
  const tilesFrom = of === 'image' ? imageTiles : gradientTiles;
  return {
    key: `${of}Tiles ${JSON.stringify([filter.taps, filter.step, before, tiling.result, from, steps])} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(1), '$scratch'], (writer) => {
        const [groupIndex, tileRow, first, target] = ['group', 'tile', 'first', 'target'].map((hint) =>
          writer.local('i32', hint),
        ) as [string, string, string, string];
        const grid = writer.local('i32', 'grid');
        const tiles = tilesFrom({ from: '$in0', layout: from, grid }, tiling, context, writer);
        return [
          '(local $lane i32)',
          set(grid, add(get('$scratch'), mul(get('$from'), gridBytes(filter)))),
          ...writer.loop(get('$from'), get('$to'), 1, (unit) => {
            const [index, row, laneBlock] = coordinates(unit, units);
            return [
              set(groupIndex, index!),
              set(tileRow, row!),
              set('$lane', mul(laneBlock!, vectors * 16)),
              set(
                first,
                add(
                  get('$out'),
                  mul(get(groupIndex), steps.group),
                  firstColumn(tiling, steps, get(tileRow), laneBlock!, context),
                ),
              ),
              ...tiles.beginRow(tileRow),
              ...writer.loop(0, tileColumns, 1, (column) => [
                set(target, add(get(first), mul(get(column), laneBlocks * steps.column))),
                ...tiles.transform(get(column), target, steps, [mul(get(groupIndex), group), group]),
              ]),
            ];
          }),
        ];
      }),
    units: sizeOf(units),
    scratch: sizeOf(units) * gridBytes(filter),
    cost: (tilesOf(tiling) * channels * context.lanes * transformCosts(filter)[of]) / 4,
    functions: [],
  };
}

/**
 * Transformed tiles with channels innermost times transformed weights [entries, blocks, summed, block]: sums, with their
 * own channels innermost. Units are a column of an entry: it stays in the first-level cache for all of the weights.
 */
export function multiplyTilesKernel(
  tiling: BlockTiling,
  summed: number,
  kept: number,
  context: KernelContext,
): Kernel {
  const { block, vectors } = tiling;
  const entries = entriesOf(tiling);
  const columns = columnsOf(tiling, context);
  const from = channelsInnermost(tiling, summed, context).steps;
  const to = channelsInnermost(tiling, kept, context).steps;
  return {
    key: `multiplyTiles ${entries} ${columns} ${summed} ${kept} ${block} ${vectors}`,
    text: (name) =>
      watFunction(name, parametersOf(2), (writer) => {
        const [first, px, pw, pm] = ['first', 'px', 'pw', 'pm'].map((hint) => writer.local('i32', hint)) as [
          string,
          string,
          string,
          string,
        ];
        const sums = Array.from({ length: block }, (_, channel) =>
          writer.locals('v128', `a${channel}_`, vectors),
        );
        const loaded = writer.locals('v128', 'x', vectors);
        const weight = writer.local('v128', 'w');
        return writer.loop(get('$from'), get('$to'), 1, (unit) => [
          set(pw, add(get('$in1'), mul(div(get(unit), columns), kept * summed * 4))),
          // Columns follow each other, from entry to entry too.
          set(first, add(get('$in0'), mul(get(unit), from.column))),
          set(pm, add(get('$out'), mul(get(unit), to.column))),
          ...writer.loop(0, kept, block, () => [
            set(px, get(first)),
            ...sums.flat().map((local) => set(local, f32x4(0))),
            ...writer.loop(0, summed, 1, () => [
              ...loaded.map((local, vector) => set(local, load(get(px), vector * from.vector))),
              ...sums.flatMap((own, channel) => [
                set(weight, splat(get(pw), channel * 4)),
                ...own.map((local, vector) =>
                  set(local, multiplyAdd(get(local), get(loaded[vector]!), get(weight), context)),
                ),
              ]),
              set(px, add(get(px), from.channel)),
              set(pw, add(get(pw), block * 4)),
            ]),
            ...sums.flatMap((own, channel) =>
              own.map((local, vector) =>
                store(get(pm), get(local), channel * to.channel + vector * to.vector),
              ),
            ),
            set(pm, add(get(pm), block * to.channel)),
          ]),
        ]);
      }),
    units: entries * columns,
    cost: entries * columns * vectors * summed * kept * 2,
    functions: [],
  };
}

/** Sums of all tiles as the result of a convolution. Units are a row of tiles for a block of lanes. */
export function joinResultKernel(
  tiling: Tiling,
  epilogue: Expression | undefined,
  extras: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const { filter, vectors } = tiling;
  const [tileRows, tileColumns] = tiling.tiles;
  const kept = output.shape[2]!;
  const laneBlocks = context.lanes / 4 / vectors;
  const { steps } = channelsInnermost(tiling, kept, context);
  const expression: Expression = epilogue ?? { kind: 'input', index: 0 };
  return {
    key: `joinResult ${JSON.stringify([filter.taps, filter.step, output, extras])} ${expressionText(expression)} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(1 + extras.length), '$scratch'], (writer) => {
        const [tileRow, first, pm] = ['tile', 'first', 'pm'].map((hint) => writer.local('i32', hint)) as [
          string,
          string,
          string,
        ];
        const grid = writer.local('i32', 'grid');
        const epilogueOf = epilogueCode({ expression, extras, output, firstExtra: 1 }, context, writer);
        return [
          '(local $lane i32)',
          set(grid, add(get('$scratch'), mul(get('$from'), gridBytes(filter, vectors)))),
          ...writer.loop(get('$from'), get('$to'), 1, (unit) => {
            const [row, laneBlock] = coordinates(unit, [tileRows, laneBlocks]);
            return [
              set(tileRow, row!),
              set('$lane', mul(laneBlock!, vectors * 16)),
              set(first, add(get('$in0'), firstColumn(tiling, steps, get(tileRow), laneBlock!, context))),
              ...writer.loop(0, tileColumns, 1, (column) => [
                set(pm, add(get(first), mul(get(column), laneBlocks * steps.column))),
                ...writer.loop(0, kept, 1, (channel) => [
                  ...resultTile(
                    tiling,
                    { from: pm, entryStep: steps.entry, grid, row: get(tileRow), column: get(column) },
                    writer,
                    (y) => epilogueOf.begin([y, mul(get(column), filter.step), get(channel)]),
                    (cell, at) => epilogueOf.store(cell, [0, at, 0]),
                  ),
                  set(pm, add(get(pm), steps.channel)),
                ]),
              ]),
            ];
          }),
        ];
      }),
    units: tileRows * laneBlocks,
    scratch: tileRows * laneBlocks * gridBytes(filter, vectors),
    cost:
      (context.lanes / 4) *
      (tilesOf(tiling) * kept * transformCosts(filter).back +
        sizeOf(output.shape) * (costOf(expression) + 1)),
    functions: vectorFunctionsOf(expression),
  };
}

/**
 * Transformed tiles of an image and of a gradient, columns inside, give their sums [entries, channels, filters], lanes
 * included. Units are a block of channels of an entry.
 */
export function sumProductsKernel(
  tiling: Tiling,
  channels: number,
  filters: number,
  block: WeightBlock,
  context: KernelContext,
): Kernel {
  const entries = entriesOf(tiling);
  const columns = columnsOf(tiling, context) * tiling.vectors;
  const ofImage = columnsInside(tiling, channels, block.channels, context).steps;
  const ofGradient = columnsInside(tiling, filters, block.filters, context).steps;

  function body(writer: Writer): readonly string[] {
    const [first, px, py, out] = ['first', 'px', 'py', 'out'].map((hint) => writer.local('i32', hint)) as [
      string,
      string,
      string,
      string,
    ];
    const totals = Array.from({ length: block.channels }, () => writer.locals('v128', 'a', block.filters));
    const ys = writer.locals('v128', 'y', block.filters);
    const xLocal = writer.local('v128', 'x');
    return writer.loop(get('$from'), get('$to'), 1, (unit) => {
      const [entry, channelBlock] = coordinates(unit, [entries, channels / block.channels]);
      return [
        set(first, add(get('$in0'), mul(entry!, ofImage.entry), mul(channelBlock!, ofImage.group))),
        set(py, add(get('$in1'), mul(entry!, ofGradient.entry))),
        // Entries and blocks of channels follow each other.
        set(out, add(get('$out'), mul(get(unit), block.channels * filters * 4))),
        ...writer.loop(0, filters / block.filters, 1, () => [
          set(px, get(first)),
          ...totals.flat().map((local) => set(local, f32x4(0))),
          ...writer.loop(0, columns, 1, () => [
            ...ys.map((local, kept) => set(local, load(get(py), kept * 16))),
            ...totals.flatMap((row, channel) => [
              set(xLocal, load(get(px), channel * 16)),
              ...row.map((local, kept) =>
                set(local, multiplyAdd(get(local), get(xLocal), get(ys[kept]!), context)),
              ),
            ]),
            set(px, add(get(px), block.channels * 16)),
            set(py, add(get(py), block.filters * 16)),
          ]),
          ...totals.flatMap((row, channel) => [store(get(out), sumsOfLanes(row), channel * filters * 4)]),
          set(out, add(get(out), block.filters * 4)),
        ]),
      ];
    });
  }

  return {
    key: `sumProducts ${entries} ${columns} ${channels} ${filters} ${JSON.stringify(block)}`,
    text: (name) => watFunction(name, parametersOf(2), body),
    units: (entries * channels) / block.channels,
    cost: entries * columns * channels * filters * 2,
    functions: [],
  };
}
