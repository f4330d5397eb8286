/**
 * The activations: their names, and what they compute. The formulas are tfjs's, and so are their gradients where they
 * have a corner: `maximum(0, x)` has none at zero, `maximum(x, 0)` has that of x.
 */
import type { Operand, ProgramBuilder, Value } from '../program/index.js';

/** tfjs's, from selu's paper: https://arxiv.org/abs/1706.02515 */
export const seluScale = 1.0507009873554805;
export const seluAlpha = 1.6732632423543772;

/** All that tfjs's types list but `gelu_new`, which it saves under a name that it does not find again. */
const activations = {
  elu: (x, p) => p.add(p.maximum(x, 0), p.expm1(p.minimum(0, x))),
  gelu: (x, p) => p.mul(x, p.mul(p.add(p.erf(p.mul(x, Math.SQRT1_2)), 1), 0.5)),
  hardSigmoid: (x, p) => p.minimum(p.maximum(p.add(p.mul(x, 0.2), 0.5), 0), 1),
  linear: (x) => x,
  mish: (x, p) => p.mul(x, p.tanh(softplus(x, p))),
  relu: (x, p) => p.maximum(0, x),
  relu6: (x, p) => p.minimum(6, p.maximum(0, x)),
  selu: (x, p) =>
    p.add(p.mul(p.maximum(0, x), seluScale), p.mul(p.expm1(p.minimum(x, 0)), seluScale * seluAlpha)),
  sigmoid: (x, p) => p.sigmoid(x),
  softmax: (x, p) => softmaxAlong([x.shape.length - 1], x, p),
  softplus,
  softsign: (x, p) => p.div(x, p.add(p.abs(x), 1)),
  swish: (x, p) => p.mul(p.sigmoid(x), x),
  tanh: (x, p) => p.tanh(x),
} satisfies Readonly<Record<string, (x: Value, p: ProgramBuilder) => Value>>;

export type ActivationName = keyof typeof activations;

export const activationNames = Object.keys(activations) as readonly ActivationName[];

export const activate = (name: ActivationName, x: Value, p: ProgramBuilder): Value => activations[name](x, p);

/** x, where it is not above zero times a slope: a number, or one for each place. */
export const rectify = (x: Value, slope: Operand, p: ProgramBuilder): Value =>
  p.mul(x, p.where(p.greater(x, 0), 1, slope));

/** log(1 + exp(x)), in a form whose exponential cannot overflow. */
function softplus(x: Value, p: ProgramBuilder): Value {
  return p.add(p.maximum(0, x), p.log1p(p.exp(p.minimum(x, p.neg(x)))));
}

/** Probabilities along axes of an example. The maximum only keeps the exponentials from overflowing. */
export function softmaxAlong(axes: readonly number[], x: Value, p: ProgramBuilder): Value {
  const powers = p.exp(p.sub(x, p.stopGradient(p.max(x, axes, true))));
  return p.div(powers, p.sum(powers, axes, true));
}
