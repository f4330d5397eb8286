/** The interpreter itself, on numbers that can be checked by hand. */
import { expect, test } from 'vitest';
import { call, input, number, programBuilder, type Value, type Window } from '../../src/program/index.js';
import { interpret } from './interpret.js';

const p = programBuilder();
const plain: Window = { size: [2, 2], strides: [1, 1], dilations: [1, 1], before: [0, 0] };

const run = (results: readonly Value[], sources: Readonly<Record<string, readonly number[]>>, lanes = 2) =>
  interpret(results, { lanes, source: (name) => sources[name]! }).map((numbers) => [...numbers]);

test('maps, reductions and views', () => {
  const x = p.source('x', [2, 3], true);
  const bias = p.source('bias', [3], false);
  const sources = { x: [1, 2, 3, 4, 5, 6, -1, -2, -3, -4, -5, -6], bias: [10, 20, 30] };
  expect(
    run(
      [
        p.add(x, bias),
        p.sum(x, [1]),
        p.max(x, [0]),
        p.batchSum(x),
        p.transpose(x, [1, 0]),
        p.slice(x, [0, 0], [2, 2], [1, 2]),
        p.pad(p.slice(x, [1, 1], [1, 1]), [0, 1], [1, 3]),
        p.concat([p.slice(x, [0, 0], [1, 3]), p.reshape(bias, [1, 3])], 0),
      ],
      sources,
    ),
  ).toEqual([
    [11, 22, 33, 14, 25, 36, 9, 18, 27, 6, 15, 24],
    [6, 15, -6, -15],
    [4, 5, 6, -1, -2, -3],
    [0, 0, 0, 0, 0, 0],
    [1, 4, 2, 5, 3, 6, -1, -4, -2, -5, -3, -6],
    [1, 3, 4, 6, -1, -3, -4, -6],
    [0, 5, 0, 0, -5, 0],
    [1, 2, 3, 10, 20, 30, -1, -2, -3, 10, 20, 30],
  ]);
});

test('convolutions and pools', () => {
  const x = p.source('image', [3, 3, 1], true);
  const kernel = p.source('kernel', [2, 2, 1, 1], false);
  const y = p.convolve(x, kernel, plain, [2, 2]);
  const same: Window = { ...plain, strides: [2, 2] };
  const results = [
    y,
    p.map(call('add', input(0), number(1)), [y]),
    p.convolveInput(y, kernel, plain, [3, 3]),
    p.convolveKernel(x, y, plain),
    p.maxPool(x, same, [2, 2]),
    p.averagePool(x, same, [2, 2]),
    p.maxPoolInput(x, p.maxPool(x, same, [2, 2]), same),
    p.averagePoolInput(p.averagePool(x, same, [2, 2]), same, [3, 3]),
  ];
  expect(run(results, { image: [1, 2, 3, 4, 5, 6, 7, 8, 9], kernel: [1, 0, 0, 2] }, 1)).toEqual([
    [11, 14, 20, 23],
    [12, 15, 21, 24],
    [11, 14, 0, 20, 45, 28, 0, 40, 46],
    [11 + 28 + 80 + 115, 22 + 42 + 100 + 138, 44 + 70 + 140 + 184, 55 + 84 + 160 + 207],
    [5, 6, 8, 9],
    [3, 4.5, 7.5, 9],
    [0, 0, 0, 0, 5, 6, 0, 8, 9],
    [0.75, 0.75, 2.25, 0.75, 0.75, 2.25, 3.75, 3.75, 9],
  ]);
});
