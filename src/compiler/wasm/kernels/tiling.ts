/** The tiles of images and results, and their transforms on the way from and to memory. */
import type { Shape, Window } from '../../../program/index.js';
import { add, f32x4, get, type Int, i32, load, mul, set, store, type Writer } from '../wat.js';
import { divisorOf, type KernelContext, type Layout } from './kernel.js';
import {
  costOfTransform,
  type MinimalFilter,
  minimalFilter,
  stepsOf,
  transformCode,
  transformGrid,
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
export function transformCosts({ size, step, input, output }: MinimalFilter): {
  readonly image: number;
  readonly gradient: number;
  readonly back: number;
} {
  return {
    image: 2 * size ** 2 + 2 * size * costOfTransform(input),
    gradient: size ** 2 + step ** 2 + (size + step) * costOfTransform(transposed(output)),
    back: size ** 2 + step ** 2 + (size + step) * costOfTransform(output),
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
  /** Writes them, for the lanes from `$lane` on, to where a local points, which moves on. */
  transform(
    column: Int,
    target: string,
    steps: TileSteps,
    channels?: readonly [from: Int, count: number],
  ): readonly string[];
}

/** Bᵀ d B of the tiles of an image [height, width, channels]. */
export function imageTiles(
  from: string,
  x: Layout,
  { filter, before, vectors, tiles: [tileRows, tileColumns] }: Tiling,
  context: KernelContext,
  writer: Writer,
): Tiles {
  const [height, width, channels] = x.shape as [number, number, number];
  const { size, step } = filter;
  const [rowStep, columnStep, channelStep] = x.strides.map((stride) => stride * 4 * context.lanes) as [
    number,
    number,
    number,
  ];
  const last = (tileRows - 1) * step - before[0] + size;
  const allInside = before[0] === 0 && last <= height;
  const segments = segmentsOf(tileColumns, filter, before[1], width);
  const [px, top, moving] = ['px', 'top', 'moving'].map((hint) => writer.local('i32', hint)) as [
    string,
    string,
    string,
  ];
  const rowOffsets = writer.locals('i32', 'row', size);
  const grid = Array.from({ length: size }, () => writer.locals('v128', 'd', size));
  const line = writer.locals('v128', 'l', size);

  const readRow = (y: number, segment: Segment) => [
    ...line.map((local, at) =>
      set(
        local,
        at < segment.from || at >= segment.to
          ? f32x4(0)
          : load(add(get(px), get(rowOffsets[y]!)), (at - segment.from) * columnStep),
      ),
    ),
    ...transformCode(filter.input, line, grid[y]!, writer),
  ];
  const rowOrZeros = (y: number, segment: Segment) => {
    if (allInside) return readRow(y, segment);
    return [
      // Below zero is very large without a sign.
      `(if (i32.lt_u ${add(get(top), y)} (i32.const ${height})) (then`,
      ...readRow(y, segment),
      ') (else',
      ...grid[y]!.map((local) => set(local, f32x4(0))),
      '))',
    ];
  };

  return {
    beginRow: (tileRow) => [
      set(top, add(mul(get(tileRow), step), -before[0])),
      ...rowOffsets.map((local, y) => set(local, mul(add(get(top), y), rowStep))),
    ],
    transform: (column, target, steps, [first, count] = [0, channels]) =>
      chosen(segments, column, (segment) =>
        writer.loop(0, count, 1, (channel) => [
          set(moving, get(target)),
          ...writer.loop(0, vectors, 1, (vector) => [
            set(
              px,
              add(
                get(from),
                get('$lane'),
                mul(add(first, get(channel)), channelStep),
                mul(get(vector), 16),
                mul(add(mul(column, step), segment.from - before[1]), columnStep),
              ),
            ),
            ...grid.flatMap((_, y) => rowOrZeros(y, segment)),
            ...Array.from({ length: size }, (_, at) => [
              ...transformCode(
                filter.input,
                grid.map((row) => row[at]!),
                line,
                writer,
              ),
              ...line.map((local, y) => store(get(moving), get(local), (y * size + at) * steps.entry)),
            ]).flat(),
            set(moving, add(get(moving), steps.vector)),
          ]),
          set(target, add(get(target), steps.channel)),
        ]),
      ),
  };
}

/** A dY Aᵀ of the tiles of the gradient [rows, columns, channels] of a result. */
export function gradientTiles(
  from: string,
  y: Layout,
  { filter, result, tiles, vectors }: Tiling,
  context: KernelContext,
  writer: Writer,
): Tiles {
  const { size, step } = filter;
  const channels = y.shape[2]!;
  const [rowStep, columnStep, channelStep] = y.strides.map((stride) => stride * 4 * context.lanes) as [
    number,
    number,
    number,
  ];
  const [row, source, moving] = ['row', 'source', 'moving'].map((hint) => writer.local('i32', hint)) as [
    string,
    string,
    string,
  ];
  const grid = Array.from({ length: step }, () => writer.locals('v128', 'g', step));
  const spread = transposed(filter.output);
  const ends = endsOf({ filter, result, tiles });
  return {
    beginRow: (tileRow) => [set(row, get(tileRow))],
    transform: (column, target, steps, [first, count] = [0, channels]) =>
      writer.loop(0, count, 1, (channel) => [
        set(moving, get(target)),
        ...writer.loop(0, vectors, 1, (vector) => [
          set(
            source,
            add(
              get(from),
              get('$lane'),
              mul(add(first, get(channel)), channelStep),
              mul(get(vector), 16),
              mul(get(row), step * rowStep),
              mul(column, step * columnStep),
            ),
          ),
          ...grid.flat().map((local) => set(local, f32x4(0))),
          ...ends.rows(get(row), grid, (cells, at) =>
            ends.columns(column, cells, (local, next) => [
              set(local, load(get(source), at * rowStep + next * columnStep)),
            ]),
          ),
          ...transformGrid(spread, grid, writer, (entry, at, next) => [
            store(get(moving), get(entry), (at * size + next) * steps.entry),
          ]),
          set(moving, add(get(moving), steps.vector)),
        ]),
        set(target, add(get(target), steps.channel)),
      ]),
  };
}

/** Aᵀ M A of a tile whose entries lie so many bytes from each other, vectors side by side, from a local on. */
export function resultTile(
  { filter, result, tiles, vectors }: Tiling,
  writer: Writer,
): (
  from: string,
  entryStep: number,
  place: readonly [row: Int, column: Int],
  use: (vectors: readonly string[], row: number, column: number) => readonly string[],
) => readonly string[] {
  const { size, step } = filter;
  const line = writer.locals('v128', 'l', size);
  const halves = Array.from({ length: size }, () => writer.locals('v128', 'h', step));
  const results = Array.from({ length: step }, () =>
    Array.from({ length: step }, () => writer.locals('v128', 'y', vectors)),
  );
  const ends = endsOf({ filter, result, tiles });
  return (from, entryStep, [tileRow, tileColumn], use) => [
    ...Array.from({ length: vectors }, (_, vector) => [
      ...halves.flatMap((half, at) => [
        ...line.map((local, y) => set(local, load(get(from), (y * size + at) * entryStep + vector * 16))),
        ...transformCode(filter.output, line, half, writer),
      ]),
      ...results.flatMap((row, y) =>
        transformCode(
          filter.output,
          halves.map((half) => half[y]!),
          row.map((cell) => cell[vector]!),
          writer,
        ),
      ),
    ]).flat(),
    ...ends.rows(tileRow, results, (row, y) => ends.columns(tileColumn, row, (cell, at) => use(cell, y, at))),
  ];
}

/** Of the rows, or columns, of a tile those that lie in the result: the last tile can have fewer. */
function endsOf({ filter, result, tiles }: Pick<Tiling, 'filter' | 'result' | 'tiles'>) {
  const along =
    (axis: 0 | 1) =>
    <Item>(tile: Int, items: readonly Item[], code: (item: Item, index: number) => readonly string[]) => {
      const last = tiles[axis] - 1;
      const inLast = result[axis] - last * filter.step;
      const [always, rest] = [items.slice(0, inLast), items.slice(inLast)];
      const lines = rest.flatMap((item, index) => code(item, inLast + index));
      return [
        ...always.flatMap(code),
        ...(lines.length === 0 || last === 0
          ? []
          : [`(if (i32.ne ${i32(tile)} (i32.const ${last})) (then`, ...lines, '))']),
      ];
    };
  return { rows: along(0), columns: along(1) };
}

/** Tiles along a row, up to and without `end`, of which the entries from `from` up to `to` lie in the image. */
interface Segment {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function segmentsOf(
  tiles: number,
  { size, step }: MinimalFilter,
  before: number,
  length: number,
): readonly Segment[] {
  const segments: Segment[] = [];
  for (let tile = 0; tile < tiles; tile += 1) {
    const start = tile * step - before;
    const [from, to] = [Math.max(0, -start), Math.min(size, length - start)];
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
