import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';
import { depthwiseInfo } from './depthwise-conv2d-backprop-input.js';

/**
 * dw[kh, kw, c, m] = sum over n, oh, ow of
 *   x[n, oh*stride + kh - top, ow*stride + kw - left, c] * dy[n, oh, ow, c*multiplier + m]
 */
export const depthwiseConv2dBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  why: 'missing: no depthwise or separable convolution could be trained',
  how: 'a loop in TypeScript over the backend’s memory, since as a convolution it has one channel a group',
  compute(kit, inputs, attrs) {
    const { make, floats } = kit;
    const source = inputs.x as TensorInfo;
    const info = depthwiseInfo(kit, source.shape, attrs.filterShape, attrs);
    const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
      info;
    const { strideHeight, strideWidth, padInfo } = info;
    const multiplier = outChannels / inChannels;
    const sums = new Float64Array(filterHeight * filterWidth * outChannels);
    const x = floats(source);
    const dy = floats(inputs.dy as TensorInfo);
    for (let image = 0; image < info.batchSize; image++) {
      for (let outRow = 0; outRow < outHeight; outRow++) {
        for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
          const inRow = outRow * strideHeight + filterRow - padInfo.top;
          if (inRow < 0 || inRow >= inHeight) continue;
          const xRow = (image * inHeight + inRow) * inWidth;
          for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
            const tap = (filterRow * filterWidth + filterColumn) * outChannels;
            for (let outColumn = 0; outColumn < outWidth; outColumn++) {
              const inColumn = outColumn * strideWidth + filterColumn - padInfo.left;
              if (inColumn < 0 || inColumn >= inWidth) continue;
              let xAt = (xRow + inColumn) * inChannels;
              let dyAt = ((image * outHeight + outRow) * outWidth + outColumn) * outChannels;
              for (let sumAt = tap; sumAt < tap + outChannels; xAt++) {
                const value = x[xAt]!;
                for (let end = sumAt + multiplier; sumAt < end; sumAt++, dyAt++) {
                  sums[sumAt] = sums[sumAt]! + value * dy[dyAt]!;
                }
              }
            }
          }
        }
      }
    }
    const result = make(info.filterShape);
    floats(result).set(sums);
    return result;
  },
};
