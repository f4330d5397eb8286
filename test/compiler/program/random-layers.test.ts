/** Layers that draw: what they do with given numbers, at the values that tfjs's formulas give; and only in training. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { forwardPass } from '../../../src/compiler/program/forward-pass.js';
import {
  differentiate,
  programBuilder,
  sizeOf,
  type ValueOf,
  valuesBefore,
} from '../../../src/program/index.js';
import { interpret } from '../../program/interpret.js';
import { graphOf } from '../example-graphs.js';
import { draw, expectNear } from './numbers.js';

const lanes = 50;
const shape = [4, 3];
const input = draw(7, lanes * sizeOf(shape), -1, 1);

/** A training step of one layer: its output, and the gradient of the output's sum. */
function trained(layer: object) {
  const p = programBuilder();
  const { outputs, inputs } = forwardPass(
    graphOf({ name: 'random', input: shape, layers: [layer] }),
    p,
    true,
  );
  const [output] = outputs as [(typeof outputs)[0]];
  const loss = p.batchSum(output, [0, 1]);
  const [gradient] = differentiate(loss, [inputs[0]!.value], p);
  const draws = valuesBefore(outputs).filter(
    (value): value is ValueOf<'random'> => value.operation.kind === 'random',
  );
  const drawn = new Map<number, Float64Array>();
  const [values, slopes] = interpret([output, gradient!], {
    lanes,
    source: () => input,
    random(stream, distribution, size) {
      const numbers = drawn.get(stream) ?? numbersFor(stream, distribution, size);
      drawn.set(stream, numbers);
      return numbers;
    },
  });
  return { draws, drawn: [...drawn.values()], values: values!, slopes: slopes! };
}

/** Uniform numbers, or normal ones by the method of Box and Muller. */
function numbersFor(stream: number, distribution: 'uniform' | 'normal', size: number): Float64Array {
  const generator = xoroshiro128plus(stream + 1);
  const uniform = () => uniformFloat64(generator);
  return Float64Array.from({ length: size }, () =>
    distribution === 'uniform'
      ? uniform()
      : Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  );
}

const mean = (numbers: ArrayLike<number>) =>
  Array.from(numbers).reduce((sum, one) => sum + one, 0) / numbers.length;
const deviation = (numbers: ArrayLike<number>) => {
  const middle = mean(numbers);
  return Math.sqrt(mean(Array.from(numbers, (one) => (one - middle) ** 2)));
};

test('dropout keeps what is drawn above its rate, and makes up for the rest', () => {
  const { draws, drawn, values, slopes } = trained({ type: 'dropout', rate: 0.25 });
  expect(draws.map(({ batched, operation }) => [batched, operation])).toEqual([
    [true, { kind: 'random', distribution: 'uniform', stream: 0 }],
  ]);
  const mask = drawn[0]!.map((one) => (one >= 0.25 ? 4 / 3 : 0));
  expectNear(slopes, mask, 1e-12, 'gradient');
  expectNear(
    values,
    mask.map((factor, place) => factor * input[place]!),
    1e-12,
    'output',
  );
  expect(mean(mask)).toBeCloseTo(1, 1);
});

describe('masks of other shapes', () => {
  test('one decision for a channel', () => {
    const { draws, slopes } = trained({ type: 'dropout', rate: 0.5, noiseShape: [null, 1, 3] });
    expect(draws[0]!.shape).toEqual([1, 3]);
    for (const [place, slope] of slopes.entries()) {
      expect(slope).toBe(slopes[place - (place % 12) + (place % 3)]);
    }
    expect(new Set(slopes)).toEqual(new Set([0, 2]));
  });

  test('the same, by its own layer', () => {
    const { draws } = trained({ type: 'spatialDropout1d', rate: 0.5 });
    expect(draws[0]).toMatchObject({ shape: [1, 3], batched: true });
  });

  test('one decision for all examples', () => {
    const { draws, slopes } = trained({ type: 'dropout', rate: 0.5, noiseShape: [1, 4, 3] });
    expect(draws[0]).toMatchObject({ shape: [4, 3], batched: false });
    for (const [place, slope] of slopes.entries()) expect(slope).toBe(slopes[place % 12]);
  });

  test('the same decisions at every step', () => {
    const { draws } = trained({ type: 'dropout', rate: 0.5, seed: 9 });
    expect(draws[0]!.operation.seed).toBe(9);
  });
});

test('gaussianDropout multiplies by noise around one', () => {
  const { drawn, values, slopes } = trained({ type: 'gaussianDropout', rate: 0.2 });
  const factors = drawn[0]!.map((one) => 1 + one * Math.sqrt(0.2 / 0.8));
  expectNear(slopes, factors, 1e-12, 'gradient');
  expectNear(
    values,
    factors.map((factor, place) => factor * input[place]!),
    1e-12,
    'output',
  );
  expect(mean(slopes)).toBeCloseTo(1, 1);
  expect(deviation(slopes)).toBeCloseTo(0.5, 1);
});

test('gaussianNoise adds noise around zero', () => {
  const { drawn, values, slopes } = trained({ type: 'gaussianNoise', stddev: 0.3 });
  expect([...slopes].every((slope) => slope === 1)).toBe(true);
  expectNear(
    values,
    drawn[0]!.map((one, place) => input[place]! + 0.3 * one),
    1e-12,
    'output',
  );
});

test('alphaDropout draws the values that tfjs draws', () => {
  const { drawn, values } = trained({ type: 'alphaDropout', rate: 0.4 });
  // tfjs-layers' noise.ts
  const alphaP = -1.6732632423543772 * 1.0507009873554805;
  const a = ((1 - 0.4) * (1 + 0.4 * alphaP ** 2)) ** -0.5;
  const b = -a * alphaP * 0.4;
  const wanted = drawn[0]!.map((one, place) => {
    const kept = one >= 0.4 ? 1 : 0;
    return (input[place]! * kept + (kept - 1) * alphaP) * a + b;
  });
  expectNear(values, wanted, 1e-12, 'output');
});

test('every layer and every step of a sequence draws from a stream of its own', () => {
  const layer = { type: 'timeDistributed', layer: { type: 'dropout', rate: 0.5 } };
  const graph = graphOf({ name: 'twice', input: [4, 3], layers: [layer, { type: 'dropout', rate: 0.5 }] });
  const streams = valuesBefore(forwardPass(graph, programBuilder(), true).outputs).flatMap(({ operation }) =>
    operation.kind === 'random' ? [operation.stream] : [],
  );
  expect(streams).toEqual([0, 1, 2, 3, 4]);
});

test.each([
  { type: 'dropout', rate: 0.5 },
  { type: 'spatialDropout1d', rate: 0.5 },
  { type: 'gaussianDropout', rate: 0.5 },
  { type: 'gaussianNoise', stddev: 1 },
  { type: 'alphaDropout', rate: 0.5 },
])('$type does nothing in inference', (layer) => {
  const graph = graphOf({ name: 'inference', input: shape, layers: [layer] });
  const { outputs, inputs } = forwardPass(graph, programBuilder(), false);
  expect(outputs).toEqual([inputs[0]!.value]);
});
