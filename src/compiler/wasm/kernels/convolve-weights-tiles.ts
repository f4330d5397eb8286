/**
 * The gradient of a convolution's weights by tiles: what Winograd's filter does, backwards,
 *
 *     dg = Gᵀ [ Σ over tiles and lanes of  (Bᵀ d B) ⊙ (A dY Aᵀ) ] G.
 *
 * First each part of the tiles is summed on its own, then the parts are joined.
 */
import { type Shape, sizeOf, type ValueOf } from '../../../program/index.js';
import {
  add,
  addF,
  f32x4,
  get,
  type Int,
  load,
  mul,
  multiplyAdd,
  set,
  store,
  type Writer,
  watFunction,
} from '../wat.js';
import { storeSums, sumsOfLanes } from './convolve-weights.js';
import {
  coordinates,
  divisorOf,
  type Kernel,
  type KernelContext,
  type Layout,
  offsetOf,
  parametersOf,
} from './kernel.js';
import type { ReduceOptions } from './reduce.js';
import {
  imageTiles,
  isWorthTiles,
  type Tiling,
  tapsInside,
  tilesOf,
  tilingOf,
  transformCosts,
} from './tiling.js';
import { costOfTransform, minimalFilter, tileStep, transformGrid } from './winograd.js';

type Operation = ValueOf<'convolveKernel'>['operation'];

/** Bytes of sums that a second-level cache holds beside the rest. */
const mostSums = 1024 * 1024;
/** Instructions for the products of two vectors with their share of the loads. */
const productCost = 2.7;

const transposed = (matrix: readonly (readonly number[])[]) =>
  matrix[0]!.map((_, column) => matrix.map((row) => row[column]!));

/** A dY Aᵀ for a tile of the result. */
const spreadOf = ({ filter }: Tiling) => transposed(filter.output);

/** [parts, size · size, C, F, 4] for the sums of the tiles of x [H, W, C] and y [rows, columns, F], if that pays. */
export function tileSums(
  { window }: Operation,
  x: Layout,
  y: Layout,
  context: KernelContext,
): Shape | undefined {
  const [rows, , filters] = y.shape as [number, number, number];
  const channels = x.shape[2]!;
  const tiling = tilingOf(window, y.shape, context);
  if (tiling === undefined) return undefined;
  const { filter, vectors } = tiling;
  const entries = filter.size ** 2;
  if (entries * channels * filters * 16 > mostSums) return undefined;
  const products = channels * filters * productCost;
  const spread = 2 * entries + (filter.size + tileStep) * costOfTransform(spreadOf(tiling));
  const tiled =
    tilesOf(y.shape) * (entries * products + channels * transformCosts(filter).into + filters * spread);
  if (!isWorthTiles(tiled, tapsInside(tiling, x.shape, y.shape) * products)) return undefined;
  const strips = (rows / tileStep) * (context.lanes / 4 / vectors);
  return [divisorOf(strips, [8, 6, 4, 10, 7, 5, 2, 3]), entries, channels, filters, 4];
}

/** x [H, W, C] and y [rows, columns, F] give their sums. Units are parts. */
export function sumTilesKernel(
  { window }: Operation,
  [x, y]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [rows, columns, filters] = y.shape as [number, number, number];
  const channels = x.shape[2]!;
  const [parts, entries] = output.shape as [number, number];
  const tiling = tilingOf(window, y.shape, context)!;
  const { filter, vectors } = tiling;
  const { size } = filter;
  const [tileRows, tileColumns] = [rows / tileStep, columns / tileStep];
  const laneBlocks = context.lanes / 4 / vectors;
  const stripsOfPart = (tileRows * laneBlocks) / parts;
  // So many tiles at once that the sums are seldom loaded and stored.
  const strip = divisorOf(tileColumns, [8, 7, 6, 5, 4, 3, 2]);
  const run = strip * vectors;
  const [xEntry, yEntry] = [channels * run * 16, filters * run * 16];
  const scratch = entries * (xEntry + yEntry) + 64;
  const filterBlock = divisorOf(filters, filters % 4 === 0 ? [4] : [3, 2, 5, 7]);
  const channelBlock = divisorOf(channels, filterBlock === 4 ? [3, 2, 4] : [4, 3, 5, 2]);
  const unroll = divisorOf(run, [4, 2, 7, 5, 3]);
  const lane = 4 * context.lanes;
  const [rowStep, columnStep, channelStep] = y.strides.map((stride) => stride * lane) as [
    number,
    number,
    number,
  ];

  function body(writer: Writer): readonly string[] {
    const [own, target, moving, source, px, py, sums] = [
      'own',
      'target',
      'moving',
      'source',
      'px',
      'py',
      'sums',
    ].map((hint) => writer.local('i32', hint)) as [string, string, string, string, string, string, string];
    const tileRow = writer.local('i32', 'tile');
    const image = imageTiles(x, tiling, [tileRows, tileColumns], context, writer);
    const spread = spreadOf(tiling);
    const given = Array.from({ length: tileStep }, () => writer.locals('v128', 'g', tileStep));

    const spreadTile = (column: Int) =>
      writer.loop(0, filters, 1, (kept) => [
        set(moving, get(target)),
        ...writer.loop(0, vectors, 1, (vector) => [
          set(
            source,
            add(
              get('$in1'),
              get('$lane'),
              mul(get(kept), channelStep),
              mul(get(vector), 16),
              mul(get(tileRow), tileStep * rowStep),
              mul(column, tileStep * columnStep),
            ),
          ),
          ...given.flatMap((row, at) =>
            row.map((local, next) => set(local, load(get(source), at * rowStep + next * columnStep))),
          ),
          ...transformGrid(spread, given, writer, (entry, row, at) => [
            store(get(moving), get(entry), (row * size + at) * yEntry),
          ]),
          set(moving, add(get(moving), 16)),
        ]),
        set(target, add(get(target), run * 16)),
      ]);

    const totals = Array.from({ length: channelBlock }, () => writer.locals('v128', 'a', filterBlock));
    const ys = writer.locals('v128', 'y', filterBlock);
    const xLocal = writer.local('v128', 'x');
    const each = (code: (local: string, place: number) => string) =>
      totals.flatMap((row, channel) =>
        row.map((local, kept) => code(local, (channel * filters + kept) * 16)),
      );
    const term = (position: number) => [
      ...ys.map((local, kept) => set(local, load(get(py), (kept * run + position) * 16))),
      ...totals.flatMap((row, channel) => [
        set(xLocal, load(get(px), (channel * run + position) * 16)),
        ...row.map((local, kept) =>
          set(local, multiplyAdd(get(local), get(xLocal), get(ys[kept]!), context)),
        ),
      ]),
    ];
    const multiplyStrip = () =>
      writer.loop(0, entries, 1, (entry) =>
        writer.loop(0, channels / channelBlock, 1, (channel) =>
          writer.loop(0, filters / filterBlock, 1, (kept) => [
            set(px, add(get(own), mul(get(entry), xEntry), mul(get(channel), channelBlock * run * 16))),
            set(
              py,
              add(
                get(own),
                entries * xEntry,
                mul(get(entry), yEntry),
                mul(get(kept), filterBlock * run * 16),
              ),
            ),
            set(
              sums,
              add(
                get('$out'),
                mul(get('$part'), entries * channels * filters * 16),
                mul(get(entry), channels * filters * 16),
                mul(get(channel), channelBlock * filters * 16),
                mul(get(kept), filterBlock * 16),
              ),
            ),
            ...each((local, place) => set(local, load(get(sums), place))),
            ...writer.loop(0, run, unroll, () => [
              ...Array.from({ length: unroll }, (_, position) => term(position)).flat(),
              set(px, add(get(px), unroll * 16)),
              set(py, add(get(py), unroll * 16)),
            ]),
            ...each((local, place) => store(get(sums), get(local), place)),
          ]),
        ),
      );

    return [
      // No two threads begin with the same unit.
      set(own, add(get('$scratch'), mul(get('$from'), scratch))),
      ...writer.loop(get('$from'), get('$to'), 1, (part) => [
        set('$part', get(part)),
        set(sums, add(get('$out'), mul(get(part), entries * channels * filters * 16))),
        ...writer.loop(0, entries * channels * filters, 1, () => [
          store(get(sums), f32x4(0)),
          set(sums, add(get(sums), 16)),
        ]),
        ...writer.loop(0, stripsOfPart, 1, (stripOfPart) => {
          const number = writer.local('i32', 'number');
          const [row, laneBlock] = coordinates(number, [tileRows, laneBlocks]);
          return [
            set(number, add(mul(get(part), stripsOfPart), get(stripOfPart))),
            set(tileRow, row!),
            set('$lane', mul(laneBlock!, vectors * 16)),
            ...image.beginRow(tileRow),
            ...writer.loop(0, tileColumns, strip, (first) => [
              ...writer.loop(0, strip, 1, (tile) => {
                const column = add(get(first), get(tile));
                return [
                  set(target, add(get(own), mul(get(tile), vectors * 16))),
                  ...image.transform(column, target, { entry: xEntry, channel: run * 16 }),
                  set(target, add(get(own), entries * xEntry, mul(get(tile), vectors * 16))),
                  ...spreadTile(column),
                ];
              }),
              ...multiplyStrip(),
            ]),
          ];
        }),
      ]),
    ];
  }

  const strips = tileRows * laneBlocks;
  return {
    key: `sumTiles ${JSON.stringify([window, x, y, output])} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(2), '$scratch'], (writer) => [
        '(local $lane i32)',
        '(local $part i32)',
        ...body(writer),
      ]),
    units: parts,
    scratch: parts * scratch,
    cost: strips * tileColumns * vectors * entries * (2 * channels * filters + 8 * (channels + filters)),
    functions: [],
  };
}

/** The sums of all parts and lanes, as the gradient [h, w, C, F]. Units are channels. */
export function joinTilesKernel(
  { window }: Operation,
  sums: Layout,
  output: Layout,
  context: KernelContext,
  { firstPiece }: ReduceOptions,
): Kernel {
  const [parts, entries, channels, filters] = sums.shape as [number, number, number, number];
  const [taps] = window.size;
  const filter = minimalFilter(taps)!;
  const { size } = filter;
  const back = transposed(filter.weights);
  const [rowStep, columnStep, channelStep] = output.strides.map((stride) => stride * 4) as [
    number,
    number,
    number,
  ];
  const group = divisorOf(filters, [4, 3, 2]);
  return {
    key: `joinTiles ${JSON.stringify([sums, output])} ${firstPiece} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(1), '$scratch'], (writer) => {
        const [own, source, out, moving] = ['own', 'source', 'out', 'moving'].map((hint) =>
          writer.local('i32', hint),
        ) as [string, string, string, string];
        const four = writer.locals('v128', 'f', group);
        const grid = Array.from({ length: size }, () => writer.locals('v128', 'd', size));
        const entryStep = channels * filters * 16;
        return writer.loop(get('$from'), get('$to'), 1, (channel) =>
          writer.loop(0, filters, group, (kept) => [
            set(own, add(get('$scratch'), mul(get(channel), entries * 16))),
            set(moving, get(own)),
            set(source, add(get('$in0'), mul(get(channel), filters * 16), mul(get(kept), 16))),
            set(out, add(get('$out'), offsetOf([get(channel), get(kept)], [channelStep, 4], 1))),
            ...writer.loop(0, entries, 1, () => [
              ...four.map((sum, index) =>
                set(
                  sum,
                  Array.from({ length: parts }, (_, part) =>
                    load(get(source), part * entries * entryStep + index * 16),
                  ).reduce(addF),
                ),
              ),
              store(get(moving), sumsOfLanes(four)),
              set(moving, add(get(moving), 16)),
              set(source, add(get(source), entryStep)),
            ]),
            ...grid.flatMap((row, y) =>
              row.map((local, at) => set(local, load(get(own), (y * size + at) * 16))),
            ),
            ...transformGrid(back, grid, writer, (entry, y, at) =>
              storeSums(entry, group, out, y * rowStep + at * columnStep, firstPiece),
            ),
          ]),
        );
      }),
    units: channels,
    scratch: channels * entries * 16,
    cost: sizeOf(sums.shape.slice(0, 4)) + channels * filters * size * costOfTransform(filter.weights),
    functions: [],
  };
}
