/** The error function: near zero x and a polynomial, elsewhere 1 - 2^-p(|x|) with a polynomial p. */
import {
  abs,
  add,
  and,
  arithmetic,
  atMost,
  functionText,
  less,
  mul,
  or,
  select,
  shiftLeft,
  splat,
  splatBits,
  sub,
  type VectorFunction,
} from './vector-function.js';

const border = 0.9;

// Minimax polynomials found by the Remez exchange, rounded to single precision one coefficient after the other.

/** erf(x) / x - 1 for |x| below the border, by x²; the relative error of erf is at most 2e-8. */
const smallCoefficients = [0.12837915, -0.37612507, 0.11281975, -0.026773358, 0.0050040134, -0.00060488447];

/** -log2(1 - erf(x)) / x from the border to 3.93, by x; the error of erf is at most 3.1e-9. */
const largeCoefficients = [1.6281053, 0.91713756, 0.15187307, -0.03303054, 0.004640298, -0.00030894854];

/** 2^-r for |r| at most a half; the relative error is at most 1e-7, of what is at most a fifth of the result. */
const powerCoefficients = [1, -0.69314699, 0.24022222, -0.05550648, 0.0096728355, -0.0013305552];

export const erf: VectorFunction = {
  name: 'erf',
  calls: [],
  ulps: 1.5,
  text(options) {
    const { multiplyAdd, polynomial } = arithmetic(options);
    // Its lowest bits are those of a whole number, with the bias of an exponent.
    const shift = splat(1.5 * 2 ** 23 + 127);
    return functionText('erf', {
      parameters: ['$x'],
      steps: [
        ['$small', multiplyAdd(polynomial(mul('$x', '$x'), smallCoefficients), '$x', '$x')],
        ['$size', abs('$x')],
        ['$p', atMost('$size', 4)],
        ['$p', mul(polynomial('$p', largeCoefficients), '$p')],
        ['$power', sub(shift, '$p')],
        ['$r', add(sub('$power', shift), '$p')],
        ['$large', sub(splat(1), mul(polynomial('$r', powerCoefficients), shiftLeft('$power', 23)))],
        ['$large', or('$large', and('$x', splatBits(0x80000000)))],
      ],
      results: [select('$small', '$large', less('$size', splat(border)))],
    });
  },
};
