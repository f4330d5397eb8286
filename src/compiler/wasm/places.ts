/**
 * Where values live. Most views cost nothing: a reshape, a transpose, a slice or a broadcast is its input read with
 * other strides, and what is joined by a concatenation is written into its part of the whole from the start.
 */
import { isOf, type Shape, sizeOf, type Value, type ValueOf } from '../../program/index.js';
import { convolveTilesKernel } from './kernels/convolve-tiles.js';
import { joinTilesKernel, partsOf, sumTilesKernel } from './kernels/convolve-weights-tiles.js';
import type { Kernel, Layout, StepContext } from './kernels/kernel.js';
import { isWorthPacking, packKernel, weightBlocks } from './kernels/packed-weights.js';
import { piecesOf } from './kernels/reduce.js';
import { convolutionPlan, gradientPlan } from './kernels/tile-plans.js';
import { entriesOf } from './kernels/tiling.js';
import { transformWeightsKernel } from './kernels/transform-weights.js';
import {
  channelsInnermost,
  columnsInside,
  joinResultKernel,
  multiplyTilesKernel,
  sumProductsKernel,
  transformedTiles,
  transformTilesKernel,
} from './kernels/wide-tiles.js';
import { reshapedStrides } from './reshaped-strides.js';

/** A piece of memory that holds entries of one kind. */
export interface Buffer {
  readonly id: number;
  readonly batched: boolean;
  /** In entries. */
  readonly size: number;
  /** What it holds for the outside, by the name of a source. */
  readonly source: string | undefined;
  /** What is in it from the start. */
  readonly constant: readonly number[] | undefined;
}

export interface Place {
  readonly buffer: Buffer;
  /** In entries. */
  readonly offset: number;
  readonly layout: Layout;
}

/** Something to be computed into a place. */
export type Step =
  | {
      readonly kind: 'compute';
      readonly value: Value;
      readonly inputs: readonly Place[];
      readonly output: Place;
    }
  | {
      /** A part of what a value takes, with its kernel. */
      readonly kind: 'part';
      readonly name: string;
      readonly value: Value;
      readonly inputs: readonly Place[];
      readonly output: Place;
      readonly kernel: Kernel;
    }
  | {
      readonly kind: 'copy';
      readonly value: Value;
      readonly inputs: readonly [Place];
      readonly output: Place;
    }
  | { readonly kind: 'zero'; readonly value: Value; readonly inputs: readonly []; readonly output: Place };

export interface Placed {
  readonly steps: readonly Step[];
  readonly placeOf: (value: Value) => Place;
}

export interface Assignment {
  readonly target: Value;
  readonly value: Value;
}

/** A place that is to be made for a part. */
interface Owned {
  readonly shape: Shape;
  readonly batched: boolean;
}

type MakeKernel = (inputs: readonly Layout[], output: Layout) => Kernel;

const rowMajor = (shape: Shape): number[] => {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis -= 1)
    strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
};

/** Kernels that can write between what others write. */
const writesAnywhere: ReadonlySet<string> = new Set([
  'map',
  'convolve',
  'convolveInput',
  'depthwise',
  'depthwiseInput',
  'maxPool',
  'maxPoolInput',
  'averagePool',
  'averagePoolInput',
  'concat',
]);

/** Kernels that need the lanes of a batched value side by side, where a map can read one number for all. */
const readsLanes: ReadonlySet<string> = new Set([
  'convolve',
  'convolveInput',
  'convolveKernel',
  'depthwise',
  'depthwiseInput',
  'depthwiseKernel',
  'maxPool',
  'maxPoolInput',
  'averagePool',
  'averagePoolInput',
]);

/**
 * Places the values, which come after their inputs, and says what is to be computed in which order. Sources keep one
 * place in all programs of a module: `sources` has those of the programs before.
 *
 * The values of assignments go straight into their targets where nothing reads the old ones later.
 */
export function placeValues(
  values: readonly Value[],
  assignments: readonly Assignment[],
  sources: Map<string, Place>,
  nextBuffer: () => number,
  context: StepContext,
): Placed {
  const places = new Map<Value, Place>();
  const targets = new Map<Value, Place>();
  const steps: Step[] = [];

  const newPlace = (shape: Shape, batched: boolean, origin: Partial<Buffer> = {}): Place => ({
    buffer: {
      id: nextBuffer(),
      batched,
      size: sizeOf(shape),
      source: origin.source,
      constant: origin.constant,
    },
    offset: 0,
    layout: { shape, batched, strides: rowMajor(shape), alone: true },
  });
  const viewed = (place: Place, shape: Shape, strides: readonly number[], offset = place.offset): Place => ({
    buffer: place.buffer,
    offset,
    layout: { shape, batched: place.layout.batched, strides, alone: false },
  });
  const slice = (place: Place, starts: readonly number[], shape: Shape, by: readonly number[]): Place => {
    const { strides } = place.layout;
    const offset = starts.reduce((sum, start, axis) => sum + start * strides[axis]!, place.offset);
    return viewed(
      place,
      shape,
      strides.map((stride, axis) => stride * by[axis]!),
      offset,
    );
  };
  const copyInto = (value: Value, from: Place, output: Place) =>
    steps.push({ kind: 'copy', value, inputs: [from], output });
  const placeOf = (value: Value): Place => {
    const place = places.get(value);
    if (place === undefined) throw new Error(`${value.operation.kind} has no place yet`);
    return place;
  };
  const laneWise = (value: Value): Place => {
    const place = placeOf(value);
    if (!value.batched || place.layout.batched) return place;
    const spread = newPlace(value.shape, true);
    copyInto(value, place, spread);
    return spread;
  };

  /** A part of what a value takes, into a place that is its own or given. */
  function part(
    value: Value,
    name: string,
    inputs: readonly Place[],
    to: Place | Owned,
    made: MakeKernel,
  ): Place {
    const output = 'buffer' in to ? to : newPlace(to.shape, to.batched);
    const kernel = made(
      inputs.map(({ layout }) => layout),
      output.layout,
    );
    steps.push({ kind: 'part', name, value, inputs, output, kernel });
    return output;
  }

  /** A convolution, for which its weights are copied or transformed where that pays. */
  function convolution(
    value: ValueOf<'convolve'> | ValueOf<'convolveInput'>,
    [x, weights, ...extras]: readonly Place[],
    output: Place,
  ): void {
    const { operation, shape } = value;
    const blocks = { ...weights!, layout: weightBlocks(operation.kind, weights!.layout, context) };
    const plan = convolutionPlan(operation, x!.layout, shape, context);
    if (plan === undefined) {
      const { layout } = blocks;
      const read = isWorthPacking(layout, shape, context)
        ? part(value, 'pack', [blocks], { shape: layout.shape, batched: false }, ([from], to) =>
            packKernel(from!, to),
          )
        : blocks;
      steps.push({ kind: 'compute', value, inputs: [x!, read, ...extras], output });
      return;
    }
    const { tiling, isWide } = plan;
    const { filter } = tiling;
    const [summed, kept] = [x!.layout.shape[2]!, shape[2]!];
    const transformed = part(
      value,
      'transform',
      [blocks],
      { shape: [entriesOf(tiling), summed, kept], batched: false },
      ([from]) =>
        transformWeightsKernel(from!, filter, {
          isTurned: operation.kind === 'convolveInput',
          entriesFirst: isWide,
        }),
    );
    if (!isWide) {
      part(value, operation.kind, [x!, transformed, ...extras], output, (inputs, to) =>
        convolveTilesKernel(tiling, operation.epilogue, inputs, to, context),
      );
      return;
    }
    const tiles = part(
      value,
      'tiles',
      [x!],
      { shape: transformedTiles(tiling, summed), batched: true },
      ([from]) =>
        transformTilesKernel('image', tiling, from!, channelsInnermost(tiling, summed, context), context),
    );
    const products = part(
      value,
      'products',
      [tiles, transformed],
      { shape: transformedTiles(tiling, kept), batched: true },
      () => multiplyTilesKernel(tiling, summed, kept, context),
    );
    part(value, operation.kind, [products, ...extras], output, ([, ...others], to) =>
      joinResultKernel(tiling, operation.epilogue, others, to, context),
    );
  }

  function weightGradient(
    value: ValueOf<'convolveKernel'>,
    [x, y]: readonly [Place, Place],
    output: Place,
  ): void {
    const plan = gradientPlan(value.operation, x.layout, y.layout, context);
    if (plan === undefined) {
      steps.push({ kind: 'compute', value, inputs: [x, y], output });
      return;
    }
    const { tiling, wide } = plan;
    const [channels, filters] = value.shape.slice(2) as [number, number];
    const summed = (inputs: readonly Place[], shape: Shape, made: MakeKernel) =>
      part(value, 'sum', inputs, { shape, batched: false }, made);
    const join = (sums: Place) =>
      part(value, value.operation.kind, [sums], output, ([from], to) =>
        joinTilesKernel(tiling.filter, from!, to, context, piecesOf(context)),
      );
    if (wide === undefined) {
      const shape = [partsOf(tiling, context), entriesOf(tiling), channels, filters, 4];
      join(
        summed([x, y], shape, ([image, gradient], to) =>
          sumTilesKernel(tiling, [image!, gradient!], to, context),
        ),
      );
      return;
    }
    const tiles = (of: 'image' | 'gradient', from: Place, count: number, group: number) =>
      part(value, 'tiles', [from], { shape: transformedTiles(tiling, count), batched: true }, ([layout]) =>
        transformTilesKernel(of, tiling, layout!, columnsInside(tiling, count, group, context), context),
      );
    join(
      summed(
        [tiles('image', x, channels, wide.channels), tiles('gradient', y, filters, wide.filters)],
        [entriesOf(tiling), channels, filters],
        () => sumProductsKernel(tiling, channels, filters, wide, context),
      ),
    );
  }

  function operandsOf(value: Value, whole: Place): readonly Place[] {
    if (!isOf(value, 'concat')) throw new Error('only a concatenation has parts');
    let start = 0;
    return value.inputs.map(({ shape }) => {
      const starts = shape.map((_, axis) => (axis === value.operation.axis ? start : 0));
      start += shape[value.operation.axis]!;
      return slice(
        whole,
        starts,
        shape,
        shape.map(() => 1),
      );
    });
  }

  // From the last on, so that what is joined twice goes to its last place at once.
  const ownTargets = inPlaceTargets(values, assignments);
  for (const value of values.toReversed()) {
    if (!isOf(value, 'concat') || !value.batched) continue;
    const whole = targets.get(value) ?? newPlace(value.shape, true);
    targets.set(value, whole);
    for (const [index, part] of operandsOf(value, whole).entries()) {
      const operand = value.inputs[index]!;
      const fits = operand.batched && writesAnywhere.has(operand.operation.kind) && !ownTargets.has(operand);
      if (fits && !targets.has(operand)) targets.set(operand, part);
    }
  }

  for (const value of values) {
    const { operation, inputs, shape, batched } = value;
    switch (operation.kind) {
      case 'source': {
        const known = sources.get(operation.name) ?? newPlace(shape, batched, { source: operation.name });
        sources.set(operation.name, known);
        places.set(value, known);
        break;
      }
      case 'constant':
        places.set(value, newPlace(shape, false, { constant: operation.values }));
        break;
      case 'stopGradient':
        places.set(value, placeOf(inputs[0]!));
        break;
      case 'reshape': {
        const from = placeOf(inputs[0]!);
        const strides = reshapedStrides(from.layout, shape);
        if (strides !== undefined) {
          places.set(value, viewed(from, shape, strides));
        } else {
          const own = newPlace(inputs[0]!.shape, from.layout.batched);
          copyInto(value, from, own);
          places.set(value, { ...own, layout: { ...own.layout, shape, strides: rowMajor(shape) } });
        }
        break;
      }
      case 'transpose': {
        const from = placeOf(inputs[0]!);
        const strides = operation.permutation.map((axis) => from.layout.strides[axis]!);
        places.set(value, viewed(from, shape, strides));
        break;
      }
      case 'slice':
        places.set(value, slice(placeOf(inputs[0]!), operation.starts, shape, operation.steps));
        break;
      case 'broadcast': {
        const from = placeOf(inputs[0]!);
        const strides = shape.map((length, axis) =>
          inputs[0]!.shape[axis] === length ? from.layout.strides[axis]! : 0,
        );
        places.set(value, viewed(from, shape, strides));
        break;
      }
      case 'concat': {
        const whole = targets.get(value) ?? newPlace(shape, batched);
        for (const [index, part] of operandsOf(value, whole).entries()) {
          const from = placeOf(inputs[index]!);
          if (from.buffer !== whole.buffer || from.offset !== part.offset) copyInto(value, from, part);
        }
        places.set(value, whole);
        break;
      }
      case 'pad': {
        const whole = newPlace(shape, batched);
        steps.push({ kind: 'zero', value, inputs: [], output: whole });
        copyInto(
          value,
          placeOf(inputs[0]!),
          slice(whole, operation.starts, inputs[0]!.shape, operation.steps),
        );
        places.set(value, whole);
        break;
      }
      default: {
        const read = readsLanes.has(operation.kind) ? inputs.map(laneWise) : inputs.map(placeOf);
        const target = ownTargets.get(value);
        const output =
          (target === undefined ? targets.get(value) : sources.get(target)) ?? newPlace(shape, batched);
        if (isOf(value, 'convolve') || isOf(value, 'convolveInput')) {
          convolution(value, read, output);
        } else if (isOf(value, 'convolveKernel')) {
          weightGradient(value, read as [Place, Place], output);
        } else steps.push({ kind: 'compute', value, inputs: read, output });
        places.set(value, output);
      }
    }
  }
  for (const { target, value } of assignments) {
    if (!isOf(target, 'source')) throw new Error('only a source can be assigned to');
    const to = sources.get(target.operation.name);
    // A source that nothing reads.
    const output = to ?? newPlace(target.shape, target.batched, { source: target.operation.name });
    sources.set(target.operation.name, output);
    if (placeOf(value).buffer !== output.buffer) copyInto(value, placeOf(value), output);
  }
  return { steps, placeOf };
}

/** The names of the sources that values can be computed into, because nobody reads what was there afterwards. */
function inPlaceTargets(
  values: readonly Value[],
  assignments: readonly Assignment[],
): ReadonlyMap<Value, string> {
  const found = new Map<Value, string>();
  const position = new Map(values.map((value, index) => [value, index]));
  for (const { target, value } of assignments) {
    if (!isOf(target, 'source') || !isOf(value, 'map') || value.batched || found.has(value)) continue;
    const last = position.get(value)!;
    if (!position.has(target)) continue;
    const readers = readersOf(target, values);
    const isSafe = readers.every((reader) => reader === value || position.get(reader)! < last);
    // As an input of the map itself it must be read where it is written, entry by entry.
    const isPointwise = value.inputs.every(
      (operand) => operand === target || !readersAndViews(operand).has(target),
    );
    if (isSafe && isPointwise) found.set(value, target.operation.name);
  }
  return found;
}

const views = new Set(['reshape', 'transpose', 'slice', 'broadcast', 'stopGradient']);

/** What reads the value, itself or through views. */
function readersOf(source: Value, values: readonly Value[]): readonly Value[] {
  const seen = new Set<Value>([source]);
  const readers: Value[] = [];
  for (const value of values) {
    if (!value.inputs.some((operand) => seen.has(operand))) continue;
    if (views.has(value.operation.kind)) seen.add(value);
    readers.push(value);
  }
  return readers.filter((reader) => !views.has(reader.operation.kind));
}

/** The value, and what it is a view of. */
function readersAndViews(value: Value): ReadonlySet<Value> {
  const found = new Set<Value>();
  let current = value;
  while (views.has(current.operation.kind)) {
    found.add(current);
    current = current.inputs[0]!;
  }
  return found.add(current);
}
