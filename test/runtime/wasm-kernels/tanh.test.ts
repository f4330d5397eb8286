/** Our tanh against the one of JavaScript. */
import { expect, it } from 'vitest';
import { fc } from '../../property.js';
import { runKernel, useWasm } from './both-backends.js';

useWasm();

const tanh = (values: Float32Array) =>
  runKernel('wasm', 'Tanh', { x: { shape: [values.length], values } }, {}).values;

function expectTanh(values: Float32Array): void {
  const found = tanh(values);
  const wrong = values.filter((value, index) => {
    const expected = Math.tanh(value);
    return !(Math.abs(found[index]! - expected) <= 4e-7 * Math.abs(expected));
  });
  expect([...wrong]).toEqual([]);
}

it('is right to seven digits, for values of every size', () => {
  fc.assert(
    fc.property(fc.float({ min: -20, max: 20, noNaN: true }), (value) =>
      expectTanh(new Float32Array([value, value / 1e3, value / 1e6, value])),
    ),
    { numRuns: 500 },
  );
  expectTanh(Float32Array.from({ length: 20001 }, (_, index) => (index - 1e4) / 1000));
});

it('is right at the ends', () => {
  const { NaN: none, POSITIVE_INFINITY: infinity } = Number;
  expect([...tanh(new Float32Array([0, -0, infinity, -infinity, none, 100, -100, 1e-40]))]).toEqual([
    0,
    -0,
    1,
    -1,
    none,
    1,
    -1,
    Math.fround(1e-40),
  ]);
});
