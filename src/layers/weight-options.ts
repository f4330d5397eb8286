/** The options that come with every weight of a layer: how it starts, is penalised, and is bounded. */
import type { Argument } from './call.js';
import type { LowerContext } from './define-layer.js';
import {
  constraint,
  initializer,
  lowerConstraint,
  lowerInitializer,
  lowerRegularizer,
  type NamedChoice,
  regularizer,
} from './initializers.js';

/** `kernelInitializer`, `kernelRegularizer` and `kernelConstraint`, for `weight` = 'kernel'. */
export function weightOptions<Weight extends string>(weight: Weight, initial: string) {
  return {
    [`${weight}Initializer`]: initializer(weight, initial),
    [`${weight}Regularizer`]: regularizer(weight),
    [`${weight}Constraint`]: constraint(weight),
  } as Record<`${Weight}Initializer`, ReturnType<typeof initializer>> &
    Record<`${Weight}Regularizer`, ReturnType<typeof regularizer>> &
    Record<`${Weight}Constraint`, ReturnType<typeof constraint>>;
}

/** The three options as calls. `initial` is what the weight starts as where the spec does not say. */
export function lowerWeight(
  weight: string,
  initial: NamedChoice,
  options: Readonly<Record<string, unknown>>,
  context: LowerContext,
): Record<string, Argument | undefined> {
  const get = (role: string) => options[`${weight}${role}`] as NamedChoice | undefined;
  return {
    [`${weight}Initializer`]: lowerInitializer(get('Initializer') ?? initial, () =>
      context.seed(`${weight}Initializer`),
    ),
    [`${weight}Regularizer`]: lowerRegularizer(get('Regularizer')),
    [`${weight}Constraint`]: lowerConstraint(get('Constraint')),
  };
}
