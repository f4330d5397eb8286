/** What passes share: a walk over values that makes them anew. */
import type { ProgramBuilder } from '../builder.js';
import { valuesBefore } from '../differentiate.js';
import type { Value } from '../value.js';

/** What becomes of a value, given what became of its inputs; undefined: the same of these. */
export type Rule = (value: Value, inputs: readonly Value[]) => Value | undefined;

/** What becomes of all that the roots are made of. */
export function rewrite(roots: readonly Value[], p: ProgramBuilder, rule: Rule): ReadonlyMap<Value, Value> {
  const became = new Map<Value, Value>();
  for (const value of valuesBefore(roots)) {
    const inputs = value.inputs.map((input) => became.get(input)!);
    became.set(value, rule(value, inputs) ?? remade(value, inputs, p));
  }
  return became;
}

function remade(value: Value, inputs: readonly Value[], p: ProgramBuilder): Value {
  const isSame = inputs.every((input, index) => input === value.inputs[index]);
  return isSame ? value : p.make(value.operation, inputs, value.shape, value.batched);
}

/** How often each value is an input or a root. */
export function countUses(roots: readonly Value[]): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  const count = (value: Value) => uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const value of valuesBefore(roots)) value.inputs.forEach(count);
  roots.forEach(count);
  return uses;
}
