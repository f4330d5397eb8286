/** The tiles of images and results, and their transforms on the way from and to memory. */
import type { Shape, Window } from '../../../program/index.js';
import { add, f32x4, get, type Int, i32, load, mul, set, store, type Writer } from '../wat.js';
import { divisorOf, type KernelContext, type Layout } from './kernel.js';
import {
  costsOf,
  type Matrix,
  type MinimalFilter,
  minimalFilter,
  passCode,
  stepsOf,
  transformCode,
  transposed,
} from './winograd.js';

export interface Tiling {
  readonly filter: MinimalFilter;
  /** Zeros before the image, along each axis. */
  readonly before: readonly [number, number];
  /** The result [rows, columns], and its tiles: the last of a row or column may reach beyond. */
  readonly result: readonly [number, number];
  readonly tiles: readonly [rows: number, columns: number];
  /** Of four lanes, that are computed at once. */
  readonly vectors: number;
}

/** For results [rows, columns, …]; none where there is no minimal filter for the window. */
export function tilingsOf(window: Window, result: Shape, { lanes }: KernelContext): readonly Tiling[] {
  const [height, width] = window.size;
  const isPlain = [...window.strides, ...window.dilations].every((step) => step === 1);
  if (height !== width || !isPlain) return [];
  const [rows, columns] = result as [number, number];
  return stepsOf(height).map((step) => ({
    filter: minimalFilter(height, step),
    before: window.before,
    result: [rows, columns],
    tiles: [Math.ceil(rows / step), Math.ceil(columns / step)],
    vectors: divisorOf(lanes / 4, [2]),
  }));
}

export const entriesOf = ({ filter }: Tiling): number => filter.size ** 2;

export const tilesOf = ({ tiles: [rows, columns] }: Tiling): number => rows * columns;

/** Instructions for a vector: a tile of the image, or of a gradient, on its way in, one of the result on its way back. */
export function transformCosts(filter: MinimalFilter): {
  readonly image: number;
  readonly gradient: number;
  readonly back: number;
} {
  const { size, step } = filter;
  const { input, output, gradient } = costsOf(filter);
  return {
    image: 2 * size ** 2 + 2 * size * input,
    gradient: size ** 2 + step ** 2 + (size + step) * gradient,
    back: size ** 2 + step ** 2 + (size + step) * output,
  };
}

/** How many taps fall on the image [height, width], of all places of the result. */
export function tapsInside({ filter, before, result }: Tiling, image: Shape): number {
  const along = (axis: 0 | 1) => {
    let count = 0;
    for (let place = 0; place < result[axis]; place += 1) {
      for (let tap = 0; tap < filter.taps; tap += 1) {
        const at = place - before[axis] + tap;
        if (at >= 0 && at < image[axis]!) count += 1;
      }
    }
    return count;
  };
  return along(0) * along(1);
}

/** Bytes between what belongs together in a transformed tile. */
export interface TileSteps {
  readonly entry: number;
  readonly channel: number;
  readonly vector: number;
}

/** Transforms tiles, for all of their channels or some. */
export interface Tiles {
  /** Goes to a row of tiles, which a local has the number of. */
  beginRow(tileRow: string): readonly string[];
  /** Writes them, for the lanes from `$lane` on, from where a local points. */
  transform(
    column: Int,
    target: string,
    steps: TileSteps,
    channels?: readonly [from: Int, count: number],
  ): readonly string[];
}

/** Where tiles are read, and the memory for what comes between rows and columns: see `gridBytes`. */
export interface TileSource {
  readonly from: string;
  readonly layout: Layout;
  readonly grid: string;
}

/** Bᵀ d B of the tiles of an image [height, width, channels]. */
export const imageTiles = (
  source: TileSource,
  tiling: Tiling,
  context: KernelContext,
  writer: Writer,
): Tiles => tilesBy(tiling.filter.input, tiling.before, source, tiling, context, writer);

/** A dY Aᵀ of the tiles of the gradient [rows, columns, channels] of a result. */
export const gradientTiles = (
  source: TileSource,
  tiling: Tiling,
  context: KernelContext,
  writer: Writer,
): Tiles => tilesBy(transposed(tiling.filter.output), [0, 0], source, tiling, context, writer);

/** M d Mᵀ of tiles that begin `step` places from each other. */
function tilesBy(
  matrix: Matrix,
  before: readonly [number, number],
  { from, layout, grid }: TileSource,
  { filter, vectors, tiles: [tileRows, tileColumns] }: Tiling,
  context: KernelContext,
  writer: Writer,
): Tiles {
  const { size, step } = filter;
  const cells = matrix[0]!.length;
  const [height, width, channels] = layout.shape as [number, number, number];
  const [rowStep, columnStep, channelStep] = layout.strides.map((stride) => stride * 4 * context.lanes) as [
    number,
    number,
    number,
  ];
  const allInside = before[0] === 0 && (tileRows - 1) * step + cells <= height;
  const segments = segmentsOf(tileColumns, step, cells, before[1], width);
  const [px, pg, top, moving] = ['px', 'pg', 'top', 'moving'].map((hint) => writer.local('i32', hint)) as [
    string,
    string,
    string,
    string,
  ];
  const line = writer.locals('v128', 'l', cells);
  const entries = writer.locals('v128', 'u', size);

  const readLine = (segment: Segment) =>
    line.map((local, at) =>
      set(
        local,
        at < segment.from || at >= segment.to ? f32x4(0) : load(get(px), (at - segment.from) * columnStep),
      ),
    );
  const rowsOf = (column: Int) =>
    writer.loop(0, cells, 1, (y) => {
      const row = [...chosen(segments, column, readLine), ...transformCode(matrix, line, entries, writer)];
      return [
        ...(allInside
          ? row
          : [
              // Below zero is very large without a sign.
              `(if (i32.lt_u ${add(get(top), get(y))} (i32.const ${height})) (then`,
              ...row,
              ') (else',
              ...entries.map((local) => set(local, f32x4(0))),
              '))',
            ]),
        ...entries.map((local, at) => store(get(pg), get(local), at * 16)),
        set(px, add(get(px), rowStep)),
        set(pg, add(get(pg), size * 16)),
      ];
    });

  return {
    beginRow: (tileRow) => [set(top, add(mul(get(tileRow), step), -before[0]))],
    transform: (column, target, steps, [first, count] = [0, channels]) =>
      writer.loop(0, count, 1, (channel) =>
        writer.loop(0, vectors, 1, (vector) => [
          set(pg, get(grid)),
          set(
            px,
            add(
              get(from),
              get('$lane'),
              mul(add(first, get(channel)), channelStep),
              mul(get(vector), 16),
              mul(get(top), rowStep),
              mul(add(mul(column, step), -before[1]), columnStep),
            ),
          ),
          // To the first place inside: an offset must not begin before the memory.
          ...chosen(segments, column, ({ from: outside }) => [set(px, add(get(px), outside * columnStep))]),
          ...rowsOf(column),
          set(pg, get(grid)),
          set(moving, add(get(target), mul(get(channel), steps.channel), mul(get(vector), steps.vector))),
          ...passCode(
            matrix,
            {
              count: size,
              read: (y) => load(get(pg), y * size * 16),
              write: (value, y) => [store(get(moving), value, y * size * steps.entry)],
              next: [set(pg, add(get(pg), 16)), set(moving, add(get(moving), steps.entry))],
            },
            writer,
          ),
        ]),
      ),
  };
}

/** A tile of sums, on its way into the result. */
interface SummedTile {
  /** Points to its first entry; vectors lie side by side. */
  readonly from: string;
  readonly entryStep: number;
  /** Memory for what comes between columns and rows. */
  readonly grid: string;
  readonly row: Int;
  readonly column: Int;
}

/** Aᵀ M A, row by row: `begin` goes to a row of the result, `use` takes the vectors of one of its places. */
export function resultTile(
  { filter, result, tiles, vectors }: Tiling,
  { from, entryStep, grid, row, column }: SummedTile,
  writer: Writer,
  begin: (row: Int) => readonly string[],
  use: (vectors: readonly string[], column: number) => readonly string[],
): readonly string[] {
  const { size, step } = filter;
  const [pm, pg] = [writer.local('i32', 'pm'), writer.local('i32', 'pg')];
  const line = writer.locals('v128', 'l', size);
  const cells = Array.from({ length: step }, () => writer.locals('v128', 'y', vectors));
  const each = Array.from({ length: vectors }, (_, vector) => vector);
  const [rowsInLast, columnsInLast] = result.map((length, axis) => length - (tiles[axis]! - 1) * step) as [
    number,
    number,
  ];
  const rows: Int =
    rowsInLast === step
      ? step
      : `(select (i32.const ${rowsInLast}) (i32.const ${step}) (i32.eq ${i32(row)} (i32.const ${tiles[0] - 1})))`;
  const places = cells.map((cell, at) => use(cell, at));
  const beyond = places.slice(columnsInLast).flat();
  return [
    set(pm, get(from)),
    set(pg, get(grid)),
    ...writer.loop(0, size, 1, () => [
      ...each.flatMap((vector) => [
        ...line.map((local, y) => set(local, load(get(pm), y * size * entryStep + vector * 16))),
        ...transformCode(
          filter.output,
          line,
          cells.map((cell) => cell[vector]!),
          writer,
        ),
        ...cells.map((cell, y) => store(get(pg), get(cell[vector]!), (y * size * vectors + vector) * 16)),
      ]),
      set(pm, add(get(pm), entryStep)),
      set(pg, add(get(pg), vectors * 16)),
    ]),
    set(pg, get(grid)),
    ...writer.loop(0, rows, 1, (y) => [
      ...each.flatMap((vector) => [
        ...line.map((local, at) => set(local, load(get(pg), (at * vectors + vector) * 16))),
        ...transformCode(
          filter.output,
          line,
          cells.map((cell) => cell[vector]!),
          writer,
        ),
      ]),
      ...begin(add(mul(row, step), get(y))),
      ...places.slice(0, columnsInLast).flat(),
      ...(beyond.length === 0
        ? []
        : [`(if (i32.ne ${i32(column)} (i32.const ${tiles[1] - 1})) (then`, ...beyond, '))']),
      set(pg, add(get(pg), size * vectors * 16)),
    ]),
  ];
}

/** Tiles along a row, up to and without `end`, of which the entries from `from` up to `to` lie in the image. */
interface Segment {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function segmentsOf(
  tiles: number,
  step: number,
  cells: number,
  before: number,
  length: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  for (let tile = 0; tile < tiles; tile += 1) {
    const start = tile * step - before;
    const [from, to] = [Math.max(0, -start), Math.min(cells, length - start)];
    const last = segments.at(-1);
    if (last?.from === from && last.to === to) segments.pop();
    segments.push({ end: tile + 1, from, to });
  }
  return segments;
}

function chosen(
  [segment, ...rest]: readonly Segment[],
  column: Int,
  code: (segment: Segment) => readonly string[],
): readonly string[] {
  if (rest.length === 0) return code(segment!);
  return [
    `(if (i32.lt_u ${i32(column)} (i32.const ${segment!.end})) (then`,
    ...code(segment!),
    ') (else',
    ...chosen(rest, column, code),
    '))',
  ];
}
