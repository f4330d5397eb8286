/** Gradients against central differences, in double precision. */
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect } from 'vitest';
import {
  differentiate,
  type ProgramBuilder,
  programBuilder,
  type Shape,
  sizeOf,
  type Value,
} from '../../src/program/index.js';
import { interpret } from './interpret.js';

interface Source {
  readonly shape: Shape;
  readonly batched?: boolean;
  /** Where its numbers lie: from -1 to 1 where left out. */
  readonly range?: readonly [number, number];
}

const lanes = 2;
const step = 1e-5;
/** Entries of each source that are moved. */
const probes = 4;

/** The gradients of a sum of the value's entries, each times a number of its own, with respect to all sources. */
export function expectGradients(
  sources: Readonly<Record<string, Source>>,
  compute: (values: Readonly<Record<string, Value>>, p: ProgramBuilder) => Value,
): void {
  const p = programBuilder();
  const numbers = new Map<string, Float64Array>();
  const values: Record<string, Value> = {};
  for (const [index, [name, { shape, batched = true, range }]] of Object.entries(sources).entries()) {
    values[name] = p.source(name, shape, batched);
    numbers.set(name, draw(index + 1, sizeOf(shape) * (batched ? lanes : 1), range));
  }
  const value = compute(values, p);
  numbers.set('factors', draw(99, sizeOf(value.shape) * (value.batched ? lanes : 1)));
  const product = p.mul(value, p.source('factors', value.shape, value.batched));
  const axes = value.shape.map((_length, axis) => axis);
  const loss = value.batched ? p.batchSum(product, axes) : p.sum(product, axes);

  const run = (results: readonly Value[]) =>
    interpret(results, { lanes, source: (name) => numbers.get(name)! });
  const lossAt = (name: string, place: number, move: number) => {
    const own = numbers.get(name)!;
    numbers.set(name, own.with(place, own[place]! + move));
    const [[result]] = run([loss]) as [Float64Array];
    numbers.set(name, own);
    return result!;
  };
  for (const [name, source] of Object.entries(values)) {
    const [gradient] = differentiate(loss, [source], p);
    expect(gradient, `the gradient of ${name}`).toMatchObject({
      shape: source.shape,
      batched: source.batched,
    });
    const [slopes] = run([gradient!]) as [Float64Array];
    const stride = Math.max(1, Math.floor(slopes.length / probes));
    for (let place = 0; place < slopes.length; place += stride) {
      const difference = (lossAt(name, place, step) - lossAt(name, place, -step)) / (2 * step);
      const error = Math.abs(slopes[place]! - difference) / Math.max(1, Math.abs(difference));
      expect(error, `${name} at ${place}: ${slopes[place]} for ${difference}`).toBeLessThan(1e-6);
    }
  }
}

function draw(seed: number, size: number, [low, high]: readonly [number, number] = [-1, 1]): Float64Array {
  const generator = xoroshiro128plus(seed);
  return Float64Array.from({ length: size }, () => low + (high - low) * uniformFloat64(generator));
}
