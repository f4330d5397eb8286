/** Each function of one place: its value against known ones, its derivative against central differences. */
import { describe, expect, test } from 'vitest';
import { derivative } from '../../src/program/derivative.js';
import {
  call,
  type Expression,
  evaluate,
  expressionText,
  input,
  inputsOf,
  number,
  type ScalarFunction,
  scalarFunctions,
  substitute,
} from '../../src/program/index.js';

/** Places where the function is smooth. */
const places: Readonly<Record<ScalarFunction, readonly (readonly number[])[]>> = {
  add: [[0.3, -1.2]],
  sub: [[0.3, -1.2]],
  mul: [[0.3, -1.2]],
  div: [
    [0.3, -1.2],
    [2, 0.5],
  ],
  pow: [
    [0.3, 2],
    [1.7, -0.5],
  ],
  maximum: [
    [0.3, -1.2],
    [-0.3, 1.2],
  ],
  minimum: [
    [0.3, -1.2],
    [-0.3, 1.2],
  ],
  neg: [[0.7]],
  abs: [[0.7], [-0.7]],
  sign: [[0.7], [-0.7]],
  square: [[0.7], [-3]],
  sqrt: [[0.2], [9]],
  floor: [[0.7], [-0.7]],
  round: [[0.7], [-0.2]],
  exp: [[-3], [0.4]],
  expm1: [[-3], [0.4]],
  log: [[0.1], [5]],
  log1p: [[-0.5], [5]],
  tanh: [[-2], [0.3]],
  sigmoid: [[-4], [0.3]],
  erf: [[-2.5], [0.1], [0.9], [3.5]],
  equal: [[0.3, 0.4]],
  less: [[0.3, 0.4]],
  lessEqual: [[0.3, 0.4]],
  greater: [[0.3, 0.4]],
  greaterEqual: [[0.3, 0.4]],
  where: [
    [1, 0.3, 0.4],
    [0, 0.3, 0.4],
  ],
};

test.each(Object.entries(places))('the derivatives of %s', (name, lists) => {
  for (const args of lists) {
    const expression = call(name as ScalarFunction, ...args.map((_argument, index) => input(index)));
    for (const index of args.keys()) {
      // What chooses is no smooth number.
      if (name === 'where' && index === 0) continue;
      const at = (move: number) => evaluate(expression, args.with(index, args[index]! + move));
      const difference = (at(1e-6) - at(-1e-6)) / 2e-6;
      const result = input(args.length);
      const slope = evaluate(derivative(expression, index, result), [...args, evaluate(expression, args)]);
      expect(slope).toBeCloseTo(difference, 7);
    }
  }
});

test('the chain rule', () => {
  // x · exp(-x²), whose derivative is (1 - 2x²) · exp(-x²)
  const expression = call('mul', input(0), call('exp', call('neg', call('square', input(0)))));
  const slope = evaluate(derivative(expression, 0, input(1)), [0.4, evaluate(expression, [0.4])]);
  expect(slope).toBeCloseTo((1 - 2 * 0.16) * Math.exp(-0.16), 12);
});

describe('at corners tfjs has', () => {
  const slopesAt = (name: ScalarFunction, ...args: number[]) =>
    args.map((_argument, index) =>
      evaluate(derivative(call(name, ...args.map((_, place) => input(place))), index, input(args.length)), [
        ...args,
        scalarFunctions[name](...args),
      ]),
    );

  test.each([
    ['maximum', [2, 2], [1, 0]],
    ['minimum', [2, 2], [1, 0]],
    ['abs', [0], [-1]],
    ['sign', [0], [0]],
  ] as const)('%s at %j has the slopes %j', (name, args, slopes) => {
    expect(slopesAt(name, ...args)).toEqual(slopes);
  });
});

describe('values', () => {
  test.each([
    // Abramowitz and Stegun, table 7.1, and beyond it by mpmath
    [0.1, 0.1124629160182849],
    [0.5, 0.5204998778130465],
    [1, 0.8427007929497149],
    [2, 0.9953222650189527],
    [2.9, 0.9999589021219005],
    [3.1, 0.9999883513426328],
    [4, 0.9999999845827421],
    [7, 1],
  ])('erf(%d)', (x, wanted) => {
    expect(scalarFunctions.erf(x)).toBeCloseTo(wanted, 13);
    expect(scalarFunctions.erf(-x)).toBeCloseTo(-wanted, 13);
  });

  test('round takes the even number from the middle', () => {
    const found = [-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 2.6, -2.6].map((x) => scalarFunctions.round(x));
    expect(found.map((x) => x + 0)).toEqual([-2, -2, 0, 0, 2, 2, 3, -3]);
  });

  test('comparisons are 1 or 0', () => {
    expect(scalarFunctions.less(1, 2)).toBe(1);
    expect(scalarFunctions.lessEqual(2, 2)).toBe(1);
    expect(scalarFunctions.greater(2, 2)).toBe(0);
    expect(scalarFunctions.greaterEqual(2, 2)).toBe(1);
    expect(scalarFunctions.equal(2, 1)).toBe(0);
  });
});

describe('expressions', () => {
  const [x, y] = [input(0), input(1)];

  test.each<[Expression, string]>([
    [call('mul', x, number(1)), '$0'],
    [call('mul', number(1), x), '$0'],
    [call('div', x, number(1)), '$0'],
    [call('add', number(0), x), '$0'],
    [call('sub', x, number(0)), '$0'],
    [call('mul', x, number(0)), '0'],
    [call('add', number(2), number(0.5)), '2.5'],
    // A float cannot hold a tenth: the sum is left to the program.
    [call('add', number(0.1), number(0.2)), 'add(0.1,0.2)'],
    [call('div', number(1), number(0)), 'div(1,0)'],
    [call('sub', number(0), x), 'sub(0,$0)'],
  ])('%# is written %s', (expression, text) => {
    expect(expressionText(expression)).toBe(text);
  });

  test('know their inputs, and take others for them', () => {
    const expression = call('add', call('exp', y), call('mul', y, x));
    expect(inputsOf(expression)).toEqual([0, 1]);
    const replaced = substitute(expression, (index) => (index === 1 ? number(0) : x));
    expect(expressionText(replaced)).toBe('1');
  });
});
