/**
 * Convolution by tiles of two by two results, with Winograd's minimal filters: of the products that the plain kernel
 * has it needs 16 of 36 for windows of 3 by 3, and 36 of 100 for 5 by 5. A tile of the image is transformed channel
 * by channel, each of its entries is multiplied with the weights of its own and summed over channels, and what comes
 * out is transformed back. Transforms go from vector to vector, since the batch is innermost.
 */
import { type Expression, expressionText, sizeOf, type ValueOf } from '../../../program/index.js';
import { costOf, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  f32x4,
  get,
  type Int,
  load,
  mul,
  mulF,
  multiplyAdd,
  set,
  splat,
  store,
  storeLane,
  type Writer,
  watFunction,
} from '../wat.js';
import { epilogueCode } from './epilogue.js';
import {
  coordinates,
  divisorOf,
  type Kernel,
  type KernelContext,
  type Layout,
  offsetOf,
  parametersOf,
} from './kernel.js';
import { costOfTransform, type MinimalFilter, minimalFilter, tileStep, transformCode } from './winograd.js';

type Reader = 'convolve' | 'convolveInput';

/** How a convolution goes by tiles. */
interface Tiling {
  readonly filter: MinimalFilter;
  /** Zeros before the image, along each axis. */
  readonly before: readonly [number, number];
  /** Channels of the result that stay in registers. */
  readonly block: number;
  /** Of four lanes, as well. */
  readonly vectors: number;
}

/** Vectors of two times six sums fill the registers of most machines, with what they are made of. */
const channelBlocks = [6, 4, 5, 7, 3, 8, 2];
/** Bytes of weights that a second-level cache holds beside the rest: every tile reads all of them. */
const mostWeights = 1024 * 1024;

function tilingOf(
  { kind, window }: ValueOf<Reader>['operation'],
  kept: number,
  { lanes }: KernelContext,
): Tiling | undefined {
  const [height, width] = window.size;
  const filter = minimalFilter(height);
  const isPlain = [...window.strides, ...window.dilations].every((step) => step === 1);
  if (filter === undefined || height !== width || !isPlain) return undefined;
  const [top, left] = window.before;
  return {
    filter,
    // The gradient of the input is a convolution with the window turned around.
    before: kind === 'convolve' ? [top, left] : [height - 1 - top, width - 1 - left],
    block: divisorOf(kept, channelBlocks),
    vectors: divisorOf(lanes / 4, [2]),
  };
}

/** x [H, W, summed] and w [h, w, …], of which the transformed weights are made, for y [rows, columns, kept]. */
export function transformedWeights(
  operation: ValueOf<Reader>['operation'],
  x: Layout,
  y: Layout['shape'],
  context: KernelContext,
): Layout['shape'] | undefined {
  const [height, width, summed] = x.shape as [number, number, number];
  const [rows, columns, kept] = y as [number, number, number];
  const tiling = tilingOf(operation, kept, context);
  if (tiling === undefined || rows % tileStep !== 0 || columns % tileStep !== 0) return undefined;
  const { filter, before, block, vectors } = tiling;
  const entries = filter.size ** 2;
  if (entries * summed * kept * 4 > mostWeights) return undefined;
  // Instructions of both ways for a vector of lanes.
  const products = 2 + (1 + vectors / block) / vectors;
  const taps = [0, 1].map((axis) => {
    const [places, length] = axis === 0 ? [rows, height] : [columns, width];
    let count = 0;
    for (let place = 0; place < places; place += 1) {
      for (let tap = 0; tap < filter.taps; tap += 1) {
        const at = place - before[axis]! + tap;
        if (at >= 0 && at < length) count += 1;
      }
    }
    return count;
  });
  const plain = taps[0]! * taps[1]! * summed * kept * products;
  const into = 2 * entries + 2 * filter.size * costOfTransform(filter.input);
  const back = 2 * entries + (filter.size + tileStep) * costOfTransform(filter.output);
  const tiles = (rows * columns) / tileStep ** 2;
  const tiled = tiles * (entries * summed * kept * products + summed * into + kept * back);
  return tiled < worthwhile * plain ? [kept / block, entries, summed, block] : undefined;
}

/** Transforms have overheads that the count does not see. */
const worthwhile = 0.85;

/** Weights [blocks, h, w, summed, block] as G g Gᵀ [blocks, size · size, summed, block]. Units are rows of a block. */
export function transformWeightsKernel(reader: Reader, from: Layout): Kernel {
  const [blocks, taps, , summed, block] = from.shape as [number, number, number, number, number];
  const filter = minimalFilter(taps)!;
  const { size } = filter;
  const [blockStep, rowStep, columnStep, summedStep, keptStep] = from.strides.map((stride) => stride * 4) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const turned = (tap: number) => (reader === 'convolve' ? tap : taps - 1 - tap);
  return {
    key: `transform ${reader} ${JSON.stringify([from.shape, from.strides])}`,
    text: (name) =>
      watFunction(name, parametersOf(1), (writer) => {
        const [source, target] = [writer.local('i32', 'source'), writer.local('i32', 'target')];
        const grid = Array.from({ length: taps }, () => writer.locals('v128', 'g', taps));
        const half = Array.from({ length: taps }, () => writer.locals('v128', 'h', size));
        const whole = writer.locals('v128', 'u', size);
        return writer.loop(get('$from'), get('$to'), 1, (unit) => {
          const [blockIndex, channel, kept] = coordinates(unit, [blocks, summed, block]);
          return [
            set(
              source,
              add(
                get('$in0'),
                offsetOf([blockIndex!, channel!, kept!], [blockStep, summedStep, keptStep], 1),
              ),
            ),
            set(
              target,
              add(
                get('$out'),
                mul(blockIndex!, size * size * summed * block * 4),
                mul(channel!, block * 4),
                mul(kept!, 4),
              ),
            ),
            ...grid.flatMap((row, y) =>
              row.map((local, x) =>
                set(local, splat(get(source), turned(y) * rowStep + turned(x) * columnStep)),
              ),
            ),
            ...grid.flatMap((row, y) => transformCode(filter.weights, row, half[y]!, writer)),
            ...Array.from({ length: size }, (_, x) => [
              ...transformCode(
                filter.weights,
                half.map((row) => row[x]!),
                whole,
                writer,
              ),
              ...whole.map((local, y) =>
                storeLane(get(target), get(local), (y * size + x) * summed * block * 4),
              ),
            ]).flat(),
          ];
        });
      }),
    units: blocks * summed * block,
    cost: blocks * summed * block * (taps + size) * (costOfTransform(filter.weights) + size),
    functions: [],
  };
}

/** Bytes that one thread needs for a transformed tile, and for its sums. */
const scratchOf = ({ filter, block, vectors }: Tiling, summed: number) => {
  const entries = filter.size ** 2;
  return { tile: entries * summed * vectors * 16, all: entries * (summed + block) * vectors * 16 + 64 };
};

/** x [H, W, summed] and the transformed weights. Units are a row of tiles for a block of lanes. */
export function convolveTilesKernel(
  operation: ValueOf<Reader>['operation'],
  inputs: readonly Layout[],
  output: Layout,
  context: KernelContext,
): Kernel {
  const x = inputs[0]!;
  const [height, width, summed] = x.shape as [number, number, number];
  const [rows, columns, kept] = output.shape as [number, number, number];
  const { kind, window, epilogue } = operation;
  const tiling = tilingOf(operation, kept, context)!;
  const { filter, before, block, vectors } = tiling;
  const { size } = filter;
  const lane = 4 * context.lanes;
  const [rowStep, columnStep, channelStep] = x.strides.map((stride) => stride * lane) as [
    number,
    number,
    number,
  ];
  const [tileRows, tileColumns] = [rows / tileStep, columns / tileStep];
  const laneBlocks = context.lanes / 4 / vectors;
  const scratch = scratchOf(tiling, summed);
  const expression: Expression = epilogue ?? { kind: 'input', index: 0 };
  const extras = inputs.slice(2);
  const entryStep = summed * vectors * 16;
  const segments = segmentsOf(tileColumns, size, before[1], width);
  const isInside = (tile: number) =>
    tile * tileStep >= before[0] && tile * tileStep - before[0] + size <= height;
  const allInside = Array.from({ length: tileRows }, (_, tile) => tile).every(isInside);

  function body(writer: Writer): readonly string[] {
    const [own, px, pv, pw, pm] = ['own', 'px', 'pv', 'pw', 'pm'].map((hint) =>
      writer.local('i32', hint),
    ) as [string, string, string, string, string];
    const rowOffsets = writer.locals('i32', 'row', size);
    const tileRow = writer.local('i32', 'tile');
    const grid = Array.from({ length: size }, () => writer.locals('v128', 'd', size));
    const line = writer.locals('v128', 'l', size);
    const zero = writer.local('v128', 'zero');
    const epilogueOf = epilogueCode({ expression, extras, output }, context, writer);

    /** Row after row of a tile, of which some columns lie in the image. */
    const transformTile = ({ from, to }: Segment, column: Int) => [
      set(pv, get(own)),
      ...writer.loop(0, summed, 1, (channel) =>
        writer.loop(0, vectors, 1, (vector) => [
          set(
            px,
            add(
              get('$in0'),
              get('$lane'),
              mul(get(channel), channelStep),
              mul(get(vector), 16),
              mul(add(mul(column, tileStep), from - before[1]), columnStep),
            ),
          ),
          ...grid.flatMap((row, y) => {
            const read = [
              ...line.map((local, at) =>
                set(
                  local,
                  at < from || at >= to
                    ? f32x4(0)
                    : load(add(get(px), get(rowOffsets[y]!)), (at - from) * columnStep),
                ),
              ),
              ...transformCode(filter.input, line, row, writer),
            ];
            if (allInside) return read;
            const at = add(mul(get(tileRow), tileStep), y - before[0]);
            return [
              // Below zero is very large without a sign.
              `(if (i32.lt_u ${at} (i32.const ${height})) (then`,
              ...read,
              ') (else',
              ...row.map((local) => set(local, get(zero))),
              '))',
            ];
          }),
          ...Array.from({ length: size }, (_, at) => [
            ...transformCode(
              filter.input,
              grid.map((row) => row[at]!),
              line,
              writer,
            ),
            ...line.map((local, y) => store(get(pv), get(local), (y * size + at) * entryStep)),
          ]).flat(),
          set(pv, add(get(pv), 16)),
        ]),
      ),
    ];

    const sums = Array.from({ length: block }, (_, channel) =>
      writer.locals('v128', `a${channel}_`, vectors),
    );
    const loaded = writer.locals('v128', 'x', vectors);
    const weight = writer.local('v128', 'w');
    const unroll = summed <= 6 ? summed : divisorOf(summed, [4, 5, 3, 6, 2]);
    const isWhole = unroll === summed;
    const term = (position: number) => [
      ...loaded.map((local, vector) => set(local, load(get(pv), (position * vectors + vector) * 16))),
      ...sums.flatMap((ownSums, channel) => [
        set(weight, splat(get(pw), (position * block + channel) * 4)),
        ...ownSums.map((local, vector) => {
          const value = get(loaded[vector]!);
          const isFirst = isWhole && position === 0;
          return set(
            local,
            isFirst ? mulF(value, get(weight)) : multiplyAdd(get(local), value, get(weight), context),
          );
        }),
      ]),
    ];
    const sumsStep = size * size * vectors * 16;
    const multiplyTile = () => [
      set(pv, get(own)),
      set(pm, get(own)),
      ...writer.loop(0, size * size, 1, () => [
        ...(isWhole ? [] : sums.flat().map((local) => set(local, f32x4(0)))),
        ...writer.loop(0, summed, unroll, () => [
          ...Array.from({ length: unroll }, (_, position) => term(position)).flat(),
          set(pv, add(get(pv), unroll * vectors * 16)),
          set(pw, add(get(pw), unroll * block * 4)),
        ]),
        ...sums.flatMap((ownSums, channel) =>
          ownSums.map((local, vector) =>
            store(get(pm), get(local), scratch.tile + channel * sumsStep + vector * 16),
          ),
        ),
        set(pm, add(get(pm), vectors * 16)),
      ]),
    ];

    const results = Array.from({ length: tileStep }, () =>
      Array.from({ length: tileStep }, () => writer.locals('v128', 'y', vectors)),
    );
    const halves = Array.from({ length: size }, () => writer.locals('v128', 'h', tileStep));
    const storeTile = () => [
      ...Array.from({ length: vectors }, (_, vector) => [
        ...halves.flatMap((half, at) => [
          ...line.map((local, y) =>
            set(local, load(get(pm), scratch.tile + ((y * size + at) * vectors + vector) * 16)),
          ),
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
      ...results.flatMap((row, y) => row.flatMap((cell, at) => epilogueOf.store(cell, [y, at, 0]))),
    ];

    return [
      // No two threads begin with the same unit.
      set(own, add(get('$scratch'), mul(get('$from'), scratch.all))),
      ...writer.loop(get('$from'), get('$to'), 1, (unit) => {
        const [row, laneBlock] = coordinates(unit, [tileRows, laneBlocks]);
        return [
          set(tileRow, row!),
          set('$lane', mul(laneBlock!, vectors * 16)),
          ...rowOffsets.map((local, y) =>
            set(local, mul(add(mul(get(tileRow), tileStep), y - before[0]), rowStep)),
          ),
          ...writer.loop(0, tileColumns, 1, (column) => [
            ...chosen(segments, column, (segment) => transformTile(segment, get(column))),
            set(pw, get('$in1')),
            ...writer.loop(0, kept / block, 1, (blockIndex) => [
              ...multiplyTile(),
              ...writer.loop(0, block, 1, (channel) => [
                set(pm, add(get(own), mul(get(channel), sumsStep))),
                ...epilogueOf.begin([
                  mul(get(tileRow), tileStep),
                  mul(get(column), tileStep),
                  add(mul(get(blockIndex), block), get(channel)),
                ]),
                ...storeTile(),
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
    key: `convolveTiles ${kind} ${JSON.stringify([window, output, inputs])} ${expressionText(expression)} ${context.lanes}`,
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
  column: string,
  code: (segment: Segment) => readonly string[],
): readonly string[] {
  if (rest.length === 0) return code(segment!);
  return [
    `(if (i32.lt_u ${get(column)} (i32.const ${segment!.end})) (then`,
    ...code(segment!),
    ') (else',
    ...chosen(rest, column, code),
    '))',
  ];
}
