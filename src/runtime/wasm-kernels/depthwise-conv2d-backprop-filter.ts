import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/**
 * dw[kh, kw, c, m] = sum over n, oh, ow of
 *   x[n, oh*stride + kh*dilation - top, ow*stride + kw*dilation - left, c] * dy[n, oh, ow, c*multiplier + m]
 */
export const depthwiseConv2dBackpropFilter: WasmKernel = {
  name: 'DepthwiseConv2dNativeBackpropFilter',
  why: 'missing: no depthwise or separable convolution could be trained',
  how: 'a loop in TypeScript over the backend’s memory, since as a convolution it has one channel a group',
  compute({ tf, make, floats }, inputs, attrs) {
    const source = inputs.x as TensorInfo;
    const { strides, dilations, pad, dimRoundingMode, filterShape } = attrs;
    const info = tf.backend_util.computeConv2DInfo(
      source.shape as [number, number, number, number],
      filterShape,
      strides,
      dilations ?? 1,
      pad,
      dimRoundingMode,
      true,
    );
    const { inHeight, inWidth, inChannels, outHeight, outWidth, outChannels, filterHeight, filterWidth } =
      info;
    const { strideHeight, strideWidth, dilationHeight, dilationWidth, padInfo } = info;
    const multiplier = outChannels / inChannels;
    const sums = new Float64Array(filterHeight * filterWidth * outChannels);
    const x = floats(source);
    const dy = floats(inputs.dy as TensorInfo);
    for (let image = 0; image < info.batchSize; image++) {
      for (let outRow = 0; outRow < outHeight; outRow++) {
        for (let filterRow = 0; filterRow < filterHeight; filterRow++) {
          const inRow = outRow * strideHeight + filterRow * dilationHeight - padInfo.top;
          if (inRow < 0 || inRow >= inHeight) continue;
          const xRow = (image * inHeight + inRow) * inWidth;
          for (let filterColumn = 0; filterColumn < filterWidth; filterColumn++) {
            const tap = (filterRow * filterWidth + filterColumn) * outChannels;
            for (let outColumn = 0; outColumn < outWidth; outColumn++) {
              const inColumn = outColumn * strideWidth + filterColumn * dilationWidth - padInfo.left;
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
