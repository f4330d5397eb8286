/**
 * Makes the values of a program. Equal operations on equal inputs give the same value, so that nothing is computed
 * twice, however often layers, gradients and optimizers ask for it.
 */
import { call, type Expression, expressionText, input, number, numberText } from './expression.js';
import type { Make } from './primitive.js';
import { convolve, convolveInput, convolveKernel } from './primitives/convolve.js';
import { depthwise, depthwiseInput, depthwiseKernel } from './primitives/depthwise.js';
import { map } from './primitives/map.js';
import { averagePoolInput, maxPoolInput, pool } from './primitives/pools.js';
import { reduce } from './primitives/reduce.js';
import { broadcast, concat, pad, reshape, slice, transpose } from './primitives/views.js';
import { type ScalarFunction, scalarFunctions } from './scalar-functions.js';
import type { Distribution, Operation, Pair, Shape, Value, Window } from './value.js';

/** A value, or a number that stands for itself at every place. */
export type Operand = Value | number;

export interface RandomOptions {
  /** False for the same numbers for all examples. */
  readonly batched?: boolean;
  /** Makes the numbers those of this seed, the same at every step. */
  readonly seed?: number;
}

type Elementwise = Readonly<Record<ScalarFunction, (...operands: readonly Operand[]) => Value>>;

/** Operands of elementwise functions are broadcast to each other as in tfjs, along the axes of one example. */
export interface ProgramBuilder extends Elementwise {
  /** For passes, which put operations together themselves. */
  readonly make: Make;
  /** Something that comes from outside; one name, one value. */
  source(name: string, shape: Shape, batched: boolean): Value;
  constant(values: readonly number[], shape: Shape): Value;
  /** Fresh numbers for every example and step, or as the options say. */
  random(distribution: Distribution, shape: Shape, stream: number, options?: RandomOptions): Value;
  /** A formula over inputs of one shape. */
  map(expression: Expression, inputs: readonly Value[]): Value;

  sum(value: Value, axes: readonly number[], keepDims?: boolean): Value;
  max(value: Value, axes: readonly number[], keepDims?: boolean): Value;
  min(value: Value, axes: readonly number[], keepDims?: boolean): Value;
  mean(value: Value, axes: readonly number[], keepDims?: boolean): Value;
  /** Over all examples, and over axes of each. Lanes without an example are summed too: see `reduce`. */
  batchSum(value: Value, axes?: readonly number[]): Value;

  reshape(value: Value, shape: Shape): Value;
  transpose(value: Value, permutation: readonly number[]): Value;
  slice(value: Value, starts: readonly number[], shape: Shape, steps?: readonly number[]): Value;
  pad(value: Value, starts: readonly number[], shape: Shape, steps?: readonly number[]): Value;
  concat(values: readonly Value[], axis: number): Value;
  broadcast(value: Value, shape: Shape, batched?: boolean): Value;
  stopGradient(value: Value): Value;

  convolve(x: Value, kernel: Value, window: Window, output: Pair): Value;
  convolveInput(y: Value, kernel: Value, window: Window, size: Pair): Value;
  convolveKernel(x: Value, y: Value, window: Window): Value;
  depthwise(x: Value, kernel: Value, window: Window, output: Pair): Value;
  depthwiseInput(y: Value, kernel: Value, window: Window, size: Pair): Value;
  depthwiseKernel(x: Value, y: Value, window: Window): Value;
  maxPool(x: Value, window: Window, output: Pair): Value;
  maxPoolInput(x: Value, dy: Value, window: Window): Value;
  averagePool(x: Value, window: Window, output: Pair): Value;
  averagePoolInput(dy: Value, window: Window, size: Pair): Value;
}

export function programBuilder(): ProgramBuilder {
  const known = new Map<string, Value>();
  const sources = new Map<string, Value>();

  const make: Make = (operation, inputs, shape, batched = inputs.some((value) => value.batched)) => {
    const key = keyOf(operation, inputs, shape, batched);
    const found = known.get(key);
    if (found !== undefined) return found;
    const value: Value = { id: known.size, operation, inputs, shape, batched };
    known.set(key, value);
    return value;
  };

  const kept = (reduced: Value, from: Value, axes: readonly number[], keepDims: boolean | undefined) =>
    keepDims
      ? p.reshape(
          reduced,
          from.shape.map((length, axis) => (axes.includes(axis) ? 1 : length)),
        )
      : reduced;
  const reducer =
    (reduction: 'sum' | 'max' | 'min') => (value: Value, axes: readonly number[], keepDims?: boolean) =>
      kept(reduce(make, reduction, [value], axes), value, axes, keepDims);

  function elementwise(name: ScalarFunction, operands: readonly Operand[]): Value {
    const values = operands.filter((operand) => typeof operand !== 'number');
    const shape = commonShape(values.map((value) => value.shape));
    let index = 0;
    const args = operands.map((operand) => (typeof operand === 'number' ? number(operand) : input(index++)));
    return map(
      make,
      call(name, ...args),
      values.map((value) => alignTo(p, value, shape)),
    );
  }

  const p: ProgramBuilder = {
    ...(Object.fromEntries(
      Object.keys(scalarFunctions).map((name) => [
        name,
        (...operands: readonly Operand[]) => elementwise(name as ScalarFunction, operands),
      ]),
    ) as Elementwise),
    make,
    source(name, shape, batched) {
      const source = make({ kind: 'source', name }, [], shape, batched);
      const former = sources.get(name) ?? source;
      if (source !== former) throw new Error(`'${name}' is a source of [${former.shape.join(', ')}] already`);
      sources.set(name, source);
      return source;
    },
    constant: (values, shape) => make({ kind: 'constant', values }, [], shape, false),
    random: (distribution, shape, stream, { batched = true, seed } = {}) =>
      make({ kind: 'random', distribution, stream, ...(seed !== undefined && { seed }) }, [], shape, batched),
    map: (expression, inputs) => map(make, expression, inputs),
    sum: reducer('sum'),
    max: reducer('max'),
    min: reducer('min'),
    mean: (value, axes, keepDims) =>
      p.mul(p.sum(value, axes, keepDims), 1 / axes.reduce((count, axis) => count * value.shape[axis]!, 1)),
    batchSum: (value, axes = []) => reduce(make, 'sum', [value], axes, true),
    reshape: (value, shape) => reshape(make, value, shape),
    transpose: (value, permutation) => transpose(make, value, permutation),
    slice: (value, starts, shape, steps) => slice(make, value, starts, shape, steps),
    pad: (value, starts, shape, steps) => pad(make, value, starts, shape, steps),
    concat: (values, axis) => concat(make, values, axis),
    broadcast: (value, shape, batched = value.batched) => broadcast(make, value, shape, batched),
    stopGradient: (value) => make({ kind: 'stopGradient' }, [value], value.shape),
    convolve: (x, kernel, window, output) => convolve(make, x, kernel, window, output),
    convolveInput: (y, kernel, window, size) => convolveInput(make, y, kernel, window, size),
    convolveKernel: (x, y, window) => convolveKernel(make, x, y, window),
    depthwise: (x, kernel, window, output) => depthwise(make, x, kernel, window, output),
    depthwiseInput: (y, kernel, window, size) => depthwiseInput(make, y, kernel, window, size),
    depthwiseKernel: (x, y, window) => depthwiseKernel(make, x, y, window),
    maxPool: (x, window, output) => pool(make, 'maxPool', x, window, output),
    maxPoolInput: (x, dy, window) => maxPoolInput(make, x, dy, window),
    averagePool: (x, window, output) => pool(make, 'averagePool', x, window, output),
    averagePoolInput: (dy, window, size) => averagePoolInput(make, dy, window, size),
  };
  return p;
}

function keyOf(operation: Operation, inputs: readonly Value[], shape: Shape, batched: boolean): string {
  const { kind, ...rest } = operation;
  const attributes = JSON.stringify(rest, (key, value: unknown) => {
    if (key === 'expression' || key === 'epilogue') return expressionText(value as Expression);
    return typeof value === 'number' ? numberText(value) : value;
  });
  return `${kind} ${attributes} ${inputs.map(({ id }) => id).join(',')} ${shape.join('x')} ${batched}`;
}

/** tfjs's rule: axes are counted from the last, and one of length 1 goes with any. */
function commonShape(shapes: readonly Shape[]): Shape {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) => {
    const lengths = shapes.map((shape) => shape[axis - rank + shape.length] ?? 1);
    const length = lengths.find((candidate) => candidate !== 1) ?? 1;
    if (lengths.some((candidate) => candidate !== 1 && candidate !== length)) {
      throw new Error(
        `shapes do not go together: ${shapes.map((shape) => `[${shape.join(', ')}]`).join(' ')}`,
      );
    }
    return length;
  });
}

function alignTo(p: ProgramBuilder, value: Value, shape: Shape): Value {
  const ones = Array.from({ length: shape.length - value.shape.length }, () => 1);
  return p.broadcast(p.reshape(value, [...ones, ...value.shape]), shape);
}
