/** tfjs's regularizers in primitives: the formulas of tfjs-layers' regularizers.ts. */
import { type NamedChoice, settleChoice } from '../../layers/named-choice.js';
import { regularizers } from '../../layers/regularizers.js';
import type { ProgramBuilder, Value } from '../../program/index.js';

/** The penalty on a weight, to be added to the loss: shared, []. */
export function penaltyOf(regularizer: NamedChoice, weight: Value, p: ProgramBuilder): Value {
  const { l1 = 0, l2 = 0 } = settleChoice(regularizers, regularizer).options as Factors;
  const absolute = p.mul(p.abs(weight), l1);
  const squared = p.mul(p.square(weight), l2);
  return p.sum(p.add(absolute, squared), [...weight.shape.keys()]);
}

interface Factors {
  readonly l1?: number;
  readonly l2?: number;
}
