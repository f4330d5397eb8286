/**
 * Moves what never decreases (a bias, an activation) from before a max-pool to behind it, where there are fewer
 * places: max(f(a), f(b)) = f(max(a, b)). Changes nothing but which of entries that f makes equal gets a gradient.
 */
import type { ProgramBuilder } from '../builder.js';
import { type Expression, isNumber } from '../expression.js';
import type { ScalarFunction } from '../scalar-functions.js';
import { isOf, type Value, type ValueOf } from '../value.js';
import { countUses, rewrite } from './rewrite.js';

export function poolFirst(roots: readonly Value[], p: ProgramBuilder): ReadonlyMap<Value, Value> {
  const uses = countUses(roots);
  return rewrite(roots, p, (value, inputs) => {
    if (!isOf(value, 'maxPool') || value.operation.window.strides.every((stride) => stride === 1))
      return undefined;
    const [before] = value.inputs as [Value];
    return uses.get(before) === 1 ? pooled(value, inputs[0]!, p) : undefined;
  });
}

/** The pool of `from`, with all that may come later behind it. */
function pooled(pool: ValueOf<'maxPool'>, from: Value, p: ProgramBuilder): Value {
  const { window } = pool.operation;
  const [rows, columns] = pool.shape as [number, number];
  if (isOf(from, 'map')) {
    const index = from.inputs.findIndex((input) => !isEverywhereSame(input));
    const others = from.inputs.filter((_, position) => position !== index);
    if (index !== -1 && others.every(isEverywhereSame) && goesUp(from.operation.expression, index)) {
      const inputs = from.inputs.map((input, position) =>
        position === index
          ? pooled(pool, input, p)
          : p.broadcast(input.inputs[0]!, [rows, columns, input.shape[2]!], input.batched),
      );
      return p.map(from.operation.expression, inputs);
    }
  }
  return p.maxPool(from, window, [rows, columns]);
}

/** The same at all places of the image. */
function isEverywhereSame(value: Value): boolean {
  const [operand] = value.inputs;
  return value.operation.kind === 'broadcast' && operand!.shape[0] === 1 && operand!.shape[1] === 1;
}

const increasing: ReadonlySet<ScalarFunction> = new Set([
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'erf',
  'sqrt',
  'floor',
  'round',
  'maximum',
  'minimum',
  'add',
]);

/** Whether it never decreases as that input grows, whatever the others are. */
function goesUp(expression: Expression, index: number): boolean {
  if (expression.kind === 'input') return true;
  if (expression.kind === 'number') return true;
  const { name, args } = expression;
  const [first, second] = args;
  if (increasing.has(name)) return args.every((argument) => goesUp(argument, index));
  if (name === 'sub') return goesUp(first!, index) && !depends(second!, index);
  if (name === 'mul') {
    return (isPositive(first!) && goesUp(second!, index)) || (isPositive(second!) && goesUp(first!, index));
  }
  return !depends(expression, index);
}

const isPositive = (expression: Expression) =>
  expression.kind === 'number' && expression.value > 0 && !isNumber(expression, Number.POSITIVE_INFINITY);

function depends(expression: Expression, index: number): boolean {
  if (expression.kind === 'input') return expression.index === index;
  return expression.kind === 'call' && expression.args.some((argument) => depends(argument, index));
}
