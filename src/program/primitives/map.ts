/** A formula at every place. */
import { derivative } from '../derivative.js';
import { call, type Expression, input, inputsOf, isNumber, substitute } from '../expression.js';
import { type Gradient, type Make, misfit } from '../primitive.js';
import { sameShape, type Value } from '../value.js';

/** All inputs have one shape. Those that the expression does not use are dropped, and equal ones are joined. */
export function map(make: Make, expression: Expression, inputs: readonly Value[]): Value {
  const used = inputsOf(expression);
  const kept = [...new Set(used.map((index) => inputs[index]!))];
  const shape = inputs[0]?.shape;
  if (shape === undefined) throw misfit('map', inputs, 'needs an input');
  if (!inputs.every((value) => sameShape(value.shape, shape))) throw misfit('map', inputs, 'shapes differ');
  if (expression.kind === 'input') return inputs[expression.index]!;
  const renumbered = substitute(expression, (index) => input(kept.indexOf(inputs[index]!)));
  // A formula without inputs still fills a value of this shape.
  const operands = kept.length === 0 ? [inputs[0]!] : kept;
  return make({ kind: 'map', expression: renumbered }, operands, shape);
}

export const mapGradient: Gradient<'map'> = (value, dy, p) => {
  const { inputs, operation } = value;
  const result = input(inputs.length);
  const outer = input(inputs.length + 1);
  return inputs.map((operand, index) => {
    const inner = derivative(operation.expression, index, result);
    if (isNumber(inner, 0)) return undefined;
    const gradient = p.map(call('mul', inner, outer), [...inputs, value, dy]);
    return value.batched && !operand.batched ? p.batchSum(gradient) : gradient;
  });
};
