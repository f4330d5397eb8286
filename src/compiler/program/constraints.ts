/** tfjs's constraints in primitives: the formulas of tfjs-layers' constraints.ts. */
import { constraints } from '../../layers/constraints.js';
import { type NamedChoice, settleChoice } from '../../layers/named-choice.js';
import type { ProgramBuilder, Value } from '../../program/index.js';
import { epsilon } from './losses.js';

/** The weight within its bounds. */
export function constrained(constraint: NamedChoice, weight: Value, p: ProgramBuilder): Value {
  const { type, options } = settleChoice(constraints, constraint);
  const apply = kinds[type];
  if (apply === undefined) throw new Error(`no constraint '${type}'`);
  return apply(weight, options as unknown as Options, p);
}

/** Those of `src/layers/constraints.ts`: each constraint has some of them. */
interface Options {
  readonly axis: number;
  readonly minValue: number;
  readonly maxValue: number;
  readonly rate: number;
}

type Constraint = (weight: Value, options: Options, p: ProgramBuilder) => Value;

const kinds: Readonly<Record<string, Constraint>> = {
  maxNorm(weight, { axis, maxValue }, p) {
    const norms = normsAlong(axis, weight, p);
    return scaled(weight, norms, p.minimum(norms, maxValue), p);
  },
  unitNorm: (weight, { axis }, p) => p.div(weight, p.add(normsAlong(axis, weight, p), epsilon)),
  nonNeg: (weight, _options, p) => p.maximum(0, weight),
  minMaxNorm(weight, { axis, minValue, maxValue, rate }, p) {
    const norms = normsAlong(axis, weight, p);
    const bounded = p.minimum(p.maximum(norms, minValue), maxValue);
    return scaled(weight, norms, p.add(p.mul(bounded, rate), p.mul(norms, 1 - rate)), p);
  },
};

const normsAlong = (axis: number, weight: Value, p: ProgramBuilder) =>
  p.sqrt(p.sum(p.square(weight), [axis], true));

const scaled = (weight: Value, norms: Value, desired: Value, p: ProgramBuilder) =>
  p.mul(weight, p.div(desired, p.add(norms, epsilon)));
