/**
 * Joins formulas with what they follow and with what follows them, so that fewer values go through memory: a map
 * into the map or the reduction that takes it, and a map into the convolution that it follows.
 */
import type { ProgramBuilder } from '../builder.js';
import { type Expression, input, inputsOf, substitute } from '../expression.js';
import { isOf, sameShape, type Value, type ValueOf } from '../value.js';
import { countUses, rewrite } from './rewrite.js';

/** More inputs would not stay in registers. */
const mostInputs = 8;
const longestExpression = 48;

export function fuse(roots: readonly Value[], p: ProgramBuilder): ReadonlyMap<Value, Value> {
  const uses = countUses(roots);
  const rootSet = new Set(roots);
  const consumers = consumersOf(uses.keys());
  /** It may vanish into each of those that take it. */
  const mayVanish = (value: Value) =>
    !rootSet.has(value) &&
    (uses.get(value) === 1 ||
      (isOf(value, 'map') &&
        isCheap(value.operation.expression) &&
        consumers.get(value)!.every(isPointwise)));

  return rewrite(roots, p, (value, inputs) => {
    if (isOf(value, 'stopGradient')) return inputs[0]!;
    if (isOf(value, 'map')) {
      const joined = joinMaps(value.operation.expression, value, inputs, mayVanish);
      return (
        intoConvolution(
          joined,
          value,
          p,
          (before) => uses.get(before) === 1 && !rootSet.has(before),
          inputs,
        ) ?? p.map(joined.expression, joined.inputs)
      );
    }
    if (isOf(value, 'reduce')) {
      const joined = joinMaps(value.operation.expression, value, inputs, mayVanish);
      return p.make(
        { ...value.operation, expression: joined.expression },
        joined.inputs,
        value.shape,
        value.batched,
      );
    }
    return undefined;
  });
}

interface Joined {
  readonly expression: Expression;
  readonly inputs: readonly Value[];
}

/** `inputs` are what the inputs of `value` became. */
function joinMaps(
  expression: Expression,
  value: Value,
  inputs: readonly Value[],
  mayVanish: (value: Value) => boolean,
): Joined {
  let joined: Joined = { expression, inputs };
  for (const [index, before] of value.inputs.entries()) {
    const became = inputs[index]!;
    // A formula of shared values stays outside of one for every example, where it would be computed for each.
    if (!isOf(became, 'map') || !isOf(before, 'map') || !mayVanish(before)) continue;
    if (became.batched !== inputs.some((other) => other.batched)) continue;
    const next = absorbed(joined, became);
    if (next.inputs.length <= mostInputs && lengthOf(next.expression) <= longestExpression) joined = next;
  }
  return joined;
}

function absorbed(joined: Joined, map: ValueOf<'map'>): Joined {
  const inputs = [...new Set([...joined.inputs.filter((own) => own !== map), ...map.inputs])];
  const inner = substitute(map.operation.expression, (index) => input(inputs.indexOf(map.inputs[index]!)));
  const expression = substitute(joined.expression, (index) => {
    const own = joined.inputs[index]!;
    return own === map ? inner : input(inputs.indexOf(own));
  });
  return { expression, inputs };
}

/** The convolution that computes the map as it stores its result, where the map follows one. */
function intoConvolution(
  { expression, inputs }: Joined,
  value: Value,
  p: ProgramBuilder,
  isOnlyUsedHere: (value: Value) => boolean,
  became: readonly Value[],
): Value | undefined {
  const found = inputs.find((candidate): candidate is ValueOf<'convolve'> | ValueOf<'convolveInput'> => {
    if (!isOf(candidate, 'convolve') && !isOf(candidate, 'convolveInput')) return false;
    const index = became.indexOf(candidate);
    return index !== -1 && isOnlyUsedHere(value.inputs[index]!);
  });
  if (found === undefined || !sameShape(found.shape, value.shape)) return undefined;
  const [image, kernel, ...before] = found.inputs as [Value, Value, ...Value[]];
  const extras = [...new Set([...before, ...inputs.filter((own) => own !== found)])];
  if (extras.length > 3) return undefined;
  const position = (own: Value) => input(extras.indexOf(own) + 1);
  const inner = substitute(found.operation.epilogue ?? input(0), (index) =>
    index === 0 ? input(0) : position(before[index - 1]!),
  );
  const epilogue = substitute(expression, (index) => {
    const own = inputs[index]!;
    return own === found ? inner : position(own);
  });
  return p.make({ ...found.operation, epilogue }, [image, kernel, ...extras], value.shape, value.batched);
}

const isPointwise = (value: Value) => isOf(value, 'map') || isOf(value, 'reduce');

function consumersOf(values: Iterable<Value>): ReadonlyMap<Value, readonly Value[]> {
  const consumers = new Map<Value, Value[]>();
  for (const value of values) {
    for (const operand of value.inputs) {
      consumers.set(operand, [...(consumers.get(operand) ?? []), value]);
    }
  }
  return consumers;
}

function lengthOf(expression: Expression): number {
  return expression.kind === 'call'
    ? expression.args.reduce((sum, argument) => sum + lengthOf(argument), 1)
    : 0;
}

const cheap = new Set(['add', 'sub', 'mul', 'neg', 'abs', 'square', 'maximum', 'minimum']);

/** So short that computing it twice is faster than storing it. */
function isCheap(expression: Expression): boolean {
  const visit = (part: Expression): boolean =>
    part.kind !== 'call' || (cheap.has(part.name) && part.args.every(visit));
  return lengthOf(expression) <= 3 && inputsOf(expression).length <= 3 && visit(expression);
}
