/**
 * Logarithms. A number is 2^k (1 + f) with 1 + f in [√½, √2), and with s = f / (2 + f)
 *
 *     log(1 + f) = 2 atanh(s) = f - s (f - R),   R = 2 (atanh(s) / s - 1)
 *
 * where f is exact, so that for small f only its small correction is rounded.
 */
import { ln2 } from './exponential.js';
import {
  add,
  addInts,
  and,
  arithmetic,
  div,
  functionText,
  instruction,
  less,
  mul,
  or,
  type Step,
  select,
  splat,
  splatBits,
  sqrt,
  sub,
  subInts,
  type VectorFunction,
  type VectorFunctionOptions,
} from './vector-function.js';

/**
 * R / s² for 1 + f in [√½, √2), by s²: the minimax polynomial, found by the Remez exchange, rounded to single precision
 * one coefficient after the other. The logarithm's relative error from it is at most 8.2e-10.
 */
const coefficients = [0.66666776, 0.39977568, 0.2987147];

/** The bits of √½. */
const squareRootOfHalf = splatBits(0x3f3504f3);
const exponentBits = splatBits(0xff800000);
const infinity = splat(Number.POSITIVE_INFINITY);

/** Sets `$power`, which is k in the bits of the exponent, and `$f`, from a positive number that is not denormal. */
export const splitNumber = (number: string): readonly Step[] => [
  ['$power', and(subInts(number, squareRootOfHalf), exponentBits)],
  ['$f', sub(subInts(number, '$power'), splat(1))],
];

/** Sets `$log` = log(1 + f) + k ln 2, from `$f` and `$power`. */
export function logarithm(options: VectorFunctionOptions): readonly Step[] {
  const { multiplyAdd, multiplySub, polynomial } = arithmetic(options);
  const [high, low] = ln2.map((part) => splat(part / 2 ** 23)) as [string, string];
  return [
    ['$k', instruction('f32x4.convert_i32x4_s')('$power')],
    ['$s', div('$f', add('$f', splat(2)))],
    ['$square', mul('$s', '$s')],
    ['$correction', mul('$s', multiplySub('$square', polynomial('$square', coefficients), '$f'))],
    ['$correction', multiplySub('$k', low, '$correction')],
    ['$log', multiplyAdd('$k', high, sub('$f', '$correction'))],
  ];
}

/** Infinity and what is not a number are their own logarithms; that of zero is -Infinity, below zero there is none. */
const specialCases = (x: string, number: string): readonly Step[] => [
  ['$log', select('$log', x, less(x, infinity))],
  ['$log', select('$log', sub(sqrt(number), infinity), less(splat(0), number))],
];

/** The natural logarithm, of denormal numbers too. */
export const log: VectorFunction = {
  name: 'log',
  calls: [],
  ulps: 0.9,
  text: (options) =>
    functionText('log', {
      parameters: ['$x'],
      steps: [
        // A denormal number is multiplied by 2^24, whose exponent is `$lift`.
        ['$lift', and(less('$x', splat(2 ** -126)), splatBits(24 << 23))],
        ['$number', mul('$x', addInts('$lift', splat(1)))],
        ...splitNumber('$number'),
        ['$power', subInts('$power', '$lift')],
        ...logarithm(options),
        ...specialCases('$x', '$x'),
      ],
      results: ['$log'],
    }),
};

/** log(1 + x), with all its places where x is small. */
export const log1p: VectorFunction = {
  name: 'log1p',
  calls: [],
  ulps: 1.6,
  text: (options) =>
    functionText('log1p', {
      parameters: ['$x'],
      steps: [
        ['$number', add('$x', splat(1))],
        // What that sum has lost, exactly.
        ['$added', sub('$number', splat(1))],
        ['$lost', add(sub(splat(1), sub('$number', '$added')), sub('$x', '$added'))],
        ...splitNumber('$number'),
        ['$f', add('$f', div('$lost', addInts('$power', splat(1))))],
        ...logarithm(options),
        ...specialCases('$x', '$number'),
      ],
      results: [or('$log', and('$x', splatBits(0x80000000)))],
    }),
};
