/** Derivatives of expressions, by the chain rule. They are tfjs's also where a function has a corner. */
import { call, type Expression, isNumber, number } from './expression.js';
import type { ScalarFunction } from './scalar-functions.js';

/**
 * The derivative with respect to one input. `result` is an expression for the value of the whole, so that
 * derivatives which are short in terms of it (those of exp, tanh, sigmoid) need not compute it again.
 */
export function derivative(expression: Expression, index: number, result: Expression): Expression {
  switch (expression.kind) {
    case 'input':
      return number(expression.index === index ? 1 : 0);
    case 'number':
      return number(0);
    case 'call': {
      const outer = partialDerivatives[expression.name](expression.args, result);
      return expression.args.reduce<Expression>((sum, argument, position) => {
        const inner = derivative(argument, index, argument);
        return isNumber(inner, 0) ? sum : call('add', sum, call('mul', outer[position]!, inner));
      }, number(0));
    }
  }
}

/** One for each argument, in terms of the arguments and the result. */
type PartialDerivatives = (args: readonly Expression[], result: Expression) => readonly Expression[];

const zero = number(0);
const one = number(1);
const zeros: PartialDerivatives = (args) => args.map(() => zero);

const partialDerivatives: Readonly<Record<ScalarFunction, PartialDerivatives>> = {
  add: () => [one, one],
  sub: () => [one, number(-1)],
  mul: ([a, b]) => [b!, a!],
  div: ([, b], result) => [call('div', one, b!), call('neg', call('div', result, b!))],
  pow: ([a, b], result) => [
    call('mul', b!, call('pow', a!, call('sub', b!, one))),
    call('mul', result, call('log', a!)),
  ],
  /** tfjs gives the whole gradient of equals to the first. */
  maximum: ([a, b]) => [call('greaterEqual', a!, b!), call('less', a!, b!)],
  minimum: ([a, b]) => [call('lessEqual', a!, b!), call('greater', a!, b!)],
  neg: () => [number(-1)],
  /** tfjs has -1 at zero. */
  abs: ([a]) => [call('where', call('greater', a!, zero), one, number(-1))],
  sign: zeros,
  square: ([a]) => [call('mul', number(2), a!)],
  sqrt: (_, result) => [call('div', number(0.5), result)],
  floor: zeros,
  round: zeros,
  exp: (_, result) => [result],
  expm1: (_, result) => [call('add', result, one)],
  log: ([a]) => [call('div', one, a!)],
  log1p: ([a]) => [call('div', one, call('add', a!, one))],
  tanh: (_, result) => [call('sub', one, call('square', result))],
  sigmoid: (_, result) => [call('mul', result, call('sub', one, result))],
  erf: ([a]) => [call('mul', number(2 / Math.sqrt(Math.PI)), call('exp', call('neg', call('square', a!))))],
  equal: zeros,
  less: zeros,
  lessEqual: zeros,
  greater: zeros,
  greaterEqual: zeros,
  where: ([a]) => [zero, call('where', a!, one, zero), call('where', a!, zero, one)],
};
