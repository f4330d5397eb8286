/**
 * e^x and what is made of it. All begin alike: x = k ln 2 + r with a whole k, so that e^x = 2^k e^r, and e^r - 1 is a
 * polynomial of r in [-ln 2 / 2, ln 2 / 2].
 */
import {
  abs,
  add,
  and,
  arithmetic,
  atLeast,
  atMost,
  div,
  functionText,
  instruction,
  less,
  mul,
  or,
  type Step,
  select,
  shiftLeft,
  splat,
  splatBits,
  sub,
  subInts,
  type VectorFunction,
  type VectorFunctionOptions,
} from './vector-function.js';

/** ln 2 in two parts: the first has 15 bits, so that its product with k is exact. */
export const ln2 = [0.693145751953125, 1.4286068e-6] as const;

/**
 * (e^r - 1 - r) / r² by the minimax polynomial that makes the relative error of e^r - 1 least (1.5e-8): found by the
 * Remez exchange, rounded to single precision one coefficient after the other.
 */
const coefficients = [0.49999997, 0.16666539, 0.04166775, 0.008367088, 0.0013837861];

/** The exponent of the number one, as it is written in a single. */
const exponentBias = 127;

/**
 * Sets `$power`, whose lowest bits are k + bias, `$r`, and `$grown` = e^r - 1. Added to 1.5 · 2^23 a number is rounded
 * to a whole one, which is then what the lowest bits of the sum are. With `greatest`, k stays there, and r grows.
 */
function split(x: string, bias: number, options: VectorFunctionOptions, greatest?: number): readonly Step[] {
  const { multiplyAdd, multiplySub, polynomial } = arithmetic(options);
  const shift = 1.5 * 2 ** 23 + bias;
  const power = multiplyAdd(x, splat(Math.LOG2E), splat(shift));
  return [
    ['$power', greatest === undefined ? power : atMost(power, shift + greatest)],
    ['$k', sub('$power', splat(shift))],
    ['$r', multiplySub('$k', splat(ln2[0]), x)],
    ['$r', multiplySub('$k', splat(ln2[1]), '$r')],
    ['$grown', multiplyAdd(mul('$r', '$r'), polynomial('$r', coefficients), '$r')],
  ];
}

/** 2^k, where the bias was that of a single. */
const powerOfTwo = shiftLeft('$power', 23);
const signBit = splatBits(0x80000000);

/** e^x, down to the least denormal number. */
export const exp: VectorFunction = {
  name: 'exp',
  calls: [],
  ulps: 1.1,
  text: (options) =>
    functionText('exp', {
      parameters: ['$x'],
      steps: [
        // Beyond these bounds lie infinity and zero.
        ['$x', atLeast(atMost('$x', 89), -104)],
        ...split('$x', 2 * exponentBias, options),
        // As k goes from -150 to 128, 2^k is a product of two powers, of k/2 rounded down and of the rest. A bias
        // that is twice that of an exponent gives both theirs.
        ['$half', instruction('i32x4.shr_s')('$power', '(i32.const 1)')],
        ['$grown', mul(add('$grown', splat(1)), shiftLeft('$half', 23))],
      ],
      results: [mul('$grown', shiftLeft(subInts('$power', '$half'), 23))],
    }),
};

/** e^x - 1, with all its places where x is small. */
export const expm1: VectorFunction = {
  name: 'expm1',
  calls: [],
  ulps: 1.7,
  text: (options) =>
    functionText('expm1', {
      parameters: ['$x'],
      steps: [
        ['$sign', and('$x', signBit)],
        ['$x', atLeast(atMost('$x', 89), -20)],
        // Half of the result at first, since k may be 128.
        ...split('$x', exponentBias - 1, options),
        ['$power', powerOfTwo],
        ['$half', sub(mul('$grown', '$power'), sub(splat(0.5), '$power'))],
      ],
      results: [or('$sign', add('$half', '$half'))],
    }),
};

/**
 * 1 / (1 + e^-x). Where e^-x is no float any more, for x below -88.7228, it is zero in place of a denormal number less
 * than 2^-128.
 */
export const sigmoid: VectorFunction = {
  name: 'sigmoid',
  calls: [],
  ulps: 2,
  text: (options) =>
    functionText('sigmoid', {
      parameters: ['$x'],
      steps: [
        ['$x', atLeast(instruction('f32x4.neg')('$x'), -30)],
        // Half of 1 + e^-x at first: doubled, it becomes infinite where it should.
        ...split('$x', exponentBias - 1, options, 128),
        ['$power', powerOfTwo],
        // The largest term comes last, so that the sum is rounded once to speak of.
        ['$half', add(arithmetic(options).multiplyAdd('$grown', '$power', splat(0.5)), '$power')],
      ],
      results: [div(splat(1), add('$half', '$half'))],
    }),
};

/** (tanh x / x - 1) / x² for |x| < 0.28, by x²; made as the coefficients above, relative error 7e-9. */
const tanhCoefficients = [-0.33333153, 0.13319217, -0.050814364];

/** (e^2x - 1) / (e^2x + 1); near zero, where that cancels, x and a polynomial. */
export const tanh: VectorFunction = {
  name: 'tanh',
  calls: [],
  ulps: 1.5,
  text(options) {
    const { multiplyAdd, polynomial } = arithmetic(options);
    return functionText('tanh', {
      parameters: ['$x'],
      steps: [
        ['$square', mul('$x', '$x')],
        ['$small', multiplyAdd(mul('$square', '$x'), polynomial('$square', tanhCoefficients), '$x')],
        ['$size', abs('$x')],
        ['$twice', atMost(add('$size', '$size'), 20)],
        ...split('$twice', exponentBias, options),
        ['$power', powerOfTwo],
        // e^2|x| - 1
        ['$grown', sub(mul('$grown', '$power'), sub(splat(1), '$power'))],
        ['$size', select('$small', div('$grown', add('$grown', splat(2))), less('$size', splat(0.28)))],
      ],
      results: [select('$x', '$size', signBit)],
    });
  },
};
