/** Which convolutions go by tiles, and how the tiles of an image are read. */
import type { Shape, Window } from '../../../program/index.js';
import { add, f32x4, get, type Int, i32, load, mul, set, store, type Writer } from '../wat.js';
import { divisorOf, type KernelContext, type Layout } from './kernel.js';
import { costOfTransform, type MinimalFilter, minimalFilter, tileStep, transformCode } from './winograd.js';

export interface Tiling {
  readonly filter: MinimalFilter;
  /** Zeros before the image, along each axis. */
  readonly before: readonly [number, number];
  /** Of four lanes, that are computed at once. */
  readonly vectors: number;
}

/** Undefined where there is no minimal filter for the window, or where tiles do not fill the result [rows, columns]. */
export function tilingOf(
  window: Window,
  [rows, columns]: Shape,
  { lanes }: KernelContext,
): Tiling | undefined {
  const [height, width] = window.size;
  const filter = minimalFilter(height);
  const isPlain = [...window.strides, ...window.dilations].every((step) => step === 1);
  const isFull = rows! % tileStep === 0 && columns! % tileStep === 0;
  if (filter === undefined || height !== width || !isPlain || !isFull) return undefined;
  return { filter, before: window.before, vectors: divisorOf(lanes / 4, [2]) };
}

export const tilesOf = ([rows, columns]: Shape): number => (rows! * columns!) / tileStep ** 2;

/** Instructions for a vector: a tile of the image on its way in, a tile of the result on its way back. */
export function transformCosts({ size, input, output }: MinimalFilter): {
  readonly into: number;
  readonly back: number;
} {
  return {
    into: 2 * size ** 2 + 2 * size * costOfTransform(input),
    back: 2 * size ** 2 + (size + tileStep) * costOfTransform(output),
  };
}

/** How many taps fall on the image [height, width], of all places of a result [rows, columns]. */
export function tapsInside({ filter, before }: Tiling, image: Shape, result: Shape): number {
  const along = (axis: 0 | 1) => {
    let count = 0;
    for (let place = 0; place < result[axis]!; place += 1) {
      for (let tap = 0; tap < filter.taps; tap += 1) {
        const at = place - before[axis] + tap;
        if (at >= 0 && at < image[axis]!) count += 1;
      }
    }
    return count;
  };
  return along(0) * along(1);
}

/** By instructions; transforms have overheads that the count does not see. */
export const isWorthTiles = (tiled: number, plain: number): boolean => tiled < 0.85 * plain;

export interface ImageTiles {
  /** Goes to a row of tiles, which a local has the number of. */
  beginRow(tileRow: string): readonly string[];
  /**
   * Writes Bᵀ d B of each channel, for the lanes from `$lane` on, to where a local points, which moves on. Entries and
   * channels lie so many bytes from each other; vectors side by side.
   */
  transform(
    column: Int,
    target: string,
    steps: { readonly entry: number; readonly channel: number },
  ): readonly string[];
}

/** The tiles of the image `$in0`, [height, width, channels]. */
export function imageTiles(
  x: Layout,
  { filter, before, vectors }: Tiling,
  [tileRows, tileColumns]: readonly [number, number],
  context: KernelContext,
  writer: Writer,
): ImageTiles {
  const [height, width, channels] = x.shape as [number, number, number];
  const { size } = filter;
  const [rowStep, columnStep, channelStep] = x.strides.map((stride) => stride * 4 * context.lanes) as [
    number,
    number,
    number,
  ];
  const last = (tileRows - 1) * tileStep - before[0] + size;
  const allInside = before[0] === 0 && last <= height;
  const segments = segmentsOf(tileColumns, size, before[1], width);
  const [px, top, moving] = ['px', 'top', 'moving'].map((hint) => writer.local('i32', hint)) as [
    string,
    string,
    string,
  ];
  const rowOffsets = writer.locals('i32', 'row', size);
  const grid = Array.from({ length: size }, () => writer.locals('v128', 'd', size));
  const line = writer.locals('v128', 'l', size);

  const readRow = (y: number, { from, to }: Segment) => [
    ...line.map((local, at) =>
      set(
        local,
        at < from || at >= to ? f32x4(0) : load(add(get(px), get(rowOffsets[y]!)), (at - from) * columnStep),
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
      set(top, add(mul(get(tileRow), tileStep), -before[0])),
      ...rowOffsets.map((local, y) => set(local, mul(add(get(top), y), rowStep))),
    ],
    transform: (column, target, steps) =>
      chosen(segments, column, (segment) =>
        writer.loop(0, channels, 1, (channel) => [
          set(moving, get(target)),
          ...writer.loop(0, vectors, 1, (vector) => [
            set(
              px,
              add(
                get('$in0'),
                get('$lane'),
                mul(get(channel), channelStep),
                mul(get(vector), 16),
                mul(add(mul(column, tileStep), segment.from - before[1]), columnStep),
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
            set(moving, add(get(moving), 16)),
          ]),
          set(target, add(get(target), steps.channel)),
        ]),
      ),
  };
}

/** Tiles along a row, up to and without `end`, of which the entries from `from` up to `to` lie in the image. */
interface Segment {
  readonly end: number;
  readonly from: number;
  readonly to: number;
}

function segmentsOf(tiles: number, size: number, before: number, length: number): readonly Segment[] {
  const segments: Segment[] = [];
  for (let tile = 0; tile < tiles; tile += 1) {
    const start = tile * tileStep - before;
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
