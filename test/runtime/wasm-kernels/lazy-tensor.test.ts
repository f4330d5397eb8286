/** Gradients that nobody reads are not computed; those that somebody reads are right; and nothing leaks. */
import type { KernelConfig, Tensor, Tensor4D } from '@tensorflow/tfjs';
import { beforeEach, describe, expect, it } from 'vitest';
import { expectClose, runKernel, tf } from './both-backends.js';

const backend = () => tf.backend() as unknown as { numDataIds(): number };
const counts = () => ({ ...tf.memory(), dataIds: backend().numDataIds() });

/** How often the backend ran a kernel, also from inside of others. */
function countCalls(kernelName: string, work: () => void): number {
  const kernel: KernelConfig = tf.getKernel(kernelName, 'wasm');
  const replace = (replacement: KernelConfig) => {
    tf.unregisterKernel(kernelName, 'wasm');
    tf.registerKernel(replacement);
  };
  let calls = 0;
  replace({
    ...kernel,
    kernelFunc: (call) => {
      calls++;
      return kernel.kernelFunc(call);
    },
  });
  try {
    work();
  } finally {
    replace(kernel);
  }
  return calls;
}

const images = (channels = 3) => tf.randomNormal([2, 8, 8, channels], 0, 1, 'float32', 7) as Tensor4D;
const kernels = (input = 3, output = 4) =>
  tf.randomNormal([3, 3, input, output], 0, 1, 'float32', 8) as Tensor4D;
const convolution = (x: Tensor4D, filter: Tensor4D) =>
  tf.fused.conv2d({ x, filter, strides: 1, pad: 'same', bias: tf.zeros([filter.shape[3]]) }) as Tensor;

const attrs = { strides: 1, pad: 'same', dataFormat: 'NHWC', inputShape: [2, 8, 8, 3] };

function inputGradient(): { dx: Tensor; dy: Tensor; filter: Tensor } {
  const dy = images(4);
  const filter = kernels();
  return { dx: tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, attrs) as Tensor, dy, filter };
}

beforeEach(() => tf.setBackend('wasm'));

describe('a gradient that nobody reads', () => {
  it('is not computed: the first layer of a network needs none for its input', () => {
    tf.tidy(() => {
      const x = images();
      const filter = tf.variable(kernels());
      const second = tf.variable(kernels(4, 2));
      const loss = () =>
        convolution(convolution(x, filter) as Tensor4D, second)
          .square()
          .sum();
      const calls = countCalls('Conv2D', () => {
        tf.variableGrads(loss as () => ReturnType<typeof tf.scalar>, [filter, second]);
      });
      // Two filter gradients, and the gradient of the second layer's input.
      expect(calls).toBe(3);
      filter.dispose();
      second.dispose();
    });
  });

  it('leaves nothing behind, whether it or its operands are freed first', () => {
    const before = counts();
    for (const order of [
      ['dx', 'dy', 'filter'],
      ['dy', 'filter', 'dx'],
    ] as const) {
      const tensors = inputGradient();
      for (const name of order) tensors[name].dispose();
    }
    expect(counts()).toEqual(before);
  });
});

describe('a gradient that somebody reads', () => {
  it('is right after its operands are gone, and leaves nothing behind', () => {
    const before = counts();
    const { dx, dy, filter } = inputGradient();
    const operands = {
      dy: { shape: dy.shape, values: dy.dataSync() as Float32Array },
      filter: { shape: filter.shape, values: filter.dataSync() as Float32Array },
    };
    const expected = runKernel('cpu', 'Conv2DBackpropInput', operands, attrs);
    dy.dispose();
    filter.dispose();
    const values = dx.dataSync() as Float32Array;
    expectClose({ shape: dx.shape, dtype: dx.dtype, values }, expected, 1e-5);
    dx.dispose();
    expect(counts()).toEqual(before);
  });

  it('of the images themselves is there when asked for', () => {
    const before = counts();
    tf.tidy(() => {
      const filter = kernels();
      const gradient = tf.grad((x) =>
        convolution(x as Tensor4D, filter)
          .square()
          .sum(),
      )(images());
      const shifted = (by: number) =>
        convolution(images().add(tf.oneHot(tf.scalar(5, 'int32'), 384).reshape([2, 8, 8, 3]).mul(by)), filter)
          .square()
          .sum()
          .dataSync()[0]!;
      const slope = (shifted(0.01) - shifted(-0.01)) / 0.02;
      expect(gradient.dataSync()[5]).toBeCloseTo(slope, 0);
    });
    expect(counts()).toEqual(before);
  });

  it('is right where computing it makes the memory grow under a kernel that reads several', () => {
    tf.tidy(() => {
      const dy = tf.ones([16, 64, 64, 8]);
      const filter = tf.ones([1, 1, 16, 8]);
      const large = { ...attrs, inputShape: [16, 64, 64, 16] };
      const lazy = () => tf.engine().runKernel('Conv2DBackpropInput', { dy, filter }, large) as Tensor;
      const size = () => (tf.backend() as unknown as { wasm: { HEAPU8: Uint8Array } }).wasm.HEAPU8.length;
      const before = size();
      const joined = tf.concat([lazy(), lazy(), lazy(), lazy(), lazy(), lazy(), lazy(), lazy()], 3);
      expect(size()).toBeGreaterThan(before);
      expect(joined.min().dataSync()[0]).toBe(8);
      expect(joined.max().dataSync()[0]).toBe(8);
      expect(lazy().slice([15, 63, 63, 15], [1, 1, 1, 1]).dataSync()[0]).toBe(8);
      expect(
        lazy()
          .concat(lazy().reshape([16, 64, 64, 16]), 0)
          .max()
          .dataSync()[0],
      ).toBe(8);
    });
  });
});
