import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/** The first of equal maxima in a window gets its gradient, as on the cpu backend. */
export const maxPoolGrad: WasmKernel = {
  name: 'MaxPoolGrad',
  why: 'slow: the shipped kernel searches all windows for each input value',
  how: 'one pass over the windows, in TypeScript over the backend’s memory',
  compute({ tf, make, floats }, inputs, attrs) {
    const input = inputs.input as TensorInfo;
    const { filterSize, strides, pad, dimRoundingMode } = attrs;
    const info = tf.backend_util.computePool2DInfo(
      input.shape as [number, number, number, number],
      filterSize,
      strides,
      1,
      pad,
      dimRoundingMode,
    );
    const result = make(input.shape);
    const dx = floats(result).fill(0);
    const x = floats(input);
    const dy = floats(inputs.dy as TensorInfo);
    const { inHeight, inWidth, inChannels: channels, outHeight, outWidth } = info;
    const { filterHeight, filterWidth, strideHeight, strideWidth, padInfo } = info;
    const row = inWidth * channels;
    let output = 0;
    for (let image = 0; image < info.batchSize; image++) {
      const start = image * inHeight * row;
      for (let outRow = 0; outRow < outHeight; outRow++) {
        const corner = outRow * strideHeight - padInfo.top;
        const top = Math.max(corner, 0);
        const bottom = Math.min(corner + filterHeight, inHeight);
        for (let outColumn = 0; outColumn < outWidth; outColumn++) {
          const side = outColumn * strideWidth - padInfo.left;
          const left = Math.max(side, 0) * channels;
          const right = Math.min(side + filterWidth, inWidth) * channels;
          for (let channel = 0; channel < channels; channel++) {
            let largest = Number.NEGATIVE_INFINITY;
            let at = -1;
            for (let rowAt = start + top * row; rowAt < start + bottom * row; rowAt += row) {
              for (let place = rowAt + left + channel; place < rowAt + right; place += channels) {
                const value = x[place]!;
                if (value > largest) {
                  largest = value;
                  at = place;
                }
              }
            }
            if (at >= 0) dx[at] = dx[at]! + dy[output]!;
            output++;
          }
        }
      }
    }
    return result;
  },
};
