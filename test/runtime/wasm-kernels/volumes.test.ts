/** Convolutions and poolings of volumes, and their gradients, against the cpu backend. */
import { describe, expect, it } from 'vitest';
import { fc } from '../../property.js';
import {
  dot,
  drawn,
  expectAgreement,
  expectTranspose,
  runKernel,
  seeds,
  tf,
  useWasm,
} from './both-backends.js';

useWasm();

type Shape5 = [number, number, number, number, number];
type Three = [number, number, number];

const three = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }), fc.integer({ min, max }));

const windows = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    channels: fc.integer({ min: 1, max: 3 }),
    filter: three(1, 3),
    spare: three(0, 3),
    strides: three(1, 3),
    pad: fc.constantFrom('valid' as const, 'same' as const),
    seed: seeds,
  })
  .map(({ batch, channels, filter, spare, ...others }) => ({
    ...others,
    filter: filter as Three,
    channels,
    shape: [batch, ...filter.map((length, axis) => length + spare[axis]!), channels] as Shape5,
  }));

const convolutions = fc
  .record({ window: windows, outChannels: fc.integer({ min: 1, max: 3 }) })
  .map(({ window: { shape, channels, filter, strides, pad, seed }, outChannels }) => {
    const filterShape = [...filter, channels, outChannels] as Shape5;
    const { outShape } = tf.backend_util.computeConv3DInfo(shape, filterShape, strides as Three, 1, pad);
    return {
      x: drawn(shape, seed),
      filter: drawn(filterShape, seed + 1),
      dy: drawn(outShape, seed + 2),
      attrs: { strides, pad, dilations: 1, dataFormat: 'NDHWC', inputShape: shape, filterShape },
    };
  });

describe('a convolution of volumes', () => {
  it('is that of the cpu backend', () => {
    fc.assert(
      fc.property(convolutions, ({ x, filter, attrs }) => expectAgreement('Conv3D', { x, filter }, attrs)),
      { numRuns: 150 },
    );
  });

  it('is that of the cpu backend with gaps between its taps', () => {
    const x = drawn([2, 7, 6, 5, 2], 3);
    const filter = drawn([2, 3, 2, 2, 3], 4);
    for (const pad of ['valid', 'same']) {
      expectAgreement(
        'Conv3D',
        { x, filter },
        { strides: 1, dilations: [3, 2, 2], pad, dataFormat: 'NDHWC' },
      );
    }
  });

  it('has the gradients of the cpu backend', () => {
    fc.assert(
      fc.property(convolutions, ({ x, filter, dy, attrs }) => {
        expectAgreement('Conv3DBackpropInputV2', { dy, filter }, attrs);
        expectAgreement('Conv3DBackpropFilterV2', { x, dy }, attrs);
      }),
      { numRuns: 150 },
    );
  });
});

describe('max pooling of volumes', () => {
  it('is that of the cpu backend, and so is its gradient', () => {
    fc.assert(
      fc.property(windows, ({ shape, filter, strides, pad, seed }) => {
        const attrs = { filterSize: filter, strides, pad, dataFormat: 'NDHWC' };
        const input = drawn(shape, seed);
        const output = runKernel('cpu', 'MaxPool3D', { x: input }, attrs);
        const dy = drawn(output.shape, seed + 1);
        expectAgreement('MaxPool3D', { x: input }, attrs, 0);
        // For other windows the gradient of the cpu backend is wrong.
        if (filter[1] === filter[2]) expectAgreement('MaxPool3DGrad', { dy, input, output }, attrs);
        // A maximum of numbers times two is two times their maximum, hence Euler's rule for such functions.
        const dx = runKernel('wasm', 'MaxPool3DGrad', { dy, input, output }, attrs);
        expect(dot(dx.values, input.values)).toBeCloseTo(dot(dy.values, output.values), 3);
      }),
      { numRuns: 150 },
    );
  });

  it('keeps windows of negative values', () => {
    const x = { shape: [1, 2, 2, 2, 1], values: new Float32Array(8).fill(-3) };
    const found = runKernel('wasm', 'MaxPool3D', { x }, { filterSize: 2, strides: 2, pad: 'valid' });
    expect([...found.values]).toEqual([-3]);
  });
});

describe('the gradient of average pooling of volumes', () => {
  it('is the transpose of average pooling', () => {
    fc.assert(
      fc.property(windows, ({ shape, filter, strides, pad, seed }) => {
        const attrs = { filterSize: filter, strides, pad, dataFormat: 'NDHWC' };
        const { outShape } = tf.backend_util.computePool3DInfo(shape, filter, strides as Three, 1, pad);
        expectTranspose(['AvgPool3D', 'AvgPool3DGrad'], drawn(shape, seed), drawn(outShape, seed + 1), attrs);
      }),
      { numRuns: 150 },
    );
  });
});
