/**
 * tfjs's optimizers in primitives: its operations in its order, but for numbers that all places of a weight share,
 * which are computed once a step. What an optimizer keeps between steps are sources with the names that checkpoints
 * have for them, so that a run can go on with another engine.
 */
import type { Argument } from '../../layers/index.js';
import type { ProgramBuilder, Shape, Value } from '../../program/index.js';
import { optimizerParameters } from '../../spec/optimizers.js';
import { epsilon as tiny } from './losses.js';

/** A number or array that an optimizer keeps between steps. */
export interface Slot {
  /** `c1/kernel/m` for a weight's, `accBeta1` for the optimizer's own. */
  readonly name: string;
  /** The source `slot/<name>`: of the weight's shape, or []. */
  readonly value: Value;
  /** What fills it before the first step. */
  readonly initial: number;
}

/** What a source becomes by a step, in terms of values before it. */
export interface Assignment {
  readonly target: Value;
  readonly value: Value;
}

/** A weight that is trained; without a gradient where the loss does not depend on it. */
export interface TrainedWeight {
  /** `c1/kernel` */
  readonly name: string;
  readonly value: Value;
  readonly gradient: Value | undefined;
}

export interface OptimizerUpdate {
  /** tfjs's class name: `Adam`. */
  readonly type: string;
  /** In the order of checkpoints: the optimizer's own, then one kind after the other, each for all weights. */
  readonly slots: readonly Slot[];
  /** What the weights become, in their order: undefined for one without a gradient, which stays as it is. */
  readonly weights: readonly (Value | undefined)[];
  /** What the slots become; those of a weight without a gradient stay as they are. */
  readonly assignments: readonly Assignment[];
}

/** `type` is the plan's `optimizerType`, and `args` are the arguments of its call. */
export function optimizerUpdate(
  type: string,
  args: readonly Argument[],
  trained: readonly TrainedWeight[],
  p: ProgramBuilder,
): OptimizerUpdate {
  const kind = optimizers[type];
  if (kind === undefined) throw new Error(`no optimizer '${type}'`);
  const rule = kind(optimizerParameters(type, args) as unknown as Options, p);

  const slots = (initials: Numbers, prefix: string, shape: Shape): Slots =>
    mapEntries(initials, (initial, key) => {
      const name = prefix + key;
      return { name, value: p.source(`slot/${name}`, shape, false), initial };
    });
  const own = slots(rule.own ?? {}, '', []);
  const kept = trained.map(({ name, value }) => slots(rule.kept, `${name}/`, value.shape));
  const become = trained.map(({ value, gradient }, index) => {
    if (gradient === undefined) return undefined;
    const before = { ...valuesOf(kept[index]!), weight: value, gradient };
    return rule.update(before, valuesOf(own));
  });
  return {
    type: rule.type,
    slots: [
      ...Object.values(own),
      ...Object.keys(rule.kept).flatMap((key) => kept.map((ofWeight) => ofWeight[key]!)),
    ],
    weights: become.map((values) => values?.weight),
    assignments: [
      ...assignmentsOf(own, rule.advance?.(valuesOf(own))),
      ...kept.flatMap((ofWeight, index) => assignmentsOf(ofWeight, become[index])),
    ],
  };
}

type Numbers = Readonly<Record<string, number>>;
type Values = Readonly<Record<string, Value>>;
type Slots = Readonly<Record<string, Slot>>;

const mapEntries = <From, To>(
  from: Readonly<Record<string, From>>,
  change: (value: From, key: string) => To,
) => Object.fromEntries(Object.entries(from).map(([key, value]) => [key, change(value, key)]));
const valuesOf = (slots: Slots): Values => mapEntries(slots, ({ value }) => value);
const assignmentsOf = (slots: Slots, become: Values | undefined): readonly Assignment[] =>
  become === undefined
    ? []
    : Object.entries(slots).map(([key, { value }]) => ({ target: value, value: become[key]! }));

/** Those of `src/spec/optimizers.ts`: each optimizer has some of them. */
interface Options {
  readonly learningRate: number;
  readonly momentum: number;
  readonly useNesterov: boolean;
  readonly initialAccumulatorValue: number;
  readonly rho: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly decay: number;
  readonly epsilon: number;
  readonly centered: boolean;
}

/** How an optimizer works. `own` and `kept` name its slots, as tfjs does, and say what they start from. */
interface Rule<Own extends string, Kept extends string> {
  /** tfjs's class name. */
  readonly type: string;
  /** Numbers of its own, of shape []. */
  readonly own?: Readonly<Record<Own, number>>;
  /** What it keeps for each weight, in the weight's shape. */
  readonly kept: Readonly<Record<Kept, number>>;
  /** What its own numbers become by a step. */
  advance?(own: Readonly<Record<Own, Value>>): Readonly<Record<Own, Value>>;
  /** What a weight becomes, and what is kept for it, of their values before the step. */
  update(
    before: Readonly<Record<Kept | 'weight' | 'gradient', Value>>,
    own: Readonly<Record<Own, Value>>,
  ): Readonly<Record<Kept | 'weight', Value>>;
}

/** Has the names of a rule's slots checked, and forgets them. */
const rule = <Own extends string = never, Kept extends string = never>(
  written: Rule<Own, Kept>,
): Rule<string, string> => written as unknown as Rule<string, string>;

type Optimizer = (options: Options, p: ProgramBuilder) => Rule<string, string>;

const optimizers: Readonly<Record<string, Optimizer>> = {
  sgd: ({ learningRate }, p) =>
    rule({
      type: 'SGD',
      kept: {},
      update: ({ weight, gradient }) => ({ weight: p.add(p.mul(gradient, -learningRate), weight) }),
    }),

  momentum: ({ learningRate, momentum: rate, useNesterov }, p) =>
    rule({
      type: 'Momentum',
      kept: { momentum: 0 },
      update({ weight, gradient, momentum: before }) {
        const momentum = p.add(p.mul(before, rate), gradient);
        const step = useNesterov ? p.add(gradient, p.mul(momentum, rate)) : momentum;
        return { momentum, weight: p.add(p.mul(step, -learningRate), weight) };
      },
    }),

  adagrad: ({ learningRate, initialAccumulatorValue }, p) =>
    rule({
      type: 'Adagrad',
      kept: { accumulator: initialAccumulatorValue },
      update({ weight, gradient, accumulator: before }) {
        const accumulator = p.add(before, p.square(gradient));
        const step = p.div(gradient, p.sqrt(p.add(accumulator, tiny)));
        return { accumulator, weight: p.add(p.mul(step, -learningRate), weight) };
      },
    }),

  adadelta: ({ learningRate, rho, epsilon }, p) =>
    rule({
      type: 'Adadelta',
      kept: { accum_grad: 0, accum_var: 0 },
      /** Unlike Zeiler's, tfjs's step is by the mean of squares before the step. */
      update({ weight, gradient, accum_grad, accum_var }) {
        const size = (squares: Value) => p.sqrt(p.add(squares, epsilon));
        const step = p.mul(p.div(size(accum_var), size(accum_grad)), gradient);
        return {
          accum_grad: runningMean(accum_grad, p.square(gradient), rho, p),
          accum_var: runningMean(accum_var, p.square(step), rho, p),
          weight: p.add(p.mul(step, -learningRate), weight),
        };
      },
    }),

  adam: ({ learningRate, beta1, beta2, epsilon }, p) =>
    rule({
      type: 'Adam',
      own: { accBeta1: beta1, accBeta2: beta2 },
      kept: { m: 0, v: 0 },
      advance: ({ accBeta1, accBeta2 }) => ({
        accBeta1: p.mul(accBeta1, beta1),
        accBeta2: p.mul(accBeta2, beta2),
      }),
      update({ weight, gradient, ...before }, { accBeta1, accBeta2 }) {
        const m = runningMean(before.m, gradient, beta1, p);
        const v = runningMean(before.v, p.square(gradient), beta2, p);
        const mean = p.mul(m, p.div(1, p.sub(1, accBeta1)));
        const squares = p.mul(v, p.div(1, p.sub(1, accBeta2)));
        const step = p.div(mean, p.add(p.sqrt(squares), epsilon));
        return { m, v, weight: p.add(p.mul(step, -learningRate), weight) };
      },
    }),

  adamax: ({ learningRate, beta1, beta2, epsilon, decay }, p) =>
    rule({
      type: 'Adamax',
      own: { iteration: 0, accBeta1: beta1 },
      kept: { m: 0, v: 0 },
      advance: ({ iteration, accBeta1 }) => ({
        iteration: p.add(iteration, 1),
        accBeta1: p.mul(accBeta1, beta1),
      }),
      update({ weight, gradient, ...before }, { iteration, accBeta1 }) {
        const m = runningMean(before.m, gradient, beta1, p);
        const v = p.maximum(p.mul(before.v, beta2), p.abs(gradient));
        const decayed = p.div(-learningRate, p.add(p.mul(iteration, decay), 1));
        const rate = p.div(decayed, p.sub(1, accBeta1));
        return { m, v, weight: p.add(p.mul(rate, p.div(m, p.add(v, epsilon))), weight) };
      },
    }),

  rmsprop: ({ learningRate, decay, momentum: rate, epsilon, centered }, p) => {
    const common = (weight: Value, gradient: Value, before: Value, squares: Value) => {
      const step = p.div(p.mul(gradient, learningRate), p.sqrt(squares));
      const momentum = p.add(p.mul(before, rate), step);
      return { momentum, weight: p.sub(weight, momentum) };
    };
    if (!centered) {
      return rule({
        type: 'RMSProp',
        kept: { rms: 0, momentum: 0 },
        update({ weight, gradient, ...before }) {
          const rms = runningMean(before.rms, p.square(gradient), decay, p);
          return { rms, ...common(weight, gradient, before.momentum, p.add(rms, epsilon)) };
        },
      });
    }
    return rule({
      type: 'RMSProp',
      kept: { rms: 0, momentum: 0, mg: 0 },
      update({ weight, gradient, ...before }) {
        const rms = runningMean(before.rms, p.square(gradient), decay, p);
        const mg = runningMean(before.mg, gradient, decay, p);
        const variance = p.sub(rms, p.add(p.square(mg), epsilon));
        return { rms, mg, ...common(weight, gradient, before.momentum, variance) };
      },
    });
  },
};

const runningMean = (mean: Value, value: Value, decay: number, p: ProgramBuilder) =>
  p.add(p.mul(mean, decay), p.mul(value, 1 - decay));
