/** Runs one kernel on tfjs's cpu backend, the truth, and on wasm, both directly, and compares the answers. */
import { beforeAll, expect } from 'vitest';
import { openBackend } from '../../../src/runtime/backend.js';
import { fc } from '../../property.js';

export const { tf } = await openBackend('wasm');
await openBackend('cpu');

/** What kernels ask tfjs for while they run in this file, wasm does. */
export function useWasm(): void {
  beforeAll(async () => void (await tf.setBackend('wasm')));
}

export interface Values {
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array | Uint8Array;
}

/** By name, or a list for the few kernels that take one. */
export type Inputs = Readonly<Record<string, Values>> | readonly Values[];

interface Info {
  readonly dataId: object;
  readonly shape: number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
}

interface TestedBackend {
  numDataIds(): number;
  disposeData(dataId: object, force?: boolean): boolean;
  readSync(dataId: object): Values['values'];
  makeOutput(shape: readonly number[], dtype: string, memory: undefined, values: Values['values']): Info;
  makeTensorInfo(shape: readonly number[], dtype: string, values: Values['values']): Info;
}

const backends = {
  cpu: tf.findBackend('cpu') as unknown as TestedBackend,
  wasm: tf.findBackend('wasm') as unknown as TestedBackend,
};

const dtypeOf = (values: Values['values']): Info['dtype'] =>
  values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'bool';

/** The kernel's answer, after which everything is freed: a kernel that leaks fails here. */
export function runKernel(
  name: 'cpu' | 'wasm',
  kernelName: string,
  inputs: Inputs,
  attrs: object,
): Values & { readonly dtype: string } {
  const backend = backends[name];
  const before = backend.numDataIds();
  const infos = Object.fromEntries(
    Object.entries(inputs).map(([key, { shape, values }]) => {
      const dtype = dtypeOf(values);
      return [
        key,
        name === 'cpu'
          ? backend.makeTensorInfo(shape, dtype, values)
          : backend.makeOutput(shape, dtype, undefined, values),
      ];
    }),
  );
  const kernel = tf.getKernel(kernelName, name);
  const operands = Array.isArray(inputs) ? Object.values(infos) : infos;
  const output = kernel.kernelFunc({
    inputs: operands as never,
    attrs: attrs as never,
    backend,
  }) as unknown as Info;
  const values = backend.readSync(output.dataId).slice();
  const { shape, dtype } = output;
  backend.disposeData(output.dataId);
  for (const { dataId } of Object.values(infos)) backend.disposeData(dataId);
  // The cpu backend itself leaks in some kernels.
  if (name === 'wasm') expect(backend.numDataIds()).toBe(before);
  return { shape, dtype, values };
}

/** Both backends give the same shape and type, and values within `tolerance` of the largest of them. */
export function expectAgreement(kernelName: string, inputs: Inputs, attrs: object, tolerance = 1e-5): void {
  expectClose(
    runKernel('wasm', kernelName, inputs, attrs),
    runKernel('cpu', kernelName, inputs, attrs),
    tolerance,
  );
}

export function expectClose(
  found: Values & { readonly dtype: string },
  expected: Values & { readonly dtype: string },
  tolerance: number,
): void {
  expect(found.shape).toEqual(expected.shape);
  expect(found.dtype).toBe(expected.dtype);
  const scale = Math.max(1, ...Array.from(expected.values, Math.abs));
  expected.values.forEach((value, index) => {
    const other = found.values[index]!;
    if (Object.is(other, value) || Math.abs(other - value) <= tolerance * scale) return;
    throw new Error(`value ${index} of [${expected.shape.join()}] is ${other} on wasm and ${value} on cpu`);
  });
}

/**
 * The gradient of a linear kernel of images or volumes belongs to what the cpu backend computes forward: for all x and
 * dy the products `dy · forward(x)` and `gradient(dy) · x` are the same number.
 */
export function expectTranspose(
  [forward, gradient]: readonly [string, string],
  x: Values,
  dy: Values,
  attrs: object,
): void {
  const y = runKernel('cpu', forward, { x }, attrs);
  const dx = runKernel('wasm', gradient, { dy, input: x }, attrs);
  expect(dx.shape).toEqual(x.shape);
  const scale = Math.max(1, Math.sqrt(dot(dy.values, dy.values) * dot(y.values, y.values)));
  expect(Math.abs(dot(dx.values, x.values) - dot(dy.values, y.values)) / scale).toBeLessThan(1e-5);
}

export const dot = (a: Values['values'], b: Values['values']) =>
  Array.from(a).reduce((sum, value, index) => sum + value * b[index]!, 0);

export const sizeOf = (shape: readonly number[]) => shape.reduce((size, length) => size * length, 1);

/** Values between -1 and 1 from a seed. With `levels` there are few different ones, so that many are equal. */
export function drawn(shape: readonly number[], seed: number, levels?: number): Values {
  let state = seed | 1;
  return {
    shape,
    values: Float32Array.from({ length: sizeOf(shape) }, () => {
      state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
      state ^= state >>> 12;
      const value = state / 2 ** 31;
      return levels === undefined ? value : Math.round(value * levels) / levels;
    }),
  };
}

export const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

/** A window over images: every stride, every kind of padding, images down to the smallest that fits. */
export const windows = fc
  .record({
    batch: fc.integer({ min: 1, max: 3 }),
    channels: fc.integer({ min: 1, max: 4 }),
    filter: fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })),
    spare: fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 0, max: 6 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    explicit: fc.tuple(fc.nat(3), fc.nat(3), fc.nat(3), fc.nat(3)),
    padding: fc.constantFrom('valid', 'same', 'explicit'),
    seed: seeds,
  })
  .map(({ explicit: [top, bottom, left, right], padding, filter, spare, ...others }) => ({
    ...others,
    filter,
    height: filter[0] + spare[0],
    width: filter[1] + spare[1],
    pad:
      padding === 'explicit'
        ? [
            [0, 0],
            [top, bottom],
            [left, right],
            [0, 0],
          ]
        : padding,
  }));
