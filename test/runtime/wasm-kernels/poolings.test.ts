/** Gradients of poolings, against the cpu backend. */
import { describe, it } from 'vitest';
import { fc } from '../../property.js';
import { drawn, expectAgreement, expectTranspose, runKernel, tf, useWasm, windows } from './both-backends.js';

useWasm();

type Shape4 = [number, number, number, number];

/** With few levels many maxima of a window are equal, and the first one must get the gradient. */
const poolings = (levels?: number) =>
  windows.map(({ batch, height, width, channels, filter, strides, pad, seed }) => {
    const shape = [batch, height, width, channels] as Shape4;
    // tfjs refuses a window that lies in the padding as a whole.
    const fitting =
      typeof pad === 'string'
        ? pad
        : pad.map((sides, axis) => sides.map((side) => Math.min(side, (filter[axis - 1] ?? 1) - 1)));
    const info = tf.backend_util.computePool2DInfo(shape, filter, strides, 1, fitting as 'valid');
    return {
      input: drawn(shape, seed, levels),
      dy: drawn(info.outShape, seed + 1),
      attrs: { filterSize: filter, strides, pad: fitting },
    };
  });

describe('the gradient of max pooling', () => {
  it.each([['different values', undefined] as const, ['many equal values', 2] as const])(
    'is that of the cpu backend for %s',
    (_, levels) => {
      fc.assert(
        fc.property(poolings(levels), ({ input, dy, attrs }) => {
          const output = runKernel('cpu', 'MaxPool', { x: input }, attrs);
          expectAgreement('MaxPoolGrad', { dy, input, output }, attrs);
        }),
        { numRuns: 200 },
      );
    },
  );
});

describe('the gradient of average pooling', () => {
  it('is the transpose of average pooling', () => {
    fc.assert(
      fc.property(poolings(), ({ input, dy, attrs }) =>
        expectTranspose(['AvgPool', 'AvgPoolGrad'], input, dy, attrs),
      ),
      { numRuns: 200 },
    );
  });
});
