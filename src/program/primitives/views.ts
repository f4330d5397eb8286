/** The same entries in another order or shape. Most of them cost nothing: they are read in place. */
import { type Gradient, type Make, misfit } from '../primitive.js';
import { type Shape, sameShape, sizeOf, type Value } from '../value.js';

export function reshape(make: Make, value: Value, shape: Shape): Value {
  if (sizeOf(shape) !== sizeOf(value.shape)) throw misfit('reshape', [value], `to [${shape.join(', ')}]`);
  if (sameShape(shape, value.shape)) return value;
  // A reshape of a reshape is one from the first.
  const from = value.operation.kind === 'reshape' ? value.inputs[0]! : value;
  return sameShape(shape, from.shape) ? from : make({ kind: 'reshape' }, [from], shape);
}

export const reshapeGradient: Gradient<'reshape'> = (value, dy, p) => [p.reshape(dy, value.inputs[0]!.shape)];

export function transpose(make: Make, value: Value, permutation: readonly number[]): Value {
  const { shape } = value;
  if ([...permutation].sort().some((axis, index) => axis !== index) || permutation.length !== shape.length) {
    throw misfit('transpose', [value], `by ${permutation}`);
  }
  if (permutation.every((axis, index) => axis === index)) return value;
  return make(
    { kind: 'transpose', permutation },
    [value],
    permutation.map((axis) => shape[axis]!),
  );
}

export const transposeGradient: Gradient<'transpose'> = (value, dy, p) => {
  const { permutation } = value.operation;
  return [
    p.transpose(
      dy,
      permutation.map((_axis, index) => permutation.indexOf(index)),
    ),
  ];
};

export function slice(
  make: Make,
  value: Value,
  starts: readonly number[],
  shape: Shape,
  steps: readonly number[] = shape.map(() => 1),
): Value {
  const fits = value.shape.every(
    (length, axis) => starts[axis]! >= 0 && starts[axis]! + (shape[axis]! - 1) * steps[axis]! < length,
  );
  if (!fits || shape.length !== value.shape.length)
    throw misfit('slice', [value], `${shape} from ${starts} by ${steps}`);
  if (sameShape(shape, value.shape)) return value;
  return make({ kind: 'slice', starts, steps }, [value], shape);
}

export const sliceGradient: Gradient<'slice'> = (value, dy, p) => {
  const { starts, steps } = value.operation;
  return [p.pad(dy, starts, value.inputs[0]!.shape, steps)];
};

/** Puts the value into zeros of `shape`, from `starts` on, with its entries `steps` apart. */
export function pad(
  make: Make,
  value: Value,
  starts: readonly number[],
  shape: Shape,
  steps: readonly number[] = shape.map(() => 1),
): Value {
  const fits = value.shape.every(
    (length, axis) => starts[axis]! >= 0 && starts[axis]! + (length - 1) * steps[axis]! < shape[axis]!,
  );
  if (!fits || shape.length !== value.shape.length)
    throw misfit('pad', [value], `to ${shape} from ${starts} by ${steps}`);
  if (sameShape(shape, value.shape)) return value;
  return make({ kind: 'pad', starts, steps }, [value], shape);
}

export const padGradient: Gradient<'pad'> = (value, dy, p) => {
  const { starts, steps } = value.operation;
  return [p.slice(dy, starts, value.inputs[0]!.shape, steps)];
};

export function concat(make: Make, values: readonly Value[], axis: number): Value {
  const [first] = values;
  const fits = values.every(({ shape }) => sameShape(shape.with(axis, 0), first!.shape.with(axis, 0)));
  if (!fits) throw misfit('concat', values, `along axis ${axis}`);
  if (values.length === 1) return first!;
  const length = values.reduce((sum, { shape }) => sum + shape[axis]!, 0);
  return make({ kind: 'concat', axis }, values, first!.shape.with(axis, length));
}

export const concatGradient: Gradient<'concat'> = (value, dy, p) => {
  const { axis } = value.operation;
  let start = 0;
  return value.inputs.map(({ shape, batched }) => {
    const part = p.slice(
      dy,
      shape.map((_length, index) => (index === axis ? start : 0)),
      shape,
    );
    start += shape[axis]!;
    return value.batched && !batched ? p.batchSum(part) : part;
  });
};

/** Axes of length 1 become as long as wanted. */
export function broadcast(make: Make, value: Value, shape: Shape, batched: boolean): Value {
  const fits =
    shape.length === value.shape.length &&
    value.shape.every((length, axis) => length === shape[axis] || length === 1);
  if (!fits || (value.batched && !batched)) throw misfit('broadcast', [value], `to [${shape.join(', ')}]`);
  if (sameShape(shape, value.shape) && batched === value.batched) return value;
  return make({ kind: 'broadcast' }, [value], shape, batched);
}

export const broadcastGradient: Gradient<'broadcast'> = (value, dy, p) => {
  const [operand] = value.inputs;
  const axes = value.shape.flatMap((length, axis) => (length === operand!.shape[axis] ? [] : [axis]));
  const summed = p.sum(dy, axes);
  const whole = value.batched && !operand!.batched ? p.batchSum(summed) : summed;
  return [p.reshape(whole, operand!.shape)];
};
