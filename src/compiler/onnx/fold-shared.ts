/**
 * What depends on weights alone, computed when a model is written: in double precision, and without copies of what is
 * only read in another order.
 */
import { type Expression, type Shape, scalarFunctions, sizeOf, type Value } from '../../program/index.js';

/** The entries of a value, somewhere in an array. */
interface View {
  readonly data: Float32Array | Float64Array;
  readonly offset: number;
  /** One for each axis of the value. */
  readonly strides: readonly number[];
}

/** The numbers of a shared value, rounded to floats. `source` has those of what comes from outside, by name. */
export function foldShared(value: Value, source: (name: string) => Float32Array): Float32Array {
  const known = new Map<Value, View>();
  const viewOf = (of: Value): View => {
    const found = known.get(of) ?? view(of, viewOf, source);
    known.set(of, found);
    return found;
  };
  return new Float32Array(inOrder(value.shape, viewOf(value)));
}

function view(value: Value, viewOf: (of: Value) => View, source: (name: string) => Float32Array): View {
  const { operation, shape, inputs } = value;
  const [first] = inputs as [Value];
  switch (operation.kind) {
    case 'source':
      return whole(shape, source(operation.name));
    case 'constant':
      return whole(shape, Float64Array.from(operation.values));
    case 'stopGradient':
      return viewOf(first);
    case 'map':
      return whole(shape, mapped(operation.expression, shape, inputs.map(viewOf)));
    case 'reduce':
      return whole(shape, reduced(operation, first.shape, inputs.map(viewOf)));
    case 'reshape':
      return whole(shape, inOrder(first.shape, viewOf(first)));
    case 'transpose': {
      const { data, offset, strides } = viewOf(first);
      return { data, offset, strides: operation.permutation.map((axis) => strides[axis]!) };
    }
    case 'slice': {
      const { data, offset, strides } = viewOf(first);
      const { starts, steps } = operation;
      return {
        data,
        offset: strides.reduce((sum, stride, axis) => sum + stride * starts[axis]!, offset),
        strides: strides.map((stride, axis) => stride * steps[axis]!),
      };
    }
    case 'broadcast': {
      const { data, offset, strides } = viewOf(first);
      return {
        data,
        offset,
        strides: strides.map((stride, axis) => (first.shape[axis] === shape[axis] ? stride : 0)),
      };
    }
    case 'pad': {
      const padded = whole(shape, new Float64Array(sizeOf(shape)));
      const { starts, steps } = operation;
      return copied(padded, first.shape, viewOf(first), starts, steps);
    }
    case 'concat': {
      const joined = whole(shape, new Float64Array(sizeOf(shape)));
      let start = 0;
      for (const part of inputs) {
        const starts = shape.map((_length, axis) => (axis === operation.axis ? start : 0));
        copied(joined, part.shape, viewOf(part), starts);
        start += part.shape[operation.axis]!;
      }
      return joined;
    }
    default:
      throw new Error(`${operation.kind} of weights alone: no layer computes that`);
  }
}

/** Row by row. */
function whole(shape: Shape, data: View['data']): View {
  const strides: number[] = [];
  shape.reduceRight((stride, length) => {
    strides.unshift(stride);
    return stride * length;
  }, 1);
  return { data, offset: 0, strides };
}

/** The entries row by row: the array itself where it has them so. */
function inOrder(shape: Shape, { data, offset, strides }: View): View['data'] {
  const wanted = whole(shape, data).strides;
  const isInOrder = shape.every((length, axis) => length === 1 || strides[axis] === wanted[axis]);
  if (isInOrder && offset === 0 && data.length === sizeOf(shape)) return data;
  const ordered =
    data instanceof Float32Array ? new Float32Array(sizeOf(shape)) : new Float64Array(sizeOf(shape));
  let next = 0;
  visit(shape, [{ data, offset, strides }], ([place]) => {
    ordered[next++] = data[place!]!;
  });
  return ordered;
}

/** Puts entries into those of another view, from `starts` on, `steps` apart. Returns the latter. */
function copied(
  into: View,
  shape: Shape,
  from: View,
  starts: readonly number[],
  steps: readonly number[] = shape.map(() => 1),
): View {
  const part = {
    data: into.data,
    offset: into.strides.reduce((sum, stride, axis) => sum + stride * starts[axis]!, into.offset),
    strides: into.strides.map((stride, axis) => stride * steps[axis]!),
  };
  visit(shape, [part, from], ([place, source]) => {
    into.data[place!] = from.data[source!]!;
  });
  return into;
}

function mapped(expression: Expression, shape: Shape, inputs: readonly View[]): Float64Array {
  const results = new Float64Array(sizeOf(shape));
  const compute = compiled(expression, inputs);
  let next = 0;
  visit(shape, inputs, (places) => {
    results[next++] = compute(places);
  });
  return results;
}

const reductions = {
  sum: (one: number, other: number) => one + other,
  max: Math.max,
  min: Math.min,
};

function reduced(
  { reduction, axes, expression }: Extract<Value['operation'], { readonly kind: 'reduce' }>,
  shape: Shape,
  inputs: readonly View[],
): Float64Array {
  const left = shape.filter((_length, axis) => !axes.includes(axis));
  const target = whole(left, new Float64Array(sizeOf(left)));
  const strides = [...target.strides];
  const into: View = {
    ...target,
    strides: shape.map((_length, axis) => (axes.includes(axis) ? 0 : strides.shift()!)),
  };
  const compute = compiled(expression, inputs);
  const join = reductions[reduction];
  const results = target.data as Float64Array;
  const isFirst = new Uint8Array(results.length).fill(1);
  visit(shape, [...inputs, into], (places) => {
    const place = places[inputs.length]!;
    const entry = compute(places);
    results[place] = isFirst[place] ? entry : join(results[place]!, entry);
    isFirst[place] = 0;
  });
  return results;
}

/** The formula as a function of where the entries of its inputs lie. */
function compiled(expression: Expression, inputs: readonly View[]): (places: readonly number[]) => number {
  switch (expression.kind) {
    case 'number':
      return () => expression.value;
    case 'input': {
      const { index } = expression;
      const { data } = inputs[index]!;
      return (places) => data[places[index]!]!;
    }
    case 'call': {
      const compute = scalarFunctions[expression.name];
      const args = expression.args.map((argument) => compiled(argument, inputs));
      // Most take two, of which there may be many millions.
      const [first, second] = args;
      if (args.length === 2) return (places) => compute(first!(places), second!(places));
      return (places) => compute(...args.map((argument) => argument(places)));
    }
  }
}

/** Calls back for each place of the shape, the last axis running fastest, with where it lies in each view. */
function visit(shape: Shape, views: readonly View[], each: (places: readonly number[]) => void): void {
  const places = views.map(({ offset }) => offset);
  const strides = shape.map((_length, axis) => views.map((view) => view.strides[axis]!));
  const last = shape.length - 1;
  const along = (axis: number): void => {
    const length = shape[axis] ?? 1;
    const steps = strides[axis] ?? [];
    for (let index = 0; index < length; index += 1) {
      if (axis < last) along(axis + 1);
      else each(places);
      for (let view = 0; view < steps.length; view += 1) places[view]! += steps[view]!;
    }
    for (let view = 0; view < steps.length; view += 1) places[view]! -= length * steps[view]!;
  };
  along(0);
}
