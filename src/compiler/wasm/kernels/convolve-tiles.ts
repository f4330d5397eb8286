/**
 * Convolution by tiles of two by two results, with Winograd's minimal filters: of the products that the plain kernel
 * has it needs 16 of 36 for windows of 3 by 3, and 36 of 100 for 5 by 5. A tile of the image is transformed channel
 * by channel, each of its entries is multiplied with the weights of its own and summed over channels, and what comes
 * out is transformed back. Transforms go from vector to vector, since the batch is innermost.
 */
import { type Expression, expressionText, type Shape, sizeOf, type ValueOf } from '../../../program/index.js';
import { costOf, vectorFunctionsOf } from '../expression-code.js';
import {
  add,
  f32x4,
  get,
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
import {
  imageTiles,
  isWorthTiles,
  type Tiling,
  tapsInside,
  tilesOf,
  tilingOf,
  transformCosts,
} from './tiling.js';
import { costOfTransform, minimalFilter, tileStep, transformCode, transformGrid } from './winograd.js';

type Reader = 'convolve' | 'convolveInput';

/** A convolution by tiles, with the channels of the result that stay in registers. */
interface BlockTiling extends Tiling {
  readonly block: number;
}

/** Two times six sums fill the registers of most machines, with what they are made of. */
const channelBlocks = [6, 4, 5, 7, 3, 8, 2];
/** Bytes of weights that a second-level cache holds beside the rest: every tile reads all of them. */
const mostWeights = 1024 * 1024;

function blockTilingOf(
  { kind, window }: ValueOf<Reader>['operation'],
  y: Shape,
  context: KernelContext,
): BlockTiling | undefined {
  const tiling = tilingOf(window, y, context);
  const before = window.before.map((zeros) => (kind === 'convolve' ? zeros : window.size[0] - 1 - zeros));
  // The gradient of the input is a convolution with the window turned around.
  return tiling && { ...tiling, before: before as [number, number], block: divisorOf(y[2]!, channelBlocks) };
}

/** x [H, W, summed] and w [h, w, …], of which the transformed weights are made, for y [rows, columns, kept]. */
export function transformedWeights(
  operation: ValueOf<Reader>['operation'],
  x: Layout,
  y: Shape,
  context: KernelContext,
): Shape | undefined {
  const summed = x.shape[2]!;
  const kept = y[2]!;
  const tiling = blockTilingOf(operation, y, context);
  if (tiling === undefined) return undefined;
  const { filter, block, vectors } = tiling;
  const entries = filter.size ** 2;
  if (entries * summed * kept * 4 > mostWeights) return undefined;
  const products = summed * kept * (2 + (1 + vectors / block) / vectors);
  const { into, back } = transformCosts(filter);
  const tiled = tilesOf(y) * (entries * products + summed * into + kept * back);
  const plain = tapsInside(tiling, x.shape, y) * products;
  return isWorthTiles(tiled, plain) ? [kept / block, entries, summed, block] : undefined;
}

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
            ...transformGrid(filter.weights, grid, writer, (entry, y, x) => [
              storeLane(get(target), get(entry), (y * size + x) * summed * block * 4),
            ]),
          ];
        });
      }),
    units: blocks * summed * block,
    cost: blocks * summed * block * (taps + size) * (costOfTransform(filter.weights) + size),
    functions: [],
  };
}

/** Bytes that one thread needs for a transformed tile, and for its sums. */
const scratchOf = ({ filter, block, vectors }: BlockTiling, summed: number) => {
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
  const summed = x.shape[2]!;
  const [rows, columns, kept] = output.shape as [number, number, number];
  const { kind, window, epilogue } = operation;
  const tiling = blockTilingOf(operation, output.shape, context)!;
  const { filter, block, vectors } = tiling;
  const { size } = filter;
  const [tileRows, tileColumns] = [rows / tileStep, columns / tileStep];
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
    const line = writer.locals('v128', 'l', size);
    const image = imageTiles(x, tiling, [tileRows, tileColumns], context, writer);
    const epilogueOf = epilogueCode({ expression, extras, output }, context, writer);

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
          ...image.beginRow(tileRow),
          ...writer.loop(0, tileColumns, 1, (column) => [
            set(pv, get(own)),
            ...image.transform(get(column), pv, { entry: summed * vectors * 16, channel: vectors * 16 }),
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
