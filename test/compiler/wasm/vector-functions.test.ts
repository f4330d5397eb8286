/** Against double precision, in units in the last place, over floats of all exponents and both signs. */
import { describe, expect, it } from 'vitest';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import {
  functionTexts,
  type VectorFunctionName,
  vectorFunctions,
} from '../../../src/compiler/wasm/vector-functions.js';
import { arrayFunction } from './vector-module.js';

const specials = new Float32Array(
  new Uint32Array([
    0, 0x80000000, 1, 0x80000001, 3, 0x80000003, 0x7fffff, 0x807fffff, 0x800000, 0x80800000, 0x3f800000,
    0xbf800000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fa00001,
    0x40000000,
  ]).buffer,
);

/** The special floats, and others in equal steps of their bits. */
function floats(count: number): Float32Array<ArrayBuffer> {
  const bits = Uint32Array.from({ length: count }, (_, index) => (index / count) * 2 ** 32);
  const values = new Float32Array(bits.buffer);
  values.set(specials);
  return values;
}

const double = new Float64Array(1);
const words = new Uint32Array(double.buffer);

/** The distance of neighbouring floats where the number lies. */
function lastPlace(number: number): number {
  double[0] = number;
  const exponent = ((words[1]! >>> 20) & 0x7ff) - 1023;
  return 2 ** (Math.max(exponent, -126) - 23);
}

/** In units in the last place; infinite where a zero has the wrong sign, or one of two is not a number. */
function errorOf(found: number, exact: number): number {
  if (Object.is(found, Math.fround(exact)) && !Number.isFinite(found)) return 0;
  if (exact === 0) return Object.is(found, exact) ? 0 : Number.POSITIVE_INFINITY;
  // An infinite float stands for the power of two that has none.
  const finite = (number: number) => Math.max(-(2 ** 128), Math.min(2 ** 128, number));
  const error = Math.abs(finite(found) - finite(exact)) / lastPlace(finite(exact));
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

function expectWithin(
  limit: number,
  found: Float32Array,
  exact: (index: number) => number,
  inputs: Float32Array,
) {
  let [worst, at] = [0, 0];
  for (let index = 0; index < found.length; index += 1) {
    const error = errorOf(found[index]!, exact(index));
    if (error > worst) [worst, at] = [error, index];
  }
  expect(worst, `f(${inputs[at]}) = ${found[at]}, and not ${exact(at)}`).toBeLessThanOrEqual(limit);
}

/** erf x = 2/√π e^-x² Σ 2^n x^(2n+1) / (2n+1)!!, whose terms are all of one sign. */
function erf(x: number): number {
  if (Number.isNaN(x)) return x;
  if (Math.abs(x) > 5) return Math.sign(x);
  let [term, sum] = [x, x];
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17; n += 1) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** sin(2πx), where to take whole quarters from x rounds nothing. */
function sinTurns(x: number, quarters = 0): number {
  const whole = Math.round(4 * x);
  const rest = 2 * Math.PI * (whole === 0 ? x : x - whole / 4);
  const quarter = (((whole + quarters) % 4) + 4) % 4;
  const value = quarter % 2 === 0 ? Math.sin(rest) : Math.cos(rest);
  return quarter < 2 ? value : -value;
}

/** Without a domain, all floats. */
interface Case {
  readonly exact: (x: number) => number;
  readonly domain?: number;
}

const cases: Partial<Readonly<Record<VectorFunctionName, Case>>> = {
  exp: { exact: Math.exp },
  expm1: { exact: Math.expm1 },
  // Zero where e^-x overflows.
  sigmoid: { exact: (x) => (x < -88.72284 ? 0 : 1 / (1 + Math.exp(-x))) },
  tanh: { exact: Math.tanh },
  log: { exact: Math.log },
  log1p: { exact: Math.log1p },
  erf: { exact: erf },
  sinTurns: { exact: sinTurns, domain: 2 ** 20 },
  cosTurns: { exact: (x) => sinTurns(x, 1), domain: 2 ** 20 },
};

describe.each([{ relaxed: false }, { relaxed: true }])('relaxed: $relaxed', (options) => {
  it.each(Object.entries(cases))('%s', async (key, { exact, domain }) => {
    const name = key as VectorFunctionName;
    const inputs = floats(100_000).map((x) => (domain === undefined || Math.abs(x) < domain ? x : 0.5));
    const found = (await arrayFunction(name, options))(inputs);
    expectWithin(vectorFunctions[name].ulps, found, (index) => exact(inputs[index]!), inputs);
  });
});

/** Unlike JavaScript, the C library has 1 for 1^NaN and (±1)^(±∞). */
const pow = (x: number, y: number) =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

it('pow', async () => {
  const compute = await arrayFunction('pow', { relaxed: false }, 2);
  const exponents = [...specials, 2, -2, 3, -3, 0.5, -0.5, 2.5, 16777215, -16777215, 1e10].map(Math.fround);
  const bases = [...specials, 2, -2, -0.3, 0.3, 0.999, 1.001, 1e-20, -1e20].map(Math.fround);
  const pairs = bases.flatMap((base) => exponents.map((exponent) => [base, exponent] as const));
  // Results of all sizes: exponents that bring the base between 2^-152 and 2^130.
  for (const base of floats(2 ** 14)) {
    const size = Math.abs(Math.log2(Math.abs(base)));
    const wanted = -152 + ((pairs.length * 0.618034) % 1) * 282;
    if (base > 0 && size > 1e-9 && size < 200) pairs.push([base, Math.fround(wanted / Math.log2(base))]);
  }
  const whole = pairs.slice(0, pairs.length - (pairs.length % 4));
  const [x, y] = [0, 1].map((side) => Float32Array.from(whole, (pair) => pair[side]!)) as [
    Float32Array,
    Float32Array,
  ];
  expectWithin(vectorFunctions.pow.ulps, compute(x, y), (index) => pow(x[index]!, y[index]!), x);
});

it('pow gives the powers of the decays that optimizers have', async () => {
  const steps = Float32Array.from({ length: 4096 }, (_, index) => index + 1);
  const compute = await arrayFunction('pow', { relaxed: false }, 2);
  for (const decay of [0.9, 0.99, 0.999, 0.9999].map(Math.fround)) {
    const found = compute(steps.slice().fill(decay), steps);
    expectWithin(vectorFunctions.pow.ulps, found, (index) => decay ** (index + 1), steps);
  }
});

describe('functionTexts', () => {
  it('prints what is needed once, in an order of its own', () => {
    const text = functionTexts(['normal', 'exp', 'uniform', 'exp'], { relaxed: false });
    expect(text).toBe(functionTexts(['uniform', 'exp', 'normal'], { relaxed: false }));
    expect(text.match(/(?<=\(func \$)\w+/g)).toEqual(['exp', 'cosTurns', 'threefry', 'uniform', 'normal']);
    const globals = text.match(/\(global \$\S+/g)!;
    expect(new Set(globals).size).toBe(globals.length);
  });

  it.each(Object.keys(vectorFunctions) as VectorFunctionName[])(
    'prints %s so that it stands alone',
    async (name) => {
      expect(vectorFunctions[name].name).toBe(name);
      const modules = [false, true].map((relaxed) =>
        assembleWat(`(module ${functionTexts([name], { relaxed })})`, { relaxed }),
      );
      expect((await Promise.all(modules)).every(({ length }) => length > 100)).toBe(true);
    },
  );

  it.each(['exp', 'sigmoid', 'tanh', 'log', 'erf'] as const)(
    'has fewer instructions in %s when relaxed',
    (name) => {
      const instructions = (relaxed: boolean) =>
        functionTexts([name], { relaxed }).match(/x\d\.\w+ \(/g)!.length;
      expect(instructions(true)).toBeLessThan(instructions(false));
    },
  );
});
