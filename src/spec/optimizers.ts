/**
 * The optimizers of `tf.train`: one table, from which the schema, the types and the lowering are derived.
 * Options are in the order of the function's parameters, and defaults are tfjs's own.
 */

import type { Argument, Call } from '../layers/index.js';
import { type TSchema, Type } from '../layers/type.js';
import { choiceSchema } from './choice-schema.js';

interface OptimizerKind {
  readonly summary: string;
  /** By name, in tfjs's order of parameters. Without a `default` an option is required. */
  readonly parameters: Readonly<Record<string, TSchema>>;
}

const learningRate = (value?: number) =>
  Type.Number({
    exclusiveMinimum: 0,
    description: 'How far each step goes.',
    ...(value === undefined ? {} : { default: value }),
  });
const fraction = (value: number | undefined, description: string) =>
  Type.Number({
    minimum: 0,
    exclusiveMaximum: 1,
    description,
    ...(value === undefined ? {} : { default: value }),
  });
/** tfjs leaves it to the backend, and every backend answers 1e-7 at 32 bits. */
const epsilon = Type.Number({
  exclusiveMinimum: 0,
  default: 1e-7,
  description: 'Keeps divisions away from zero.',
});
const beta1 = fraction(0.9, 'Decay of the running mean of gradients.');
const beta2 = fraction(0.999, 'Decay of the running mean of squared gradients.');

const optimizers: Readonly<Record<string, OptimizerKind>> = {
  sgd: { summary: 'Stochastic gradient descent.', parameters: { learningRate: learningRate() } },
  momentum: {
    summary: 'Gradient descent with momentum.',
    parameters: {
      learningRate: learningRate(),
      momentum: fraction(undefined, 'How much of the last step is kept.'),
      useNesterov: Type.Boolean({
        default: false,
        description: 'Looks ahead along the last step (Nesterov).',
      }),
    },
  },
  adagrad: {
    summary: 'A rate for every weight, which shrinks with its past gradients (Duchi et al., 2011).',
    parameters: {
      learningRate: learningRate(),
      initialAccumulatorValue: Type.Number({
        exclusiveMinimum: 0,
        default: 0.1,
        description: 'What the sum of squared gradients starts from.',
      }),
    },
  },
  adadelta: {
    summary: 'Steps in units of past steps (Zeiler, 2012).',
    parameters: {
      learningRate: learningRate(0.001),
      rho: fraction(0.95, 'Decay of the running means.'),
      epsilon,
    },
  },
  adam: {
    summary: 'Running means of gradients and their squares (Kingma and Ba, 2014).',
    parameters: { learningRate: learningRate(0.001), beta1, beta2, epsilon },
  },
  adamax: {
    summary: 'Adam with the infinity norm (Kingma and Ba, 2014).',
    parameters: {
      learningRate: learningRate(0.002),
      beta1,
      beta2,
      epsilon,
      decay: Type.Number({
        minimum: 0,
        default: 0,
        description: 'How fast the rate shrinks with the steps.',
      }),
    },
  },
  rmsprop: {
    summary: 'Steps divided by a running mean of squared gradients (Hinton, 2012).',
    parameters: {
      learningRate: learningRate(),
      decay: fraction(0.9, 'Decay of the running mean of squared gradients.'),
      momentum: fraction(0, 'How much of the last step is kept.'),
      epsilon,
      centered: Type.Boolean({
        default: false,
        description:
          'Divides by the variance of the gradients instead of their second moment. tfjs subtracts epsilon there instead of adding it, so that a weight whose gradient stays at zero (behind a relu, for example) becomes NaN.',
      }),
    },
  },
};

export type Optimizer = string | ({ readonly type: string } & Readonly<Record<string, Argument>>);

const hasDefault = (schema: TSchema) => 'default' in schema;

export function optimizerSchema() {
  const kinds = Object.entries(optimizers).map(([type, { summary, parameters }]) => {
    const options = Object.entries(parameters).map(([name, schema]) => [
      name,
      hasDefault(schema) ? Type.Optional(schema) : schema,
    ]);
    return [type, { summary, options: Object.fromEntries(options) }];
  });
  return choiceSchema<Optimizer>(Object.fromEntries(kinds), 'How weights are changed by gradients.');
}

/**
 * `tf.train.adam(0.001, 0.9)`: parameters are positional, so defaults are written out up to the last one that
 * the spec gives, and the learning rate always.
 */
export function lowerOptimizer(optimizer: Optimizer): { readonly type: string; readonly call: Call } {
  const { type, ...options } = typeof optimizer === 'string' ? { type: optimizer } : optimizer;
  const kind = optimizers[type];
  if (kind === undefined) throw new Error(`no optimizer '${type}'`);
  const parameters = Object.entries(kind.parameters);
  const last = Math.max(
    0,
    parameters.findLastIndex(([name]) => Object.hasOwn(options, name)),
  );
  const args = parameters
    .slice(0, last + 1)
    .map(([name, schema]) =>
      Object.hasOwn(options, name)
        ? (options as Readonly<Record<string, Argument>>)[name]!
        : (schema as { default?: Argument }).default!,
    );
  return { type, call: { call: `tf.train.${type}`, args } };
}

/** All parameters of an optimizer by name, from the arguments of its call: what is left out is its default. */
export function optimizerParameters(
  type: string,
  args: readonly Argument[],
): Readonly<Record<string, Argument>> {
  const parameters = Object.entries(optimizers[type]?.parameters ?? {});
  return Object.fromEntries(
    parameters.map(([name, schema], i) => [name, args[i] ?? (schema as { default?: Argument }).default!]),
  );
}
