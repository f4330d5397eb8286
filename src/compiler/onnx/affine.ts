/**
 * Chains of scales and shifts by weights: biases, batch normalization in inference, rescaling. Behind a convolution
 * they become a part of its kernel and its bias.
 */
import { isOf, type ProgramBuilder, sameShape, type Value, type ValueOf } from '../../program/index.js';
import { withoutBroadcast } from './elementwise.js';
import type { Convolution, SharedValue } from './form.js';
import { sameEssence } from './layout.js';

/** Undefined: a scale of one, a shift of zero. */
interface Factors {
  readonly scale?: SharedValue | undefined;
  readonly shift?: SharedValue | undefined;
}

/** x · scale + shift */
export interface Affine extends Factors {
  readonly x: Value;
}

/** The same of a convolution: one scale and one shift for each channel, [channels], or for all, []. */
export interface AffineConvolution extends Factors {
  readonly convolution: Convolution;
}

export interface AffineFinder {
  /** The longest chain of which the value is the end. */
  chainOf(value: ValueOf<'map'>): Affine | undefined;
  /** The chain back to a convolution, where there is one. */
  convolutionOf(value: Value): AffineConvolution | undefined;
}

/** `mayVanish`: whether a value is of no use to anybody else. */
export function affineFinder(mayVanish: (value: Value) => boolean, p: ProgramBuilder): AffineFinder {
  function chainOf(value: ValueOf<'map'>): Affine | undefined {
    const step = stepOf(value, p);
    if (step === undefined) return undefined;
    const before = isOf(step.x, 'map') && mayVanish(step.x) ? chainOf(step.x) : undefined;
    return before === undefined ? step : { x: before.x, ...composed(before, step, p) };
  }

  function convolutionOf(value: Value): AffineConvolution | undefined {
    if (isConvolution(value)) return { convolution: value };
    if (isOf(value, 'reshape')) {
      const [x] = value.inputs as [Value];
      return mayVanish(x) && keepsChannels(x, value) ? convolutionOf(x) : undefined;
    }
    if (!isOf(value, 'map')) return undefined;
    const step = stepOf(value, p);
    if (step === undefined || !mayVanish(step.x)) return undefined;
    const { scale, shift } = step;
    if (![scale, shift].every((factor) => factor === undefined || isOfChannels(factor))) return undefined;
    const before = convolutionOf(step.x);
    if (before === undefined) return undefined;
    const own = { scale: ofChannels(scale, p), shift: ofChannels(shift, p) };
    return { convolution: before.convolution, ...composed(before, own, p) };
  }

  return { chainOf, convolutionOf };
}

const isConvolution = (value: Value): value is Convolution =>
  isOf(value, 'convolve') || isOf(value, 'convolveInput') || isOf(value, 'depthwise');

const keepsChannels = (from: Value, to: Value) =>
  sameEssence(from.shape, to.shape) && from.shape.at(-1) === to.shape.at(-1);

const isOfChannels = ({ shape }: SharedValue) => shape.slice(0, -1).every((length) => length === 1);

const ofChannels = (factor: SharedValue | undefined, p: ProgramBuilder) =>
  factor && p.reshape(factor, factor.shape.slice(-1));

/** First the one, then the other. */
function composed(first: Factors, second: Factors, p: ProgramBuilder): Factors {
  const product = (one: SharedValue | undefined, other: SharedValue | undefined) =>
    one === undefined || other === undefined ? (one ?? other) : p.mul(one, other);
  const shifted = first.shift && product(first.shift, second.scale);
  return {
    scale: product(first.scale, second.scale),
    shift:
      shifted === undefined || second.shift === undefined
        ? (shifted ?? second.shift)
        : p.add(shifted, second.shift),
  };
}

/** One formula of a value and something shared. */
function stepOf({ operation, inputs, shape }: ValueOf<'map'>, p: ProgramBuilder): Affine | undefined {
  const { expression } = operation;
  if (expression.kind !== 'call') return undefined;
  const operands = expression.args.flatMap((argument) => {
    if (argument.kind === 'input') return inputs[argument.index]!;
    return argument.kind === 'number' ? p.constant([argument.value], []) : [];
  });
  const [first, second] = operands.map(withoutBroadcast);
  if (operands.length !== expression.args.length || first === undefined) return undefined;
  const isMoving = (value: Value) => value.batched && sameShape(value.shape, shape);
  const minusOne = p.constant([-1], []);
  if (expression.name === 'neg' && isMoving(first)) return { x: first, scale: minusOne };
  if (second === undefined) return undefined;
  const [x, fixed] = isMoving(first) ? [first, second] : [second, first];
  if (!isMoving(x) || fixed.batched) return undefined;
  switch (expression.name) {
    case 'add':
      return { x, shift: fixed };
    case 'sub':
      return x === first ? { x, shift: p.neg(fixed) } : { x, scale: minusOne, shift: fixed };
    case 'mul':
      return { x, scale: fixed };
    case 'div':
      return x === first ? { x, scale: p.div(1, fixed) } : undefined;
    default:
      return undefined;
  }
}

/** The kernel of the convolution whose channels are scaled. */
export function scaledKernel(
  { operation, inputs }: Convolution,
  scale: SharedValue,
  p: ProgramBuilder,
): SharedValue {
  const kernel = inputs[1]!;
  if (scale.shape.length === 0) return p.mul(kernel, scale);
  const [, , channels, filters] = kernel.shape as readonly [number, number, number, number];
  switch (operation.kind) {
    case 'convolve':
      return p.mul(kernel, scale);
    case 'convolveInput':
      return p.mul(kernel, p.reshape(scale, [channels, 1]));
    case 'depthwise':
      return p.mul(kernel, p.reshape(scale, [channels, filters]));
  }
}
