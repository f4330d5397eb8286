import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/** A mean counts the entries of its window that lie in the volume, and so must its gradient. */
export const avgPool3dGrad: WasmKernel = {
  name: 'AvgPool3DGrad',
  fault: 'wrong',
  why: 'as AvgPoolGrad: the shipped kernel divides by the whole window also where a part of it lies outside',
  how: 'the shipped kernel, over dy times the share of each window that lies in the volume, inverted',
  compute({ tf, run, make, floats, shipped }, inputs, attrs) {
    const { dy, input } = inputs as { dy: TensorInfo; input: TensorInfo };
    const { filterSize, strides, pad, dimRoundingMode, dataFormat } = attrs;
    const info = tf.backend_util.computePool3DInfo(
      input.shape as [number, number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
      dataFormat,
    );
    const { padInfo } = info;
    /** How many times larger each window along an axis is than the part of it that lies inside. */
    const excess = (count: number, size: number, stride: number, before: number, length: number) =>
      Array.from({ length: count }, (_, index) => {
        const start = index * stride - before;
        return size / (Math.min(start + size, length) - Math.max(start, 0));
      });
    const depth = excess(info.outDepth, info.filterDepth, info.strideDepth, padInfo.front, info.inDepth);
    const height = excess(info.outHeight, info.filterHeight, info.strideHeight, padInfo.top, info.inHeight);
    const width = excess(info.outWidth, info.filterWidth, info.strideWidth, padInfo.left, info.inWidth);
    const factors = make([1, depth.length, height.length, width.length, 1]);
    floats(factors).set(depth.flatMap((d) => height.flatMap((h) => width.map((w) => d * h * w))));
    return shipped({ dy: run('Multiply', { a: dy, b: factors }), input }, attrs);
  },
};
