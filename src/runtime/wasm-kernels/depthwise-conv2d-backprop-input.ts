import type { TensorInfo } from '@tensorflow/tfjs';
import { type Attributes, type Kit, view, type WasmKernel } from './define-kernel.js';
import { type ConvolutionInfo, interleave, planResidues, residueFilter } from './stride-residues.js';

/**
 * As for a plain convolution (see `stride-residues.ts`), but every channel of `dy` stays apart: a
 * depthwise convolution of `dy`, whose channel multiplier is the number of residues of the stride, and a sum
 * over the outputs that belong to one input channel.
 */
export const depthwiseConv2dBackpropInput: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropInput',
  fault: 'missing',
  why: 'no network with a depthwise or separable convolution behind another layer could be trained',
  how: 'a DepthwiseConv2dNative over dy with the reversed filter, then a Sum over the channel multiplier',
  compute(kit, inputs, attrs) {
    const { run } = kit;
    const filter = inputs.filter as TensorInfo;
    const info = depthwiseInfo(kit, attrs.inputShape, filter.shape, attrs);
    const { inChannels, outChannels, filterHeight, filterWidth } = info;
    const multiplier = outChannels / inChannels;
    const { rows, columns } = planResidues(info);
    const residueCount = rows.stride * columns.stride;
    const residues = run(
      'DepthwiseConv2dNative',
      {
        x: inputs.dy as TensorInfo,
        filter: residueFilter(kit, view(filter, [filterHeight, filterWidth, 1, outChannels]), rows, columns),
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
    const summed = multiplier === 1 ? ordered : run('Sum', { x: ordered }, { axis: 3, keepDims: false });
    return interleave(kit, summed, info.batchSize, inChannels, rows, columns);
  },
};

/** Geometry of a depthwise convolution; `tf.grad` refuses dilated ones before it comes here. */
export function depthwiseInfo(
  { tf }: Kit,
  inputShape: readonly number[],
  filterShape: readonly number[],
  { strides, dilations, pad, dimRoundingMode }: Attributes,
): ConvolutionInfo {
  const info = tf.backend_util.computeConv2DInfo(
    inputShape as [number, number, number, number],
    filterShape as [number, number, number, number],
    strides,
    dilations ?? 1,
    pad,
    dimRoundingMode,
    true,
  );
  if (info.dilationHeight !== 1 || info.dilationWidth !== 1) {
    throw new Error('there is no gradient of a dilated depthwise convolution');
  }
  return info;
}
