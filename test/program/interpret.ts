/**
 * What a tensor program means, in double precision and one number at a time: the truth that kernels, gradients and
 * layers are held to. Slow, and written from the descriptions in src/program alone.
 */
import {
  type Distribution,
  type Expression,
  evaluate,
  type Pair,
  type Shape,
  sizeOf,
  type Value,
  valuesBefore,
  type Window,
} from '../../src/program/index.js';

export interface Given {
  /** How many examples run at once. */
  readonly lanes: number;
  /** A batched source example after example. */
  source(name: string): ArrayLike<number>;
  /** All `size` numbers of a random value: those of every lane, example after example. */
  random?(stream: number, distribution: Distribution, size: number): ArrayLike<number>;
}

/** The values, in the order of `results`; a batched one example after example. */
export function interpret(results: readonly Value[], given: Given): Float64Array[] {
  const known = new Map<Value, Float64Array>();
  for (const value of valuesBefore(results)) {
    const computed = compute(value, known, given);
    const size = sizeOf(value.shape) * (value.batched ? given.lanes : 1);
    if (computed.length !== size) {
      throw new Error(`${value.operation.kind} needs ${size} numbers, but there are ${computed.length}`);
    }
    known.set(value, computed);
  }
  return results.map((value) => known.get(value)!);
}

/** Reads the entry of an example at a place; batched or not. */
type Reader = (lane: number, place: readonly number[]) => number;

function compute(value: Value, known: ReadonlyMap<Value, Float64Array>, given: Given): Float64Array {
  const { operation, inputs, shape, batched } = value;
  const read = inputs.map((operand) => readerOf(operand, known.get(operand)!));
  const lanes = batched ? given.lanes : 1;
  const fill = (at: Reader) => filled(lanes, shape, at);

  switch (operation.kind) {
    case 'source':
      return Float64Array.from(given.source(operation.name));
    case 'constant':
      return Float64Array.from(operation.values);
    case 'random': {
      if (given.random === undefined) throw new Error('no random numbers are given');
      return Float64Array.from(given.random(operation.stream, operation.distribution, lanes * sizeOf(shape)));
    }
    case 'map':
      return fill((lane, place) =>
        evaluate(
          operation.expression,
          read.map((at) => at(lane, place)),
        ),
      );
    case 'reduce': {
      const from = inputs[0]!.shape;
      const left = from.flatMap((_length, axis) => (operation.axes.includes(axis) ? [] : [axis]));
      const reduced = operation.axes.map((axis) => from[axis]!);
      return fill((lane, place) => {
        const found = (operation.batch ? range(given.lanes) : [lane]).flatMap((source) =>
          placesOf(reduced).map((inner) => {
            const whole = from.map((_length, axis) =>
              left.includes(axis) ? place[left.indexOf(axis)]! : inner[operation.axes.indexOf(axis)]!,
            );
            return evaluate(
              operation.expression,
              read.map((at) => at(source, whole)),
            );
          }),
        );
        return found.reduce(reductions[operation.reduction]);
      });
    }
    case 'reshape':
      return known.get(inputs[0]!)!;
    case 'stopGradient':
      return known.get(inputs[0]!)!;
    case 'transpose':
      return fill((lane, place) => {
        const from = place.map(() => 0);
        for (const [axis, source] of operation.permutation.entries()) from[source] = place[axis]!;
        return read[0]!(lane, from);
      });
    case 'slice': {
      const { starts, steps } = operation;
      return fill((lane, place) =>
        read[0]!(
          lane,
          place.map((index, axis) => starts[axis]! + index * steps[axis]!),
        ),
      );
    }
    case 'pad': {
      const { starts, steps } = operation;
      return fill((lane, place) => {
        const from = place.map((index, axis) => (index - starts[axis]!) / steps[axis]!);
        return inside(from, inputs[0]!.shape) ? read[0]!(lane, from) : 0;
      });
    }
    case 'broadcast': {
      const from = inputs[0]!.shape;
      return fill((lane, place) =>
        read[0]!(
          lane,
          place.map((index, axis) => (from[axis] === 1 ? 0 : index)),
        ),
      );
    }
    case 'concat': {
      const { axis } = operation;
      return fill((lane, place) => {
        let index = place[axis]!;
        let part = 0;
        for (; index >= inputs[part]!.shape[axis]!; part += 1) index -= inputs[part]!.shape[axis]!;
        return read[part]!(lane, place.with(axis, index));
      });
    }
    case 'convolve':
    case 'convolveInput': {
      const plain =
        operation.kind === 'convolve'
          ? convolve(inputs, read, operation.window)
          : convolveInput(inputs, read, operation.window);
      return fill(withEpilogue(operation.epilogue, plain, inputs.slice(2), read.slice(2)));
    }
    case 'convolveKernel':
      return fill(
        sumOfPairs(inputs, read, operation.window, given.lanes, ([row, column, channel, filter]) => ({
          tap: [row!, column!],
          channel: channel!,
          filter: filter!,
        })),
      );
    case 'depthwise':
      return fill(depthwise(inputs, read, operation.window));
    case 'depthwiseInput':
      return fill(depthwiseInput(inputs, read, operation.window));
    case 'depthwiseKernel': {
      const multiplier = shape[3]!;
      return fill(
        sumOfPairs(inputs, read, operation.window, given.lanes, ([row, column, channel, filter]) => ({
          tap: [row!, column!],
          channel: channel!,
          filter: channel! * multiplier + filter!,
        })),
      );
    }
    case 'maxPool':
      return fill((lane, [row, column, channel]) =>
        Math.max(
          ...entries([row!, column!], operation.window, inputs[0]!.shape).map(([y, x]) =>
            read[0]!(lane, [y, x, channel!]),
          ),
        ),
      );
    case 'averagePool':
      return fill((lane, [row, column, channel]) => {
        const found = entries([row!, column!], operation.window, inputs[0]!.shape);
        return sum(found.map(([y, x]) => read[0]!(lane, [y, x, channel!]))) / found.length;
      });
    case 'maxPoolInput':
      return scattered(lanes, shape, inputs[1]!.shape, (lane, output, add) => {
        const [row, column, channel] = output;
        const found = entries([row!, column!], operation.window, shape);
        const values = found.map(([y, x]) => read[0]!(lane, [y, x, channel!]));
        const [y, x] = found[values.indexOf(Math.max(...values))]!;
        add([y, x, channel!], read[1]!(lane, output));
      });
    case 'averagePoolInput':
      return scattered(lanes, shape, inputs[0]!.shape, (lane, output, add) => {
        const [row, column, channel] = output;
        const found = entries([row!, column!], operation.window, shape);
        for (const [y, x] of found) add([y, x, channel!], read[0]!(lane, output) / found.length);
      });
  }
}

const reductions = {
  sum: (one: number, other: number) => one + other,
  max: (one: number, other: number) => Math.max(one, other),
  min: (one: number, other: number) => Math.min(one, other),
};

function convolve(inputs: readonly Value[], [x, w]: readonly Reader[], window: Window): Reader {
  const [image, kernel] = inputs.map((operand) => operand.shape);
  const all = taps(window);
  return (lane, [row, column, filter]) =>
    sumOver(all, (tap) => {
      const place = placeOf([row!, column!], tap, window);
      if (!inside(place, image!)) return 0;
      const [seen, weight] = [
        [...place, 0],
        [...tap, 0, filter!],
      ];
      return sumUpTo(kernel![2]!, (channel) => {
        seen[2] = channel;
        weight[2] = channel;
        return x!(lane, seen) * w!(0, weight);
      });
    });
}

/** Every output that a place of the image took part in, times the weight with which it did. */
function convolveInput(inputs: readonly Value[], [y, w]: readonly Reader[], window: Window): Reader {
  const [outputs, kernel] = inputs.map((operand) => operand.shape);
  const all = taps(window);
  return (lane, [row, column, channel]) =>
    sumOver(all, (tap) => {
      const output = outputOf([row!, column!], tap, window);
      if (!inside(output, outputs!)) return 0;
      const [given, weight] = [
        [...output, 0],
        [...tap, channel!, 0],
      ];
      return sumUpTo(kernel![3]!, (filter) => {
        given[2] = filter;
        weight[3] = filter;
        return y!(lane, given) * w!(0, weight);
      });
    });
}

function depthwise(inputs: readonly Value[], [x, w]: readonly Reader[], window: Window): Reader {
  const [image, kernel] = inputs.map((operand) => operand.shape);
  return (lane, [row, column, filter]) => {
    const channel = Math.floor(filter! / kernel![3]!);
    return sum(
      taps(window).flatMap((tap) => {
        const place = placeOf([row!, column!], tap, window);
        if (!inside(place, image!)) return [];
        return [x!(lane, [...place, channel]) * w!(0, [...tap, channel, filter! % kernel![3]!])];
      }),
    );
  };
}

function depthwiseInput(inputs: readonly Value[], [y, w]: readonly Reader[], window: Window): Reader {
  const [outputs, kernel] = inputs.map((operand) => operand.shape);
  const multiplier = kernel![3]!;
  return (lane, [row, column, channel]) =>
    sum(
      taps(window).flatMap((tap) => {
        const output = outputOf([row!, column!], tap, window);
        if (!inside(output, outputs!)) return [];
        return range(multiplier).map(
          (filter) =>
            y!(lane, [...output, channel! * multiplier + filter]) * w!(0, [...tap, channel!, filter]),
        );
      }),
    );
}

/** The gradient of a kernel: what its tap saw at every output, times that output, over all examples. */
function sumOfPairs(
  inputs: readonly Value[],
  [x, y]: readonly Reader[],
  window: Window,
  lanes: number,
  meaning: (place: readonly number[]) => { tap: Pair; channel: number; filter: number },
): Reader {
  const [image, outputs] = inputs.map((operand) => operand.shape);
  const all = placesOf(outputs!.slice(0, 2)) as unknown as Pair[];
  return (_lane, kernelPlace) => {
    const { tap, channel, filter } = meaning(kernelPlace);
    return sumOver(all, (output) => {
      const place = placeOf(output, tap, window);
      if (!inside(place, image!)) return 0;
      const [seen, given] = [
        [...place, channel],
        [...output, filter],
      ];
      return sumUpTo(lanes, (lane) => x!(lane, seen) * y!(lane, given));
    });
  };
}

/**
 * Input 0 of an epilogue is the convolution's own result, and the others are what follows image and kernel, whose
 * axes are aligned to the last of the result.
 */
function withEpilogue(
  epilogue: Expression | undefined,
  plain: Reader,
  others: readonly Value[],
  read: readonly Reader[],
): Reader {
  if (epilogue === undefined) return plain;
  return (lane, place) =>
    evaluate(epilogue, [
      plain(lane, place),
      ...others.map(({ shape }, index) => {
        const own = place.slice(place.length - shape.length);
        return read[index]!(
          lane,
          own.map((position, axis) => (shape[axis] === 1 ? 0 : position)),
        );
      }),
    ]);
}

/** The place of the image that a tap sees for an output; it may lie outside. */
function placeOf(output: Pair, tap: Pair, { strides, dilations, before }: Window): Pair {
  const along = (axis: 0 | 1) => output[axis] * strides[axis] + tap[axis] * dilations[axis] - before[axis];
  return [along(0), along(1)];
}

/** The output for which a tap sees this place: no whole number where there is none. */
function outputOf(place: Pair, tap: Pair, { strides, dilations, before }: Window): Pair {
  const along = (axis: 0 | 1) => (place[axis] + before[axis] - tap[axis] * dilations[axis]) / strides[axis];
  return [along(0), along(1)];
}

const taps = ({ size }: Window): Pair[] => placesOf(size) as unknown as Pair[];

/** The places of the image that a window covers, row by row. */
const entries = (output: Pair, window: Window, image: Shape): Pair[] =>
  taps(window)
    .map((tap) => placeOf(output, tap, window))
    .filter((place) => inside(place, image));

/** Whether all coordinates are whole numbers within the shape. */
const inside = (place: readonly number[], shape: Shape): boolean =>
  place.every((index, axis) => Number.isInteger(index) && index >= 0 && index < shape[axis]!);

function readerOf({ shape, batched }: Value, data: Float64Array): Reader {
  const size = sizeOf(shape);
  return (lane, place) => data[(batched ? lane * size : 0) + offsetOf(place, shape)]!;
}

function offsetOf(place: readonly number[], shape: Shape): number {
  let offset = 0;
  for (let axis = 0; axis < place.length; axis += 1) offset = offset * shape[axis]! + place[axis]!;
  return offset;
}

function filled(lanes: number, shape: Shape, at: Reader): Float64Array {
  const places = placesOf(shape);
  const result = new Float64Array(lanes * places.length);
  for (let lane = 0; lane < lanes; lane += 1) {
    for (const [index, place] of places.entries()) result[lane * places.length + index] = at(lane, place);
  }
  return result;
}

/** Every output adds to places of the result. */
function scattered(
  lanes: number,
  shape: Shape,
  outputs: Shape,
  visit: (
    lane: number,
    output: readonly number[],
    add: (place: readonly number[], amount: number) => void,
  ) => void,
): Float64Array {
  const size = sizeOf(shape);
  const result = new Float64Array(lanes * size);
  for (const lane of range(lanes)) {
    for (const output of placesOf(outputs)) {
      visit(lane, output, (place, amount) => {
        const offset = lane * size + offsetOf(place, shape);
        result[offset] = result[offset]! + amount;
      });
    }
  }
  return result;
}

/** All places of a shape, the last axis running fastest. */
function placesOf(shape: Shape): number[][] {
  return shape.reduce<number[][]>(
    (places, length) => places.flatMap((place) => range(length).map((index) => [...place, index])),
    [[]],
  );
}

const range = (length: number): number[] => Array.from({ length }, (_, index) => index);
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

function sumOver<Item>(items: readonly Item[], term: (item: Item) => number): number {
  let total = 0;
  for (const item of items) total += term(item);
  return total;
}

function sumUpTo(count: number, term: (index: number) => number): number {
  let total = 0;
  for (let index = 0; index < count; index += 1) total += term(index);
  return total;
}
