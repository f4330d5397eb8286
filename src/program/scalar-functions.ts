/** The functions that expressions are made of, under tfjs's names, in double precision. Comparisons give 1 or 0. */

export type ScalarFunction =
  | ('add' | 'sub' | 'mul' | 'div' | 'pow' | 'maximum' | 'minimum')
  | ('neg' | 'abs' | 'sign' | 'square' | 'sqrt' | 'floor' | 'round')
  | ('exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'erf')
  | ('equal' | 'less' | 'lessEqual' | 'greater' | 'greaterEqual' | 'where');

const truth = (condition: boolean) => (condition ? 1 : 0);

export const scalarFunctions: Readonly<Record<ScalarFunction, (...args: number[]) => number>> = {
  add: (a, b) => a! + b!,
  sub: (a, b) => a! - b!,
  mul: (a, b) => a! * b!,
  div: (a, b) => a! / b!,
  /** For a base above zero. */
  pow: (a, b) => a! ** b!,
  maximum: (a, b) => Math.max(a!, b!),
  minimum: (a, b) => Math.min(a!, b!),
  neg: (a) => -a!,
  abs: (a) => Math.abs(a!),
  sign: (a) => Math.sign(a!),
  square: (a) => a! * a!,
  sqrt: (a) => Math.sqrt(a!),
  floor: (a) => Math.floor(a!),
  /** To the nearest whole number, and from the middle to the even one. */
  round: (a) => roundToEven(a!),
  exp: (a) => Math.exp(a!),
  expm1: (a) => Math.expm1(a!),
  log: (a) => Math.log(a!),
  log1p: (a) => Math.log1p(a!),
  tanh: (a) => Math.tanh(a!),
  sigmoid: (a) => 1 / (1 + Math.exp(-a!)),
  erf: (a) => erf(a!),
  equal: (a, b) => truth(a === b),
  less: (a, b) => truth(a! < b!),
  lessEqual: (a, b) => truth(a! <= b!),
  greater: (a, b) => truth(a! > b!),
  greaterEqual: (a, b) => truth(a! >= b!),
  /** The second where the first is not zero, else the third. */
  where: (a, b, c) => (a !== 0 ? b! : c!),
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
