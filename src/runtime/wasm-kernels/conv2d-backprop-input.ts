import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';
import { interleave, planResidues, residueFilter } from './stride-residues.js';

/**
 * The gradient of a convolution with respect to its input, and the forward pass of `conv2dTranspose`: a
 * convolution of `dy` for each residue of the stride (see `stride-residues.ts`).
 */
export const conv2dBackpropInput: WasmKernel = {
  name: 'Conv2DBackpropInput',
  fault: 'slow',
  why: 'the shipped kernel is a plain loop, four to ten times slower than its Conv2D',
  how: 'a Conv2D over dy, one set of output channels for each residue of the stride, interleaved',
  lazyShape: (_, { inputShape }) => inputShape,
  compute(kit, inputs, attrs) {
    const { tf, run } = kit;
    const filter = inputs.filter as TensorInfo;
    const { strides, pad, dataFormat, dimRoundingMode, inputShape } = attrs;
    const format = tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC');
    const info = tf.backend_util.computeConv2DInfo(
      inputShape,
      filter.shape as [number, number, number, number],
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      format,
    );
    const first = format === 'channelsFirst';
    const dy = first ? run('Transpose', { x: inputs.dy! }, { perm: [0, 2, 3, 1] }) : inputs.dy!;
    const { rows, columns } = planResidues(info);
    const residues = run(
      'Conv2D',
      { x: dy, filter: residueFilter(kit, filter, rows, columns) },
      {
        strides: 1,
        dilations: 1,
        pad: [[0, 0], rows.padding, columns.padding, [0, 0]],
        dataFormat: 'NHWC',
      },
    );
    const dx = interleave(kit, residues, info.batchSize, info.inChannels, rows, columns);
    return first ? run('Transpose', { x: dx }, { perm: [0, 3, 1, 2] }) : dx;
  },
};
