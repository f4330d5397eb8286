/** The options that come with every weight of a layer: how it starts, is penalised, and is bounded. */
import type { TProperties, TSchema } from 'typebox';
import type { Argument } from './call.js';
import { constraints } from './constraints.js';
import { initializers } from './initializers.js';
import type { LowerContext, WeightSpec } from './layer-definition.js';
import {
  type ChoiceFamily,
  choiceProblem,
  familySchema,
  lowerChoice,
  type NamedChoice,
  takesOption,
} from './named-choice.js';
import type { Problem } from './problem.js';
import { regularizers } from './regularizers.js';
import { formatShape, type Shape, sizeOf } from './shape.js';

/** A weight tensor and where its options are. */
export interface Weight extends WeightSpec {
  /** The prefix of its options: `kernel`, `movingMean`. None where they are those of a layer inside. */
  readonly option?: string;
}

/** A trainable weight; `option` is the prefix of its options where it is not tfjs's name of the weight. */
export function weight(name: string, shape: Shape, option: string = name): Weight {
  return { name, option, shape, trainable: true };
}

export const initializer = (what: string, name: string) =>
  familySchema(initializers, { description: `How the ${what} starts.`, default: name });
export const regularizer = (what: string) =>
  familySchema(regularizers, { description: `Penalty on the ${what}, added to the loss in training.` });
export const constraint = (what: string) =>
  familySchema(constraints, { description: `Bound on the ${what}, enforced after each training step.` });

/** `kernelInitializer`, `kernelRegularizer` and `kernelConstraint`, for `option` = 'kernel'. */
export function weightOptions<Option extends string>(option: Option, initial: string, what: string = option) {
  return {
    [`${option}Initializer`]: initializer(what, initial),
    [`${option}Regularizer`]: regularizer(what),
    [`${option}Constraint`]: constraint(what),
  } as Record<
    `${Option}Initializer` | `${Option}Regularizer` | `${Option}Constraint`,
    ReturnType<typeof familySchema>
  >;
}

/** The same without the penalty, for layers whose regularizers tfjs takes and forgets. */
export function unpenalizedWeightOptions<Option extends string>(
  option: Option,
  initial: string,
  what: string = option,
) {
  return {
    [`${option}Initializer`]: initializer(what, initial),
    [`${option}Constraint`]: constraint(what),
  } as Record<`${Option}Initializer` | `${Option}Constraint`, ReturnType<typeof familySchema>>;
}

/** The weight with the penalty and the bound that its options have for it. */
export function withChoices(
  { option, ...weight }: Weight,
  options: Readonly<Record<string, unknown>>,
): WeightSpec {
  if (option === undefined) return weight;
  const regularizer = options[`${option}Regularizer`] as NamedChoice | undefined;
  const constraint = options[`${option}Constraint`] as NamedChoice | undefined;
  return {
    ...weight,
    ...(regularizer !== undefined && { regularizer }),
    ...(constraint !== undefined && { constraint }),
  };
}

const families: Readonly<Record<string, ChoiceFamily>> = {
  Initializer: initializers,
  Regularizer: regularizers,
  Constraint: constraints,
};

/** What the options of a kind of layer say, whatever their values are. */
interface WeightOptionSchema {
  /** `kernelInitializer` */
  readonly name: string;
  /** `kernel` */
  readonly option: string;
  readonly family: ChoiceFamily;
  /** tfjs's default. */
  readonly initial: string | undefined;
}

const schemas = new WeakMap<TProperties, readonly WeightOptionSchema[]>();

/** Kept, since a spec has thousands of layers of a few kinds. */
function schemasOf(properties: TProperties): readonly WeightOptionSchema[] {
  let found = schemas.get(properties);
  if (found === undefined) {
    found = Object.entries(properties).flatMap(([name, schema]) => {
      const [, option, role] = /^(.+)(Initializer|Regularizer|Constraint)$/.exec(name) ?? [];
      if (option === undefined || role === undefined) return [];
      const initial = (schema as TSchema & { readonly default?: string }).default;
      return [{ name, option, family: families[role]!, initial }];
    });
    schemas.set(properties, found);
  }
  return found;
}

const weightOf = (weights: readonly Weight[], { option }: WeightOptionSchema): Weight | undefined =>
  weights.find((weight) => weight.option === option);

/** An option for a weight that the layer does not have, or that does not fit the weight's shape. */
export function weightOptionProblem(
  properties: TProperties,
  options: Readonly<Record<string, unknown>>,
  weights: readonly Weight[],
): Problem | undefined {
  for (const schema of schemasOf(properties)) {
    const { name, family } = schema;
    const value = options[name] as NamedChoice | undefined;
    if (value === undefined) continue;
    const weight = weightOf(weights, schema);
    if (weight === undefined) {
      return {
        code: 'conflicting-options',
        message: `has ${name}, but its other options leave out the weight that it is for`,
        option: name,
        hint: `remove ${name}, or the option that leaves the weight out`,
      };
    }
    const problem = choiceProblem(family, value, weight.shape);
    if (problem !== undefined) {
      return {
        code: 'weight-option-mismatch',
        message: `has a ${name} that does not fit: ${problem}`,
        option: name,
      };
    }
  }
  return undefined;
}

/** tfjs makes an orthogonal matrix in a time that grows with this product; here it is some 5 s. */
const slowOrthogonal = 3_000_000;

/** A weight that takes tfjs seconds to start. */
export function slowWeightProblem(
  properties: TProperties,
  options: Readonly<Record<string, unknown>>,
  weights: readonly Weight[],
): Problem | undefined {
  for (const schema of schemasOf(properties)) {
    const { name, initial } = schema;
    const choice = (options[name] as NamedChoice | undefined) ?? initial;
    const type = typeof choice === 'object' ? choice.type : choice;
    if (type !== 'orthogonal') continue;
    const weight = weightOf(weights, schema);
    if (weight === undefined) continue;
    const columns = weight.shape[weight.shape.length - 1]!;
    const rows = sizeOf(weight.shape) / columns;
    if (rows * columns * Math.max(rows, columns) < slowOrthogonal) continue;
    return {
      code: 'slow-initializer',
      message: `starts a weight of ${formatShape(weight.shape)} as an orthogonal matrix, which takes tfjs many seconds`,
      option: name,
      hint: `write ${name}: glorotUniform`,
    };
  }
  return undefined;
}

/**
 * The options of the weights that the layer has, as calls. An initializer that draws is written out with its
 * seed even where the spec leaves it to tfjs's default; the others are only written where the spec has them.
 */
export function lowerWeightOptions(
  properties: TProperties,
  options: Readonly<Record<string, unknown>>,
  weights: readonly Weight[],
  context: LowerContext,
): Readonly<Record<string, Argument | undefined>> {
  return Object.fromEntries(
    schemasOf(properties).map((schema) => {
      const { name, family, initial } = schema;
      const value = options[name] as NamedChoice | undefined;
      const choice = value ?? initial;
      if (choice === undefined || weightOf(weights, schema) === undefined) return [name, undefined];
      const random = takesOption(family, choice, 'seed');
      if (value === undefined && !random) return [name, undefined];
      const seeded = random && !(typeof choice === 'object' && 'seed' in choice);
      return [name, lowerChoice(family, choice, seeded ? { seed: context.seed(name) } : {})];
    }),
  );
}
