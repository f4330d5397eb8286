/** Powers, as 2^(y log2 |x|) in double precision, so that the only error to speak of is the last rounding. */
import {
  abs,
  and,
  functionText,
  instruction,
  less,
  mul,
  or,
  select,
  splat,
  splatBits,
  splatDouble,
  splatLongBits,
  type VectorFunction,
  xor,
} from './vector-function.js';

const addDoubles = instruction('f64x2.add');
const subDoubles = instruction('f64x2.sub');
const mulDoubles = instruction('f64x2.mul');
const divDoubles = instruction('f64x2.div');
const subLongs = instruction('i64x2.sub');
const equal = instruction('f32x4.eq');
const notEqual = instruction('f32x4.ne');
const andNot = instruction('v128.andnot');
const floor = instruction('f32x4.floor');

const polynomial = (x: string, coefficients: readonly number[]) =>
  coefficients.map(splatDouble).reduceRight((inner, term) => addDoubles(mulDoubles(inner, x), term));

/** log2(1 + f) / s by s² with s = f / (2 + f): the series of 2 atanh(s) / ln 2. What is left out is 2^-39 of it. */
const logCoefficients = Array.from({ length: 7 }, (_, index) => 2 / Math.LN2 / (2 * index + 1));

/** 2^r for |r| at most a half: its series. What is left out is 2^-32 of it. */
const powerCoefficients = [1];
for (let index = 1; index < 9; index += 1) {
  powerCoefficients.push((powerCoefficients.at(-1)! * Math.LN2) / index);
}

/** The exponent of the number one, as it is written in a double. */
const exponentBias = 1023;

/** Two lanes: `$x` is a single without its sign, `$y` a single, both as doubles. */
const halfText = functionText('pow:half', {
  parameters: ['$x', '$y'],
  steps: [
    // x = 2^k (1 + f) with 1 + f in [√½, √2).
    ['$power', and(subLongs('$x', splatLongBits(0x3fe6a09e667f3bcdn)), splatLongBits(0xfffn << 52n))],
    ['$f', subDoubles(subLongs('$x', '$power'), splatDouble(1))],
    ['$s', divDoubles('$f', addDoubles('$f', splatDouble(2)))],
    // A whole number in the bits of 2^52 is that number and 2^52.
    ['$power', instruction('i64x2.add')('$power', splatDouble(1))],
    ['$power', or('(i64x2.shr_u (local.get $power) (i32.const 52))', splatLongBits(0x433n << 52n))],
    ['$log', mulDoubles('$s', polynomial(mulDoubles('$s', '$s'), logCoefficients))],
    ['$log', addDoubles('$log', subDoubles('$power', splatDouble(2 ** 52 + exponentBias)))],
    // Of a single, only the logarithm of zero or infinity is so large; they were taken for other numbers.
    [
      '$log',
      select(
        '$log',
        mulDoubles('$log', splatDouble(Number.POSITIVE_INFINITY)),
        instruction('f64x2.lt')(instruction('f64x2.abs')('$log'), splatDouble(1000)),
      ),
    ],
    ['$log', mulDoubles('$log', '$y')],
    ['$log', instruction('f64x2.pmin')('$log', splatDouble(1000))],
    ['$log', instruction('f64x2.pmax')('$log', splatDouble(-1000))],
    ['$power', addDoubles('$log', splatDouble(1.5 * 2 ** 52 + exponentBias))],
    ['$r', subDoubles('$log', subDoubles('$power', splatDouble(1.5 * 2 ** 52 + exponentBias)))],
  ],
  results: [mulDoubles(polynomial('$r', powerCoefficients), '(i64x2.shl (local.get $power) (i32.const 52))')],
});

/** The lower (or the upper) two lanes of `$x` or `$y`, as doubles. */
const lower = (local: string) => `(f64x2.promote_low_f32x4 (local.get ${local}))`;
const upper = (local: string) =>
  `(f64x2.promote_low_f32x4 (i8x16.shuffle 8 9 10 11 12 13 14 15 8 9 10 11 12 13 14 15 (local.get ${local}) (local.get ${local})))`;

const half = (lanes: typeof lower) =>
  `(f32x4.demote_f64x2_zero (call $pow:half ${lanes('$size')} ${lanes('$y')}))`;

/**
 * x^y as the C library has it: x^0 and 1^y are 1 whatever the other is; a negative number has powers to whole
 * numbers alone.
 */
export const pow: VectorFunction = {
  name: 'pow',
  calls: [],
  ulps: 0.52,
  text() {
    const evenPart = mul(floor(mul('$y', splat(0.5))), splat(2));
    const text = functionText('pow', {
      parameters: ['$x', '$y'],
      steps: [
        ['$size', abs('$x')],
        ['$power', `(i8x16.shuffle 0 1 2 3 4 5 6 7 16 17 18 19 20 21 22 23 ${half(lower)} ${half(upper)})`],
        ['$whole', equal(floor('$y'), '$y')],
        ['$odd', and('$whole', notEqual(evenPart, '$y'))],
        ['$power', xor('$power', and(and('$odd', '$x'), splatBits(0x80000000)))],
        // All bits set are not a number.
        ['$finite', less(splat(Number.NEGATIVE_INFINITY), '$x')],
        ['$none', andNot(and(less('$x', splat(0)), '$finite'), '$whole')],
        ['$power', or(or('$power', '$none'), notEqual('$x', '$x'))],
        ['$one', or(equal('$y', splat(0)), equal('$x', splat(1)))],
        ['$endless', equal(abs('$y'), splat(Number.POSITIVE_INFINITY))],
        ['$one', or('$one', and('$endless', equal('$size', splat(1))))],
      ],
      results: [select(splat(1), '$power', '$one')],
    });
    return `${halfText}\n${text}`;
  },
};
