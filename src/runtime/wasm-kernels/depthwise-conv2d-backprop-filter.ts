import type { TensorInfo } from '@tensorflow/tfjs';
import { type Kit, view, type WasmKernel } from './define-kernel.js';
import { depthwiseInfo } from './depthwise-conv2d-backprop-input.js';
import type { ConvolutionInfo } from './stride-residues.js';

/**
 * dw[kh, kw, c, m] = sum over n, oh, ow of
 *   x[n, oh*stride + kh - top, ow*stride + kw - left, c] * dy[n, oh, ow, c*multiplier + m]
 */
export const depthwiseConv2dBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  fault: 'missing',
  why: 'no depthwise or separable convolution could be trained',
  how: 'for each tap of the filter the pixels under it, copied in TypeScript, then a Multiply by dy and a Sum',
  compute(kit, inputs, attrs) {
    const { run, make, free, floats } = kit;
    const x = inputs.x as TensorInfo;
    const info = depthwiseInfo(kit, x.shape, attrs.filterShape, attrs);
    const { outChannels, filterHeight, filterWidth } = info;
    const positions = info.batchSize * info.outHeight * info.outWidth;
    const dy = view(inputs.dy as TensorInfo, [positions, outChannels]);
    // Each input channel as often as it has output channels: a Multiply that broadcasts is slow.
    const pixels = make([positions, outChannels]);
    const result = make(info.filterShape);
    for (let row = 0; row < filterHeight; row++) {
      for (let column = 0; column < filterWidth; column++) {
        copyPixelsUnderTap(kit, x, pixels, info, row, column);
        const product = run('Multiply', { a: pixels, b: dy });
        const sum = run('Sum', { x: product }, { axis: 0, keepDims: false });
        floats(result).set(floats(sum), (row * filterWidth + column) * outChannels);
        free(product);
        free(sum);
      }
    }
    return result;
  },
};

/** Zeros where the tap lies in the padding. */
function copyPixelsUnderTap(
  { floats }: Kit,
  x: TensorInfo,
  pixels: TensorInfo,
  info: ConvolutionInfo,
  filterRow: number,
  filterColumn: number,
): void {
  const { inHeight, inWidth, inChannels: channels, outHeight, outWidth, strideWidth } = info;
  const multiplier = info.outChannels / channels;
  const from = floats(x);
  const to = floats(pixels).fill(0);
  const left = filterColumn - info.padInfo.left;
  const first = Math.max(0, Math.ceil(-left / strideWidth));
  const last = Math.min(outWidth - 1, Math.floor((inWidth - 1 - left) / strideWidth));
  for (let image = 0; image < info.batchSize; image++) {
    for (let outRow = 0; outRow < outHeight; outRow++) {
      const inRow = outRow * info.strideHeight + filterRow - info.padInfo.top;
      if (inRow < 0 || inRow >= inHeight || last < first) continue;
      const source = ((image * inHeight + inRow) * inWidth + first * strideWidth + left) * channels;
      const target = ((image * outHeight + outRow) * outWidth + first) * info.outChannels;
      const count = last - first + 1;
      if (strideWidth === 1 && multiplier === 1) {
        to.set(from.subarray(source, source + count * channels), target);
      } else {
        copyPixels(from, source, strideWidth * channels, to, target, count, channels, multiplier);
      }
    }
  }
}

function copyPixels(
  from: Float32Array,
  source: number,
  step: number,
  to: Float32Array,
  target: number,
  count: number,
  channels: number,
  multiplier: number,
): void {
  let at = target;
  for (let pixel = 0; pixel < count; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const value = from[source + pixel * step + channel]!;
      for (let copy = 0; copy < multiplier; copy++) to[at++] = value;
    }
  }
}
