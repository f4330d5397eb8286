/**
 * The gradient of a convolution's weights by tiles: what Winograd's filter does, backwards,
 *
 *     dg = Gᵀ [ Σ over tiles and lanes of  (Bᵀ d B) ⊙ (A dY Aᵀ) ] G.
 *
 * First each part of the tiles is summed on its own, then the parts are joined.
 */
import {
  add,
  addF,
  f32x4,
  get,
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
import { weightBlockOf } from './register-blocks.js';
import { gradientTiles, imageTiles, type Tiling } from './tiling.js';
import { costsOf, gridBytes, type MinimalFilter, passCode, transposed } from './winograd.js';

/** How many parts of the tiles are summed on their own: at most eight. */
export const partsOf = ({ tiles: [rows], vectors }: Tiling, { lanes }: KernelContext): number =>
  divisorOf((rows * lanes) / 4 / vectors, [8, 6, 4, 10, 7, 5, 2, 3]);

/** Vectors of tiles that are summed at once, so that the sums are seldom loaded and stored. */
export const runOf = ({ tiles: [, columns], vectors }: Tiling): number =>
  divisorOf(columns, [8, 7, 6, 5, 4, 3, 2]) * vectors;

/** x [H, W, C] and y [rows, columns, F] give their sums. Units are parts. */
export function sumTilesKernel(
  tiling: Tiling,
  [x, y]: readonly [Layout, Layout],
  output: Layout,
  context: KernelContext,
): Kernel {
  const [parts, entries, channels, filters] = output.shape as [number, number, number, number];
  const { filter, before, vectors } = tiling;
  const [tileRows, tileColumns] = tiling.tiles;
  const laneBlocks = context.lanes / 4 / vectors;
  const stripsOfPart = (tileRows * laneBlocks) / parts;
  const run = runOf(tiling);
  const strip = run / vectors;
  const [xEntry, yEntry] = [channels * run * 16, filters * run * 16];
  const tilesBytes = entries * (xEntry + yEntry);
  const scratch = tilesBytes + gridBytes(filter) + 64;
  const block = weightBlockOf(channels, filters);

  function body(writer: Writer): readonly string[] {
    const [own, target, px, py, sums] = ['own', 'target', 'px', 'py', 'sums'].map((hint) =>
      writer.local('i32', hint),
    ) as [string, string, string, string, string];
    const tileRow = writer.local('i32', 'tile');
    const grid = writer.local('i32', 'grid');
    const image = imageTiles({ from: '$in0', layout: x, grid }, tiling, context, writer);
    const gradient = gradientTiles({ from: '$in1', layout: y, grid }, tiling, context, writer);

    const totals = Array.from({ length: block.channels }, () => writer.locals('v128', 'a', block.filters));
    const ys = writer.locals('v128', 'y', block.filters);
    const xLocal = writer.local('v128', 'x');
    const each = (code: (local: string, place: number) => string) =>
      totals.flatMap((row, channel) =>
        row.map((local, kept) => code(local, (channel * filters + kept) * 16)),
      );
    const multiplyStrip = () =>
      writer.loop(0, entries, 1, (entry) =>
        writer.loop(0, channels / block.channels, 1, (channel) =>
          writer.loop(0, filters / block.filters, 1, (kept) => [
            set(px, add(get(own), mul(get(entry), xEntry), mul(get(channel), block.channels * run * 16))),
            set(
              py,
              add(
                get(own),
                entries * xEntry,
                mul(get(entry), yEntry),
                mul(get(kept), block.filters * run * 16),
              ),
            ),
            set(
              sums,
              add(
                get('$out'),
                mul(get('$part'), entries * channels * filters * 16),
                mul(get(entry), channels * filters * 16),
                mul(get(channel), block.channels * filters * 16),
                mul(get(kept), block.filters * 16),
              ),
            ),
            ...each((local, place) => set(local, load(get(sums), place))),
            ...writer.loop(0, run, 1, () => [
              ...ys.map((local, kept) => set(local, load(get(py), kept * run * 16))),
              ...totals.flatMap((row, channel) => [
                set(xLocal, load(get(px), channel * run * 16)),
                ...row.map((local, kept) =>
                  set(local, multiplyAdd(get(local), get(xLocal), get(ys[kept]!), context)),
                ),
              ]),
              set(px, add(get(px), 16)),
              set(py, add(get(py), 16)),
            ]),
            ...each((local, place) => store(get(sums), get(local), place)),
          ]),
        ),
      );

    return [
      // No two threads begin with the same unit.
      set(own, add(get('$scratch'), mul(get('$from'), scratch))),
      set(grid, add(get(own), tilesBytes)),
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
            ...gradient.beginRow(tileRow),
            ...writer.loop(0, tileColumns, strip, (first) => [
              ...writer.loop(0, strip, 1, (tile) => {
                const column = add(get(first), get(tile));
                return [
                  set(target, add(get(own), mul(get(tile), vectors * 16))),
                  ...image.transform(column, target, { entry: xEntry, channel: run * 16, vector: 16 }),
                  set(target, add(get(own), entries * xEntry, mul(get(tile), vectors * 16))),
                  ...gradient.transform(column, target, { entry: yEntry, channel: run * 16, vector: 16 }),
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
    key: `sumTiles ${JSON.stringify([filter.step, before, x, y, output])} ${context.lanes}`,
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

/**
 * Sums of tiles [parts, size · size, C, F, 4], or of lanes too [size · size, C, F], as the gradient [h, w, C, F]. Units
 * are channels.
 */
export function joinTilesKernel(
  filter: MinimalFilter,
  sums: Layout,
  output: Layout,
  context: KernelContext,
  { firstPiece }: ReduceOptions,
): Kernel {
  const { size } = filter;
  const entries = size ** 2;
  const [channels, filters] = output.shape.slice(2) as [number, number];
  const parts = sums.shape.length === 5 ? sums.shape[0]! : undefined;
  const back = transposed(filter.weights);
  const [rowStep, columnStep, channelStep] = output.strides.map((stride) => stride * 4) as [
    number,
    number,
    number,
  ];
  const group = divisorOf(filters, [4, 3, 2]);
  const bytes = parts === undefined ? 4 : 16;
  const entryStep = channels * filters * bytes;
  const scratch = gridBytes(filter) + (parts === undefined ? 0 : entries * 16);
  return {
    key: `joinTiles ${filter.step} ${JSON.stringify([sums, output])} ${firstPiece} ${context.lanes}`,
    text: (name) =>
      watFunction(name, [...parametersOf(1), '$scratch'], (writer) => {
        const [own, source, out, moving, pg] = ['own', 'source', 'out', 'moving', 'pg'].map((hint) =>
          writer.local('i32', hint),
        ) as [string, string, string, string, string];
        const four = writer.locals('v128', 'f', group);
        const result = writer.local('v128', 'r');
        const grid = add(get('$scratch'), mul(get('$from'), scratch));
        /** A local that points to the first entry, and the distance to the next. */
        const entriesAt = (channel: string, kept: string) => {
          const first = add(get('$in0'), mul(get(channel), filters * bytes), mul(get(kept), bytes));
          if (parts === undefined) return { lines: [set(moving, first)], step: entryStep };
          const lines = [
            set(own, add(grid, gridBytes(filter))),
            set(moving, get(own)),
            set(source, first),
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
            set(moving, get(own)),
          ];
          return { lines, step: 16 };
        };
        return writer.loop(get('$from'), get('$to'), 1, (channel) =>
          writer.loop(0, filters, group, (kept) => {
            const { lines, step } = entriesAt(channel, kept);
            return [
              ...lines,
              set(out, add(get('$out'), offsetOf([get(channel), get(kept)], [channelStep, 4], 1))),
              set(pg, grid),
              ...passCode(
                back,
                {
                  count: size,
                  read: (at) => load(get(moving), at * step),
                  write: (value, at) => [store(get(pg), value, at * 16)],
                  next: [set(moving, add(get(moving), size * step)), set(pg, add(get(pg), filter.taps * 16))],
                },
                writer,
              ),
              set(pg, grid),
              ...passCode(
                back,
                {
                  count: filter.taps,
                  read: (y) => load(get(pg), y * filter.taps * 16),
                  write: (value, y) => [
                    set(result, value),
                    ...storeSums(result, group, out, y * rowStep, firstPiece),
                  ],
                  next: [set(pg, add(get(pg), 16)), set(out, add(get(out), columnStep))],
                },
                writer,
              ),
            ];
          }),
        );
      }),
    units: channels,
    scratch: channels * scratch,
    cost: channels * filters * ((parts ?? 1) * entries + (size + filter.taps) * costsOf(filter).weights),
    functions: [],
  };
}
