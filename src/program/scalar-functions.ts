/**
 * The functions that expressions are made of, under tfjs's names: what they are in double precision, and their
 * derivatives, which are tfjs's also where a function has a corner. Comparisons give 1 or 0.
 */
import { call, type Expression, number } from './expression.js';

export type ScalarFunction =
  | ('add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum')
  | ('neg' | 'abs' | 'sign' | 'square' | 'sqrt' | 'floor' | 'round')
  | ('exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'erf')
  | ('equal' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual' | 'where');

interface ScalarFunctionKind {
  evaluate(...args: number[]): number;
  /** One for each argument, in terms of the arguments and the result. */
  derivatives(args: readonly Expression[], result: Expression): readonly Expression[];
}

const zero = number(0);
const one = number(1);
const zeros = (args: readonly Expression[]) => args.map(() => zero);
const truth = (condition: boolean) => (condition ? 1 : 0);

const comparison = (evaluate: (a: number, b: number) => boolean): ScalarFunctionKind => ({
  evaluate: (a, b) => truth(evaluate(a!, b!)),
  derivatives: zeros,
});

export const scalarFunctions: Readonly<Record<ScalarFunction, ScalarFunctionKind>> = {
  add: { evaluate: (a, b) => a! + b!, derivatives: () => [one, one] },
  sub: { evaluate: (a, b) => a! - b!, derivatives: () => [one, number(-1)] },
  mul: { evaluate: (a, b) => a! * b!, derivatives: ([a, b]) => [b!, a!] },
  div: {
    evaluate: (a, b) => a! / b!,
    derivatives: ([, b], result) => [call('div', one, b!), call('neg', call('div', result, b!))],
  },
  neg: { evaluate: (a) => -a!, derivatives: () => [number(-1)] },
  abs: { evaluate: (a) => Math.abs(a!), derivatives: ([a]) => [call('sign', a!)] },
  sign: { evaluate: (a) => Math.sign(a!), derivatives: zeros },
  square: { evaluate: (a) => a! * a!, derivatives: ([a]) => [call('mul', number(2), a!)] },
  sqrt: { evaluate: (a) => Math.sqrt(a!), derivatives: (_, result) => [call('div', number(0.5), result)] },
  exp: { evaluate: (a) => Math.exp(a!), derivatives: (_, result) => [result] },
  expm1: { evaluate: (a) => Math.expm1(a!), derivatives: (_, result) => [call('add', result, one)] },
  log: { evaluate: (a) => Math.log(a!), derivatives: ([a]) => [call('div', one, a!)] },
  log1p: {
    evaluate: (a) => Math.log1p(a!),
    derivatives: ([a]) => [call('div', one, call('add', a!, one))],
  },
  tanh: {
    evaluate: (a) => Math.tanh(a!),
    derivatives: (_, result) => [call('sub', one, call('square', result))],
  },
  sigmoid: {
    evaluate: (a) => 1 / (1 + Math.exp(-a!)),
    derivatives: (_, result) => [call('mul', result, call('sub', one, result))],
  },
  erf: {
    evaluate: (a) => erf(a!),
    derivatives: ([a]) => [
      call('mul', number(2 / Math.sqrt(Math.PI)), call('exp', call('neg', call('square', a!)))),
    ],
  },
  /** For a base above zero. */
  pow: {
    evaluate: (a, b) => a! ** b!,
    derivatives: ([a, b], result) => [
      call('mul', b!, call('pow', a!, call('sub', b!, one))),
      call('mul', result, call('log', a!)),
    ],
  },
  floor: { evaluate: (a) => Math.floor(a!), derivatives: zeros },
  /** To the nearest whole number, and from the middle to the even one. */
  round: { evaluate: (a) => roundToEven(a!), derivatives: zeros },
  /** tfjs gives the whole gradient of equals to the first. */
  maximum: {
    evaluate: (a, b) => Math.max(a!, b!),
    derivatives: ([a, b]) => [call('greaterEqual', a!, b!), call('less', a!, b!)],
  },
  minimum: {
    evaluate: (a, b) => Math.min(a!, b!),
    derivatives: ([a, b]) => [call('lessEqual', a!, b!), call('greater', a!, b!)],
  },
  /** The second where the first is not zero, else the third. */
  where: {
    evaluate: (a, b, c) => (a !== 0 ? b! : c!),
    derivatives: ([a]) => [zero, call('where', a!, one, zero), call('where', a!, zero, one)],
  },
  equal: comparison((a, b) => a === b),
  less: comparison((a, b) => a < b),
  lessEqual: comparison((a, b) => a <= b),
  greater: comparison((a, b) => a > b),
  greaterEqual: comparison((a, b) => a >= b),
};

function roundToEven(x: number): number {
  const rounded = Math.round(x);
  return Math.abs(x - Math.trunc(x)) === 0.5 && rounded % 2 !== 0 ? rounded - 1 : rounded;
}

/** By the series for small arguments and the continued fraction for others: Abramowitz and Stegun 7.1.5, 7.1.14. */
function erf(x: number): number {
  const size = Math.abs(x);
  if (size > 6) return Math.sign(x);
  if (size < 3) {
    let term = x;
    let sum = x;
    for (let n = 1; n < 100; n += 1) {
      term *= (-x * x) / n;
      sum += term / (2 * n + 1);
    }
    return (2 / Math.sqrt(Math.PI)) * sum;
  }
  let fraction = 0;
  for (let n = 60; n > 0; n -= 1) fraction = n / 2 / (size + fraction);
  return Math.sign(x) * (1 - Math.exp(-x * x) / Math.sqrt(Math.PI) / (size + fraction));
}
