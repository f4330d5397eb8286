/**
 * tfjs's losses in primitives: the formulas of tfjs-layers' losses.ts, operation by operation, so that gradients are
 * tfjs's also where a formula is cut off.
 */
import { activate } from '../../layers/activations.js';
import type { ProgramBuilder, Value } from '../../program/index.js';
import type { LossName } from '../../spec/losses.js';

/** tfjs's `epsilon()` at 32 bits. */
export const epsilon = 1e-7;

/** tfjs's `1 - epsilon()`, as a float holds it: a logarithm of what is left of 1 shows the difference. */
const almostOne = Math.fround(1 - epsilon);

/**
 * The loss of each example: batched, []. `labels`, batched, [1], are class indices as floats, or numbers where
 * `outputs`, batched, [n], is one number.
 */
export function lossOf(name: LossName, labels: Value, outputs: Value, p: ProgramBuilder): Value {
  return losses[name](targetOf(labels, outputs, p), outputs, p);
}

/** What outputs are compared with: the label itself where there is one number, else a one at the label's place. */
export function targetOf(labels: Value, { shape }: Value, p: ProgramBuilder): Value {
  const [classes, ...others] = shape;
  if (classes === undefined || others.length > 0) throw new Error(`no labels go with [${shape.join(', ')}]`);
  return classes === 1 ? labels : p.equal(labels, p.constant([...Array(classes).keys()], [classes]));
}

type Loss = (target: Value, outputs: Value, p: ProgramBuilder) => Value;

const mean = (value: Value, p: ProgramBuilder) => p.mean(value, [0]);
const sum = (value: Value, p: ProgramBuilder) => p.sum(value, [0]);

/** Its gradient is that of tfjs's `clipByValue`: one within the bounds and on them, zero outside. */
const clip = (value: Value, low: number, high: number, p: ProgramBuilder) =>
  p.minimum(p.maximum(value, low), high);

const losses: Readonly<Record<LossName, Loss>> = {
  meanSquaredError: (target, outputs, p) => mean(p.square(p.sub(outputs, target)), p),

  meanAbsoluteError: (target, outputs, p) => mean(p.abs(p.sub(outputs, target)), p),

  meanAbsolutePercentageError(target, outputs, p) {
    const size = p.maximum(p.abs(target), epsilon);
    return p.mul(mean(p.abs(p.div(p.sub(target, outputs), size)), p), 100);
  },

  meanSquaredLogarithmicError(target, outputs, p) {
    const log = (value: Value) => p.log(p.add(p.maximum(value, epsilon), 1));
    return mean(p.square(p.sub(log(outputs), log(target))), p);
  },

  squaredHinge: (target, outputs, p) => mean(p.square(margin(target, outputs, p)), p),

  hinge: (target, outputs, p) => mean(margin(target, outputs, p), p),

  categoricalHinge(target, outputs, p) {
    const right = sum(p.mul(target, outputs), p);
    const wrong = p.max(p.mul(p.sub(1, target), outputs), [0]);
    return p.maximum(0, p.add(p.sub(wrong, right), 1));
  },

  logcosh(target, outputs, p) {
    const difference = p.sub(outputs, target);
    const softplus = activate('softplus', p.mul(difference, -2), p);
    return mean(p.sub(p.add(difference, softplus), Math.LN2), p);
  },

  categoricalCrossentropy(target, outputs, p) {
    const probabilities = clip(p.div(outputs, p.sum(outputs, [0], true)), epsilon, almostOne, p);
    return p.neg(sum(p.mul(target, p.log(probabilities)), p));
  },

  sparseCategoricalCrossentropy: (target, outputs, p) =>
    losses.categoricalCrossentropy(target, clip(outputs, epsilon, almostOne, p), p),

  binaryCrossentropy(target, outputs, p) {
    const probability = clip(outputs, epsilon, almostOne, p);
    const logit = p.log(p.div(probability, p.sub(1, probability)));
    return mean(p.sub(activate('softplus', logit, p), p.mul(logit, target)), p);
  },

  kullbackLeiblerDivergence(target, outputs, p) {
    const ratio = p.div(clip(target, epsilon, 1, p), clip(outputs, epsilon, 1, p));
    return sum(p.mul(target, p.log(ratio)), p);
  },

  poisson: (target, outputs, p) => mean(p.sub(outputs, p.mul(target, p.log(p.add(outputs, epsilon)))), p),

  cosineProximity(target, outputs, p) {
    const normalized = (value: Value) => {
      const squares = p.sum(p.square(value), [0], true);
      return p.div(value, p.sqrt(p.maximum(squares, epsilon)));
    };
    return p.neg(sum(p.mul(normalized(target), normalized(outputs)), p));
  },
};

const margin: Loss = (target, outputs, p) => p.maximum(0, p.sub(1, p.mul(target, outputs)));
