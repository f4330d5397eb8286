/** Sums and extremes over axes of an example, and over the batch. */
import { type Expression, input, isInput } from '../expression.js';
import { type Gradient, type Make, misfit } from '../primitive.js';
import { isOf, type Reduction, type Value } from '../value.js';

/**
 * Drops the axes. Over the batch it takes every lane, those that no example fills included: whoever sums over the
 * batch makes sure that they hold zeros (gradients do).
 */
export function reduce(
  make: Make,
  reduction: Reduction,
  inputs: readonly Value[],
  axes: readonly number[],
  batch = false,
  expression: Expression = input(0),
): Value {
  const [first] = inputs;
  const { shape } = first!;
  if (!axes.every((axis) => axis >= 0 && axis < shape.length)) throw misfit('reduce', inputs, `axes ${axes}`);
  const batched = inputs.some((value) => value.batched);
  if (batch && !batched) throw misfit('reduce', inputs, 'no batch to reduce over');
  if (axes.length === 0 && !batch) return first!;
  // A sum of sums is one sum.
  if (isOf(first!, 'reduce') && inputs.length === 1 && isInput(expression, 0) && !batch) {
    const { operation } = first!;
    if (operation.reduction === reduction) {
      const from = first!.inputs[0]!.shape;
      const kept = from.flatMap((_, axis) => (operation.axes.includes(axis) ? [] : [axis]));
      const joined = [...operation.axes, ...axes.map((axis) => kept[axis]!)];
      return reduce(make, reduction, first!.inputs, joined, operation.batch, operation.expression);
    }
  }
  const left = shape.filter((_length, axis) => !axes.includes(axis));
  const sorted = [...axes].sort((one, other) => one - other);
  return make(
    { kind: 'reduce', reduction, axes: sorted, batch, expression },
    inputs,
    left,
    batched && !batch,
  );
}

export const reduceGradient: Gradient<'reduce'> = (value, dy, p) => {
  const { reduction, axes } = value.operation;
  const [operand] = value.inputs;
  const kept = operand!.shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  const spread = (part: Value) => p.broadcast(p.reshape(part, kept), operand!.shape, operand!.batched);
  if (reduction === 'sum') return [spread(dy)];
  return [p.mul(spread(dy), p.equal(operand!, spread(value)))];
};
