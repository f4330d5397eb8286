import { describe, expect, it } from 'vitest';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import { functionTexts, vectorFunctions } from '../../../src/compiler/wasm/vector-functions.js';
import { arrayFunction } from './vector-module.js';

type Words = readonly [number, number];

/** Draws one pair of words: every lane has the same counter. */
async function threefryWords(): Promise<(key: Words, counter: Words) => Words> {
  const bytes = await assembleWat(`(module (memory (export "memory") 1)
    ${functionTexts(['threefry'], { relaxed: false })}
    (func (export "run") (param $key0 i32) (param $key1 i32) (param $counter0 i32) (param $counter1 i32)
      (local $word0 v128) (local $word1 v128)
      (call $threefry (local.get $key0) (local.get $key1)
        (i32x4.splat (local.get $counter0)) (i32x4.splat (local.get $counter1)))
      (local.set $word1)
      (local.set $word0)
      (v128.store (i32.const 0) (local.get $word0))
      (v128.store (i32.const 16) (local.get $word1))))`);
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes));
  return (key, counter) => {
    (exports.run as (...words: readonly number[]) => void)(...key, ...counter);
    const found = new Uint32Array((exports.memory as WebAssembly.Memory).buffer);
    return [found[0]!, found[4]!];
  };
}

describe('threefry', async () => {
  const draw = await threefryWords();

  // `threefry2x32 20` of Random123's kat_vectors.
  it.each([
    { counter: [0, 0], key: [0, 0], words: [0x6b200159, 0x99ba4efe] },
    { counter: [0xffffffff, 0xffffffff], key: [0xffffffff, 0xffffffff], words: [0x1cb996fc, 0xbb002be7] },
    { counter: [0x243f6a88, 0x85a308d3], key: [0x13198a2e, 0x03707344], words: [0xc4923a9c, 0x483df7a0] },
  ] as const)('gives the known answer for the key $key', ({ counter, key, words }) => {
    expect(draw(key, counter)).toEqual(words);
  });

  it('gives uniform and normal numbers their words', async () => {
    const key = [42, -7] as const;
    const counters = Int32Array.from({ length: 2 ** 12 }, (_, index) => index * 65_537);
    const others = counters.map((_, index) => index % 5);
    const operands = [counters, others].map(({ buffer }) => new Float32Array(buffer));
    const drawn = async (name: 'uniform' | 'normal') =>
      (await arrayFunction(name, { relaxed: false }, 2, key))(...operands);
    const [uniforms, normals] = [await drawn('uniform'), await drawn('normal')];
    for (const [index, counter] of counters.entries()) {
      const words = draw(key, [counter, others[index]!]);
      const [u, v] = words.map((word) => (word >>> 8) * 2 ** -24) as [number, number];
      const exact = Math.sqrt(-2 * Math.log(u + 2 ** -24)) * Math.cos(2 * Math.PI * v);
      const error = Math.abs(normals[index]! / exact - 1);
      if (uniforms[index] !== u || error > vectorFunctions.normal.ulps * 2 ** -24)
        expect.fail(`at ${counter}`);
    }
  });
});

const count = 2 ** 16;
const counting = new Float32Array(Int32Array.from({ length: count }, (_, index) => index).buffer);
const zeros = new Float32Array(count);
const mean = (numbers: Float32Array, of: (x: number) => number) =>
  numbers.reduce((sum, x) => sum + of(x), 0) / count;

it('uniform numbers lie evenly in [0, 1)', async () => {
  const numbers = (await arrayFunction('uniform', { relaxed: false }, 2, [1, 2]))(counting, zeros);
  expect(numbers.every((x) => x >= 0 && x < 1 && Number.isInteger(x * 2 ** 24))).toBe(true);
  // Five standard deviations of a mean of so many.
  const near = (variance: number) => 5 * Math.sqrt(variance / count);
  expect(Math.abs(mean(numbers, (x) => x) - 1 / 2)).toBeLessThan(near(1 / 12));
  expect(Math.abs(mean(numbers, (x) => x * x) - 1 / 3)).toBeLessThan(near(4 / 45));
  for (let tenth = 0; tenth < 10; tenth += 1) {
    const share = mean(numbers, (x) => (Math.floor(x * 10) === tenth ? 1 : 0));
    expect(Math.abs(share - 1 / 10)).toBeLessThan(near(0.09));
  }
});

it.each([{ relaxed: false }, { relaxed: true }])(
  'normal numbers have the moments of theirs, relaxed: $relaxed',
  async (options) => {
    const numbers = (await arrayFunction('normal', options, 2, [1, 2]))(counting, zeros);
    // E x^2n is 1 · 3 · 5 · … · (2n - 1).
    const moments = [1, 0, 1, 0, 3, 0, 15, 0, 105];
    for (const power of [1, 2, 3, 4]) {
      const deviation = Math.sqrt((moments[2 * power]! - moments[power]! ** 2) / count);
      expect(Math.abs(mean(numbers, (x) => x ** power) - moments[power]!)).toBeLessThan(5 * deviation);
    }
    // The part within one and two standard deviations.
    for (const [within, share] of [
      [1, 0.6826895],
      [2, 0.9544997],
    ] as const) {
      const found = mean(numbers, (x) => (Math.abs(x) < within ? 1 : 0));
      expect(Math.abs(found - share)).toBeLessThan(5 * Math.sqrt((share * (1 - share)) / count));
    }
  },
);

it('other keys and counters give other numbers', async () => {
  const draw = async (key: Words, second: Float32Array) =>
    (await arrayFunction('uniform', { relaxed: false }, 2, key))(counting.subarray(0, 1024), second);
  const ones = new Float32Array(new Int32Array(1024).fill(1).buffer);
  const streams = [
    await draw([1, 2], zeros.subarray(0, 1024)),
    await draw([2, 1], zeros.subarray(0, 1024)),
    await draw([1, 2], ones),
  ];
  expect(new Set(streams.flatMap((stream) => [...stream])).size).toBeGreaterThan(3 * 1024 - 5);
});
