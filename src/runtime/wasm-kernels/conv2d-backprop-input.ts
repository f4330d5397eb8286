import type { TensorInfo } from '@tensorflow/tfjs';
import { type Kit, view, type WasmKernel } from './define-kernel.js';

/**
 * The gradient of a convolution with respect to its input, and the forward pass of `conv2dTranspose`.
 *
 * With padded coordinates u = s*j + q, where s is the stride, every residue q sees only each s-th tap of the
 * filter: dx[s*j + q] = sum over m of dy[j - m] * w[s*m + q]. So one convolution of stride 1 over `dy`, with
 * ceil(k / s) taps and one set of output channels for each residue, computes it without multiplying by
 * inserted zeros; the residues are then interleaved. For stride 1 that is the textbook convolution by the
 * reversed filter.
 */
export const conv2dBackpropInput: WasmKernel = {
  name: 'Conv2DBackpropInput',
  why: 'slow: the shipped kernel is a plain loop, four to ten times slower than its Conv2D',
  how: 'a Conv2D over dy, one set of output channels for each residue of the stride, interleaved',
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
    const rows = axisPlan(
      info.inHeight,
      info.filterHeight,
      info.strideHeight,
      info.padInfo.top,
      info.outHeight,
    );
    const columns = axisPlan(
      info.inWidth,
      info.filterWidth,
      info.strideWidth,
      info.padInfo.left,
      info.outWidth,
    );
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

/** How one axis of `dy` becomes one axis of `dx`. */
export interface AxisPlan {
  readonly stride: number;
  /** Taps of the filter, and of the filter of one residue. */
  readonly taps: number;
  readonly residueTaps: number;
  /** Rows added before and after `dy`. */
  readonly padding: readonly [number, number];
  /** Positions that the convolution gives, each with `stride` residues. */
  readonly positions: number;
  /** Where `dx` starts among the interleaved rows, and its length. */
  readonly start: number;
  readonly length: number;
}

export function axisPlan(
  length: number,
  taps: number,
  stride: number,
  before: number,
  outLength: number,
): AxisPlan {
  const residueTaps = Math.ceil(taps / stride);
  const firstPosition = Math.floor(before / stride);
  const lastPosition = Math.floor((before + length - 1) / stride);
  const wantedBefore = residueTaps - 1 - firstPosition;
  const wantedAfter = lastPosition - outLength + 1;
  const padding = [Math.max(wantedBefore, 0), Math.max(wantedAfter, 0)] as const;
  return {
    stride,
    taps,
    residueTaps,
    padding,
    positions: outLength + padding[0] + padding[1] - residueTaps + 1,
    start: before - stride * firstPosition + stride * Math.max(-wantedBefore, 0),
    length,
  };
}

/** [kh, kw, ci, co] to [residue taps, residue taps, co, residue rows * residue columns * ci], taps reversed. */
function residueFilter({ run }: Kit, filter: TensorInfo, rows: AxisPlan, columns: AxisPlan): TensorInfo {
  const [, , inChannels, outChannels] = filter.shape as [number, number, number, number];
  if (rows.stride === 1 && columns.stride === 1) {
    const taps = view(filter, [rows.taps * columns.taps, inChannels, outChannels]);
    const reversed = run('Reverse', { x: taps }, { dims: [0] });
    const swapped = run('Transpose', { x: reversed }, { perm: [0, 2, 1] });
    return view(swapped, [rows.taps, columns.taps, outChannels, inChannels]);
  }
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
    inChannels,
    outChannels,
  ]);
  const moved = run('Transpose', { x: split }, { perm: [0, 2, 5, 1, 3, 4] });
  const shape = [
    rows.residueTaps * columns.residueTaps,
    outChannels * rows.stride * columns.stride * inChannels,
  ];
  const reversed = run('Reverse', { x: view(moved, shape) }, { dims: [0] });
  return view(reversed, [
    rows.residueTaps,
    columns.residueTaps,
    outChannels,
    rows.stride * columns.stride * inChannels,
  ]);
}

/** [n, rows, columns, residue rows, residue columns, channels] to [n, height, width, channels]. */
export function interleave(
  { run }: Kit,
  residues: TensorInfo,
  batch: number,
  channels: number,
  rows: AxisPlan,
  columns: AxisPlan,
): TensorInfo {
  const strip = columns.stride * channels;
  const height = rows.positions * rows.stride;
  const width = columns.positions * columns.stride;
  let whole = view(residues, [batch, height, width, channels]);
  if (rows.stride > 1) {
    const blocks = view(residues, [batch * rows.positions, columns.positions, rows.stride, strip]);
    whole = view(run('Transpose', { x: blocks }, { perm: [0, 2, 1, 3] }), whole.shape);
  }
  if (rows.start === 0 && columns.start === 0 && height === rows.length && width === columns.length) {
    return run('Identity', { x: whole });
  }
  return run(
    'Slice',
    { x: whole },
    { begin: [0, rows.start, columns.start, 0], size: [batch, rows.length, columns.length, channels] },
  );
}
