/** Gradients of convolutions: random shapes, strides, paddings and data formats, against the cpu backend. */
import { describe, it } from 'vitest';
import { fc } from '../../property.js';
import { drawn, expectAgreement, tf, useWasm, windows } from './both-backends.js';

useWasm();

const convolutions = fc
  .record({
    window: windows,
    outChannels: fc.integer({ min: 1, max: 5 }),
    dataFormat: fc.constantFrom('NHWC', 'NCHW'),
  })
  .map(({ window, outChannels, dataFormat }) => {
    const { batch, channels, height, width, filter, strides, pad, seed } = window;
    const first = dataFormat === 'NCHW';
    const xShape = (first ? [batch, channels, height, width] : [batch, height, width, channels]) as Shape4;
    const filterShape = [...filter, channels, outChannels] as Shape4;
    const info = tf.backend_util.computeConv2DInfo(
      xShape,
      filterShape,
      strides,
      1,
      // Explicit padding names the axes in the order of the data format.
      (typeof pad === 'string' || !first ? pad : [pad[0]!, pad[3]!, pad[1]!, pad[2]!]) as 'valid',
      undefined,
      false,
      first ? 'channelsFirst' : 'channelsLast',
    );
    return {
      x: drawn(xShape, seed),
      filter: drawn(filterShape, seed + 1),
      dy: drawn(info.outShape, seed + 2),
      attrs: {
        strides,
        pad: typeof pad === 'string' || !first ? pad : [pad[0], pad[3], pad[1], pad[2]],
        dataFormat,
        inputShape: xShape,
        filterShape,
      },
    };
  });

const depthwise = fc
  .record({ window: windows, multiplier: fc.integer({ min: 1, max: 3 }) })
  .map(({ window, multiplier }) => {
    const { batch, channels, height, width, filter, strides, pad, seed } = window;
    const xShape = [batch, height, width, channels] as Shape4;
    const filterShape = [...filter, channels, multiplier] as Shape4;
    const info = tf.backend_util.computeConv2DInfo(
      xShape,
      filterShape,
      strides,
      1,
      pad as 'valid',
      undefined,
      true,
    );
    return {
      x: drawn(xShape, seed),
      filter: drawn(filterShape, seed + 1),
      dy: drawn(info.outShape, seed + 2),
      attrs: { strides, pad, dilations: [1, 1], inputShape: xShape, filterShape },
    };
  });

type Shape4 = [number, number, number, number];

describe('a convolution', () => {
  it('is that of the cpu backend, also of images with their channels first', () => {
    fc.assert(
      fc.property(convolutions, ({ x, filter, attrs }) =>
        expectAgreement('Conv2D', { x, filter }, { ...attrs, dilations: 1 }),
      ),
      { numRuns: 300 },
    );
  });

  it('is that of the cpu backend with a bias', () => {
    fc.assert(
      fc.property(convolutions, ({ x, filter, attrs }) => {
        if (attrs.dataFormat === 'NCHW') return;
        const bias = drawn([filter.shape[3]!], 9);
        const fused = { ...attrs, dilations: 1, activation: 'linear' };
        expectAgreement('FusedConv2D', { x, filter, bias }, fused);
      }),
      { numRuns: 200 },
    );
  });

  it('is that of the cpu backend, channel by channel', () => {
    fc.assert(
      fc.property(depthwise, ({ x, filter, attrs }) => {
        const bias = drawn([filter.shape[2]! * filter.shape[3]!], 9);
        expectAgreement('DepthwiseConv2dNative', { x, filter }, attrs);
        const fused = { ...attrs, dataFormat: 'NHWC', activation: 'linear' };
        expectAgreement('FusedDepthwiseConv2D', { x, filter, bias }, fused);
      }),
      { numRuns: 200 },
    );
  });
});

describe('the gradient of a convolution', () => {
  it('with respect to its filter is that of the cpu backend', () => {
    fc.assert(
      fc.property(convolutions, ({ x, dy, attrs }) =>
        expectAgreement('Conv2DBackpropFilter', { x, dy }, attrs),
      ),
      { numRuns: 300 },
    );
  });

  it('with respect to its input is that of the cpu backend', () => {
    fc.assert(
      fc.property(convolutions, ({ filter, dy, attrs }) =>
        expectAgreement('Conv2DBackpropInput', { dy, filter }, attrs),
      ),
      { numRuns: 300 },
    );
  });
});

describe('the gradient of a depthwise convolution', () => {
  it('with respect to its filter is that of the cpu backend', () => {
    fc.assert(
      fc.property(depthwise, ({ x, dy, attrs }) =>
        expectAgreement('DepthwiseConv2dNativeBackpropFilter', { x, dy }, attrs),
      ),
      { numRuns: 200 },
    );
  });

  it('with respect to its input is that of the cpu backend', () => {
    fc.assert(
      fc.property(depthwise, ({ filter, dy, attrs }) =>
        expectAgreement('DepthwiseConv2dNativeBackpropInput', { dy, filter }, attrs),
      ),
      { numRuns: 200 },
    );
  });
});
