import type { TensorInfo } from '@tensorflow/tfjs';
import { view, type WasmKernel } from './define-kernel.js';
import type { ConvolutionInfo } from './stride-residues.js';

/**
 * The gradient of a convolution with respect to its filter is itself a convolution: of `x` with its channels
 * as batch and its batch as channels, by `dy` likewise, dilated by the forward pass's stride. So
 *
 *     dw[kh, kw, ci, co] = sum over n, oh, ow of x[n, oh*stride + kh - top, ow*stride + kw - left, ci] * dy[n, oh, ow, co]
 *
 * runs on the backend's own Conv2D at its full speed.
 */
export const conv2dBackpropFilter: WasmKernel = {
  name: 'Conv2DBackpropFilter',
  fault: 'missing',
  why: 'no convolution could be trained',
  how: 'a Conv2D over transposed operands, with the stride as dilation',
  compute({ tf, run }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const dy = inputs.dy as TensorInfo;
    const { strides, pad, dataFormat, dimRoundingMode, filterShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(
      x.shape as [number, number, number, number],
      filterShape,
      strides,
      1,
      pad,
      dimRoundingMode,
      false,
      tf.backend_util.convertConv2DDataFormat(dataFormat ?? 'NHWC'),
    );
    if (isMatrixProduct(info)) {
      const a = view(x, [info.batchSize * info.inHeight * info.inWidth, info.inChannels]);
      const b = view(dy, [a.shape[0]!, info.outChannels]);
      const product = run('BatchMatMul', { a, b }, { transposeA: true, transposeB: false });
      return run('Reshape', { x: product }, { shape: info.filterShape });
    }
    const first = info.dataFormat === 'channelsFirst';
    const images = run('Transpose', { x }, { perm: first ? [1, 2, 3, 0] : [3, 1, 2, 0] });
    const filter = run('Transpose', { x: dy }, { perm: first ? [2, 3, 0, 1] : [1, 2, 0, 3] });
    const { top, left } = info.padInfo;
    // What the windows reach beyond the end of the image; negative where a stride leaves rows unused.
    const bottom = (info.outHeight - 1) * info.strideHeight + info.filterHeight - info.inHeight - top;
    const right = (info.outWidth - 1) * info.strideWidth + info.filterWidth - info.inWidth - left;
    const gradient = run(
      'Conv2D',
      { x: images, filter },
      {
        strides: 1,
        dilations: [info.strideHeight, info.strideWidth],
        pad: [
          [0, 0],
          [top, Math.max(bottom, 0)],
          [left, Math.max(right, 0)],
          [0, 0],
        ],
        dataFormat: 'NHWC',
      },
    );
    const { inChannels, filterHeight, filterWidth, outChannels } = info;
    const exact =
      bottom >= 0 && right >= 0
        ? gradient
        : run(
            'Slice',
            { x: gradient },
            { begin: [0, 0, 0, 0], size: [inChannels, filterHeight, filterWidth, outChannels] },
          );
    return run('Transpose', { x: exact }, { perm: [1, 2, 0, 3] });
  },
};

/** A window of one pixel that visits each pixel once. */
function isMatrixProduct(info: ConvolutionInfo): boolean {
  const { filterHeight, filterWidth, strideHeight, strideWidth, inHeight, inWidth } = info;
  return (
    info.dataFormat === 'channelsLast' &&
    [filterHeight, filterWidth, strideHeight, strideWidth].every((length) => length === 1) &&
    info.outHeight === inHeight &&
    info.outWidth === inWidth
  );
}
