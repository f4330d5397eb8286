import { expect, test } from 'vitest';
import { foldShared } from '../../../src/compiler/onnx/fold-shared.js';
import { programBuilder, sizeOf, type Value } from '../../../src/program/index.js';
import { interpret } from '../../program/interpret.js';
import { draw } from '../program/numbers.js';

const p = programBuilder();
const one = p.source('one', [2, 3, 4], false);
const other = p.source('other', [4], false);
const numbers = new Map([
  ['one', draw(1, 24, 0.1, 1)],
  ['other', draw(2, 4, 0.1, 1)],
]);
const turned = p.transpose(one, [2, 0, 1]);

test.each<[string, Value]>([
  ['a weight as it is', one],
  ['a constant', p.constant([1, 2, 3, 4], [2, 2])],
  ['formulas', p.div(p.sub(one, other), p.sqrt(p.add(other, 0.001)))],
  ['a formula of three', p.where(p.greater(one, 0.5), other, -1)],
  ['another order', turned],
  ['another shape of another order', p.reshape(turned, [6, 4])],
  ['a part of another order', p.slice(turned, [1, 0, 2], [2, 2, 1], [2, 1, 1])],
  ['margins and gaps', p.pad(other, [1], [9], [2])],
  ['one behind the other', p.concat([turned, p.broadcast(p.reshape(other, [4, 1, 1]), [4, 2, 1])], 2)],
  ['sums', p.sum(one, [0, 2])],
  ['sums of formulas', p.mean(p.mul(one, other), [1])],
  ['largest entries', p.max(turned, [1], true)],
  ['the smallest entry', p.min(one, [0, 1, 2])],
  ['what has no gradient', p.stopGradient(other)],
])('%s', (_, value) => {
  const [expected] = interpret([value], { lanes: 1, source: (name) => numbers.get(name)! });
  const folded = foldShared(value, (name) => numbers.get(name)!);
  expect(folded).toHaveLength(sizeOf(value.shape));
  // Rounded once, at the end.
  expect(folded).toEqual(Float32Array.from(expected!));
});

test('weights stay as they are', () => {
  const folded = foldShared(one, (name) => numbers.get(name)!);
  expect(folded.buffer).not.toBe(numbers.get('one')!.buffer);
});
