import type { TensorInfo } from '@tensorflow/tfjs';
import { axisPlan, interleave } from './conv2d-backprop-input.js';
import { view, type WasmKernel } from './define-kernel.js';

/**
 * As for a plain convolution (see `conv2d-backprop-input.ts`), but every channel of `dy` stays apart: a
 * depthwise convolution of `dy`, whose channel multiplier is the number of residues of the stride, and a sum
 * over the outputs that belong to one input channel.
 */
export const depthwiseConv2dBackpropInput: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  why: 'missing: no network with a depthwise or separable convolution behind another layer could be trained',
  how: 'a DepthwiseConv2dNative over dy with the reversed filter, then a Sum over the channel multiplier',
  compute(kit, inputs, attrs) {
    const { tf, run } = kit;
    const filter = inputs.filter as TensorInfo;
    const { strides, dilations, pad, dimRoundingMode, inputShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      true,
    );
    const { inChannels, outChannels, filterHeight, filterWidth, dilationHeight, dilationWidth } = info;
    if (dilationHeight !== 1 || dilationWidth !== 1) {
      throw new Error('tfjs has no gradient of a dilated depthwise convolution');
    }
    const multiplier = outChannels / inChannels;
    const rows = axisPlan(info.inHeight, filterHeight, info.strideHeight, info.padInfo.top, info.outHeight);
    const columns = axisPlan(info.inWidth, filterWidth, info.strideWidth, info.padInfo.left, info.outWidth);
    const residueCount = rows.stride * columns.stride;
    const taps = rows.residueTaps * columns.residueTaps;

    const whole = run(
      'PadV2',
      { x: filter },
      {
        paddings: [
          [0, rows.residueTaps * rows.stride - rows.taps],
          [0, columns.residueTaps * columns.stride - columns.taps],
          [0, 0],
          [0, 0],
        ],
        constantValue: 0,
      },
    );
    const split = view(whole, [
      rows.residueTaps,
      rows.stride,
      columns.residueTaps,
      columns.stride,
      outChannels,
    ]);
    const moved = run('Transpose', { x: split }, { perm: [0, 2, 4, 1, 3] });
    const reversed = run('Reverse', { x: view(moved, [taps, outChannels * residueCount]) }, { dims: [0] });
    const residues = run(
      'DepthwiseConv2dNative',
      {
        x: inputs.dy as TensorInfo,
        filter: view(reversed, [rows.residueTaps, columns.residueTaps, outChannels, residueCount]),
      },
      {
        strides: 1,
        dilations: 1,
        pad: [[0, 0], rows.padding, columns.padding, [0, 0]],
        dataFormat: 'NHWC',
      },
    );
    // [positions, channels, multiplier, residues] to [positions, residues, channels].
    const positions = info.batchSize * rows.positions * columns.positions;
    const apart = view(residues, [positions, inChannels, multiplier, residueCount]);
    const ordered = run('Transpose', { x: apart }, { perm: [0, 3, 1, 2] });
    const summed = run('Sum', { x: ordered }, { axis: 3, keepDims: false });
    return interleave(kit, summed, info.batchSize, inChannels, rows, columns);
  },
};
