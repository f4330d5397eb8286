/** Sine and cosine of an angle given in turns, of 2π each: what Box and Muller need, with no rounding by π. */
import {
  and,
  arithmetic,
  functionText,
  instruction,
  mul,
  select,
  shiftLeft,
  splat,
  splatBits,
  sub,
  type VectorFunction,
  type VectorFunctionName,
  type VectorFunctionOptions,
  xor,
} from './vector-function.js';

// Minimax polynomials for |x| at most 1/8, found by the Remez exchange, rounded to single precision one coefficient
// after the other.

/** sin(2πx) / x by x²; relative error 2.9e-8. */
const sineCoefficients = [6.2831855, -41.341866, 81.625626, -76.7749];

/** cos(2πx) by x²; relative error 4e-8. */
const cosineCoefficients = [1, -19.739162, 64.92221, -83.61791];

/** sin(2πx), or with one quarter more, cos(2πx). */
function turnText(name: VectorFunctionName, quarters: 0 | 1, options: VectorFunctionOptions): string {
  const { multiplyAdd, multiplySub, polynomial } = arithmetic(options);
  // The sum's lowest bits count quarters of a turn.
  const shift = splat(1.5 * 2 ** 23 + quarters);
  const isOdd = instruction('i32x4.shr_s')(shiftLeft('$quarter', 31), '(i32.const 31)');
  return functionText(name, {
    parameters: ['$x'],
    steps: [
      ['$quarter', multiplyAdd('$x', splat(4), shift)],
      ['$x', multiplySub(sub('$quarter', shift), splat(0.25), '$x')],
      ['$square', mul('$x', '$x')],
      ['$sine', mul(polynomial('$square', sineCoefficients), '$x')],
      ['$cosine', polynomial('$square', cosineCoefficients)],
    ],
    results: [xor(select('$cosine', '$sine', isOdd), and(shiftLeft('$quarter', 30), splatBits(0x80000000)))],
  });
}

/** sin(2πx) for |x| below 2^20. */
export const sinTurns: VectorFunction = {
  name: 'sinTurns',
  calls: [],
  ulps: 1.6,
  text: (options) => turnText('sinTurns', 0, options),
};

/** cos(2πx) for |x| below 2^20. */
export const cosTurns: VectorFunction = {
  name: 'cosTurns',
  calls: [],
  ulps: 1.6,
  text: (options) => turnText('cosTurns', 1, options),
};
