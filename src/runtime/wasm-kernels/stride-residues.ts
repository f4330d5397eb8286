/**
 * How the gradient of a strided convolution becomes a convolution of stride 1.
 *
 * In padded coordinates u = s*j + q, where s is the stride, every residue q sees only each s-th tap of the
 * filter: dx[s*j + q] = sum over m of dy[j - m] * w[s*m + q]. So one convolution over `dy`, with ceil(k / s)
 * taps and one set of output channels for each residue, computes all of it, without the usual multiplications
 * by zeros put between the values of `dy`. Afterwards the residues are interleaved. For stride 1 this is the
 * textbook convolution by the reversed filter.
 */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import { type Kit, view } from './define-kernel.js';

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

export type ConvolutionInfo = ReturnType<Tf['backend_util']['computeConv2DInfo']>;

export function planResidues(info: ConvolutionInfo): {
  readonly rows: AxisPlan;
  readonly columns: AxisPlan;
} {
  const { padInfo } = info;
  return {
    rows: axisPlan(info.inHeight, info.filterHeight, info.strideHeight, padInfo.top, info.outHeight),
    columns: axisPlan(info.inWidth, info.filterWidth, info.strideWidth, padInfo.left, info.outWidth),
  };
}

function axisPlan(length: number, taps: number, stride: number, before: number, outLength: number): AxisPlan {
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

/**
 * [kh, kw, ci, co] to [residue taps, residue taps, co, residue rows * residue columns * ci], taps reversed. In
 * TypeScript, since the shipped Reverse is slower than the convolution that follows.
 */
export function residueFilter(
  { make, floats }: Kit,
  filter: TensorInfo,
  rows: AxisPlan,
  columns: AxisPlan,
): TensorInfo {
  const [, , inChannels, outChannels] = filter.shape as [number, number, number, number];
  const width = rows.stride * columns.stride * inChannels;
  const result = make([rows.residueTaps, columns.residueTaps, outChannels, width]);
  const from = floats(filter);
  const to = floats(result);
  if (rows.taps % rows.stride !== 0 || columns.taps % columns.stride !== 0) to.fill(0);
  let at = 0;
  for (let row = 0; row < rows.taps; row++) {
    const rowTap = rows.residueTaps - 1 - Math.floor(row / rows.stride);
    for (let column = 0; column < columns.taps; column++) {
      const columnTap = columns.residueTaps - 1 - Math.floor(column / columns.stride);
      const tap = (rowTap * columns.residueTaps + columnTap) * outChannels * width;
      const residue = (row % rows.stride) * columns.stride + (column % columns.stride);
      for (let input = 0; input < inChannels; input++) {
        const place = tap + residue * inChannels + input;
        for (let output = 0; output < outChannels; output++) to[place + output * width] = from[at++]!;
      }
    }
  }
  return result;
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
