/** Making values: equal ones are one, what computes nothing is left out, and what does not fit is told. */
import { describe, expect, test } from 'vitest';
import { call, input, number, programBuilder, valuesBefore, type Window } from '../../src/program/index.js';
import { interpret } from './interpret.js';

const window: Window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], before: [0, 0] };

describe('equal values are one', () => {
  const p = programBuilder();
  const x = p.source('x', [2, 3], true);
  const y = p.source('y', [2, 3], true);

  test('operations on the same inputs', () => {
    expect(p.source('x', [2, 3], true)).toBe(x);
    expect(p.add(x, y)).toBe(p.add(x, y));
    expect(p.add(x, y)).not.toBe(p.add(y, x));
    expect(p.sum(p.exp(x), [0])).toBe(p.sum(p.exp(x), [0]));
    expect(p.sum(x, [0])).not.toBe(p.sum(x, [1]));
    expect(p.map(call('add', input(0), input(1)), [x, y])).toBe(p.add(x, y));
    expect(p.constant([1, 2], [2])).toBe(p.constant([1, 2], [2]));
    expect(p.constant([1, 2], [2])).not.toBe(p.constant([1, 2], [1, 2]));
  });

  test('but not numbers that only look alike', () => {
    const made = [0, -0, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY].map((value) =>
      p.constant([value], []),
    );
    expect(new Set(made).size).toBe(5);
    expect(p.mul(x, 0.1)).not.toBe(p.mul(x, 0.1 + Number.EPSILON));
  });

  test('nor numbers of other streams and seeds', () => {
    expect(p.random('uniform', [2], 0)).toBe(p.random('uniform', [2], 0));
    const made = [
      p.random('uniform', [2], 0),
      p.random('normal', [2], 0),
      p.random('uniform', [2], 1),
      p.random('uniform', [2], 0, { seed: 1 }),
      p.random('uniform', [2], 0, { batched: false }),
    ];
    expect(new Set(made).size).toBe(5);
  });
});

describe('what computes nothing is left out', () => {
  const p = programBuilder();
  const x = p.source('x', [2, 3], true);

  test('arithmetic with one and zero', () => {
    expect(p.mul(x, 1)).toBe(x);
    expect(p.add(0, x)).toBe(x);
    expect(p.sub(x, 0)).toBe(x);
    expect(p.div(x, 1)).toBe(x);
  });

  test('views of the whole', () => {
    expect(p.reshape(x, [2, 3])).toBe(x);
    expect(p.reshape(p.reshape(x, [6]), [2, 3])).toBe(x);
    expect(p.reshape(p.reshape(x, [6]), [3, 2]).inputs).toEqual([x]);
    expect(p.transpose(x, [0, 1])).toBe(x);
    expect(p.slice(x, [0, 0], [2, 3])).toBe(x);
    expect(p.pad(x, [0, 0], [2, 3])).toBe(x);
    expect(p.concat([x], 0)).toBe(x);
    expect(p.broadcast(x, [2, 3])).toBe(x);
    expect(p.sum(x, [])).toBe(x);
  });

  test('inputs that a formula does not use, and the second of two equal ones', () => {
    const y = p.source('y', [2, 3], true);
    const product = call('mul', input(1), input(2));
    expect(p.map(product, [x, y, y]).inputs).toEqual([y]);
    expect(p.map(input(1), [x, y])).toBe(y);
  });

  test('but a formula without inputs still has a shape', () => {
    const ones = p.map(number(1), [x]);
    expect(ones.shape).toEqual([2, 3]);
    expect([...interpret([ones], { lanes: 1, source: () => Array(6).fill(0) })[0]!]).toEqual(
      Array(6).fill(1),
    );
  });

  test('a sum of sums is one sum', () => {
    const sums = p.sum(p.sum(x, [1]), [0]);
    expect(sums).toBe(p.sum(x, [0, 1]));
    expect(p.sum(p.max(x, [1]), [0])).not.toBe(sums);
  });
});

describe('operands are broadcast as in tfjs', () => {
  const p = programBuilder();
  const source = () => [1, 2, 3, 4, 5, 6];

  test('from the last axis on', () => {
    const x = p.source('x', [2, 3], true);
    const row = p.constant([10, 20, 30], [3]);
    const column = p.constant([100, 200], [2, 1]);
    const [sum] = interpret([p.add(p.add(row, column), x)], { lanes: 1, source });
    expect([...sum!]).toEqual([111, 122, 133, 214, 225, 236]);
  });

  test('and numbers stand at every place', () => {
    const [found] = interpret([p.sub(1, p.source('row', [6], true))], { lanes: 1, source });
    expect([...found!]).toEqual([0, -1, -2, -3, -4, -5]);
  });

  test('unless their shapes do not go together', () => {
    expect(() => p.add(p.source('a', [2], true), p.source('b', [3], true))).toThrow(
      'shapes do not go together: [2] [3]',
    );
  });
});

describe('what does not fit is told', () => {
  const p = programBuilder();
  const image = p.source('image', [4, 4, 2], true);
  const kernel = p.source('kernel', [1, 1, 3, 5], false);
  const row = p.source('row', [4], true);

  test.each([
    ['two sources of one name', () => p.source('row', [5], true), "'row' is a source of [4] already"],
    [
      'formulas over several shapes',
      () => p.map(call('add', input(0), input(1)), [image, row]),
      'shapes differ',
    ],
    ['formulas over nothing', () => p.add(1, 2), 'needs an input'],
    ['an axis that is not there', () => p.sum(row, [1]), 'axes 1'],
    ['a batch that is not there', () => p.batchSum(kernel), 'no batch to reduce over'],
    ['a reshape to another size', () => p.reshape(row, [5]), 'reshape of batched [4]: to [5]'],
    ['a permutation with an axis twice', () => p.transpose(image, [0, 0, 1]), 'by 0,0,1'],
    ['a slice beyond the end', () => p.slice(row, [2], [3]), '3 from 2'],
    ['a slice by steps beyond the end', () => p.slice(row, [0], [3], [2]), '3 from 0 by 2'],
    ['a pad that is too small', () => p.pad(row, [0], [3]), 'to 3 from 0'],
    ['a concat of several ranks', () => p.concat([row, image], 0), 'along axis 0'],
    ['a broadcast of an axis that is no one', () => p.broadcast(row, [8]), 'to [8]'],
    ['a broadcast that drops the batch', () => p.broadcast(row, [4], false), 'to [4]'],
    ['a kernel of other channels', () => p.convolve(image, kernel, window, [4, 4]), 'needs [H, W, C]'],
    ['a kernel for each example', () => p.convolve(image, image, window, [4, 4]), 'needs [H, W, C]'],
    ['a row for an image', () => p.maxPool(row, window, [1, 1]), 'maxPool of batched [4]: needs [H, W, C]'],
    [
      'filters that do not divide',
      () => p.depthwiseKernel(image, p.source('y', [4, 4, 3], true), window),
      'C · M',
    ],
  ])('%s', (_what, make, message) => {
    expect(make).toThrow(message);
  });
});

test('values come after what they are made of', () => {
  const p = programBuilder();
  const [x, y] = [p.source('x', [2], true), p.source('y', [2], true)];
  const product = p.mul(x, y);
  const sum = p.add(product, x);
  expect(valuesBefore([sum, product])).toEqual([x, y, product, sum]);
});
