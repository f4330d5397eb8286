/** Formulas for one place of a tensor: what `map` and `reduce` compute, and what follows a convolution at once. */
import { type ScalarFunction, scalarFunctions } from './scalar-functions.js';

export type Expression =
  | { readonly kind: 'input'; readonly index: number }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'call'; readonly name: ScalarFunction; readonly args: readonly Expression[] };

export const input = (index: number): Expression => ({ kind: 'input', index });
export const number = (value: number): Expression => ({ kind: 'number', value });

/** A call, computed at once where all its arguments are numbers, and without factors of one and terms of zero. */
export function call(name: ScalarFunction, ...args: readonly Expression[]): Expression {
  if (args.every((argument) => argument.kind === 'number')) {
    const folded = scalarFunctions[name](...args.map((argument) => argument.value));
    // What a float cannot hold exactly, or is not a number, is left to the program.
    if (Number.isFinite(folded) && Math.fround(folded) === folded) return number(folded);
  }
  const [first, second] = args;
  if (name === 'mul' && isNumber(first, 1)) return second!;
  if ((name === 'mul' || name === 'div') && isNumber(second, 1)) return first!;
  if (name === 'add' && isNumber(first, 0)) return second!;
  if ((name === 'add' || name === 'sub') && isNumber(second, 0)) return first!;
  if (name === 'mul' && (isNumber(first, 0) || isNumber(second, 0))) return number(0);
  return { kind: 'call', name, args };
}

export const isNumber = (expression: Expression | undefined, value: number): boolean =>
  expression?.kind === 'number' && expression.value === value;

export const isInput = (expression: Expression, index: number): boolean =>
  expression.kind === 'input' && expression.index === index;

/** With the inputs replaced by what `replace` has for them. */
export function substitute(expression: Expression, replace: (index: number) => Expression): Expression {
  switch (expression.kind) {
    case 'input':
      return replace(expression.index);
    case 'number':
      return expression;
    case 'call':
      return call(expression.name, ...expression.args.map((argument) => substitute(argument, replace)));
  }
}

/** The inputs that occur, in ascending order. */
export function inputsOf(expression: Expression): readonly number[] {
  const found = new Set<number>();
  const visit = (part: Expression): void => {
    if (part.kind === 'input') found.add(part.index);
    if (part.kind === 'call') part.args.forEach(visit);
  };
  visit(expression);
  return [...found].sort((one, other) => one - other);
}

/** In double precision. */
export function evaluate(expression: Expression, inputs: readonly number[]): number {
  switch (expression.kind) {
    case 'input':
      return inputs[expression.index]!;
    case 'number':
      return expression.value;
    case 'call':
      return scalarFunctions[expression.name](
        ...expression.args.map((argument) => evaluate(argument, inputs)),
      );
  }
}

/** `mul(sigmoid(0), 1)`: equal for equal expressions. */
export function expressionText(expression: Expression): string {
  switch (expression.kind) {
    case 'input':
      return `$${expression.index}`;
    case 'number':
      return numberText(expression.value);
    case 'call':
      return `${expression.name}(${expression.args.map(expressionText).join(',')})`;
  }
}

/** Different for different numbers: -0 is not 0. */
export const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
