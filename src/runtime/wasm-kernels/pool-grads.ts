/** The gradients of both poolings: one pass over the windows, in TypeScript over the backend's memory. */
import type { TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import type { Attributes, WasmKernel } from './define-kernel.js';

const how = 'one pass over the windows, in TypeScript over the backend’s memory';

/** The first of equal maxima in a window gets its gradient, as on the cpu backend. */
export const maxPoolGrad: WasmKernel = {
  name: 'MaxPoolGrad',
  fault: 'slow',
  why: 'the shipped kernel visits every window once for each value that it covers',
  how,
  compute({ tf, make, floats }, inputs, attrs) {
    const input = inputs.input as TensorInfo;
    const { images, outRows, outColumns, channels, row, verticalSpan, horizontalSpan } = windowWalk(
      tf,
      input,
      attrs,
    );
    const result = make(input.shape);
    const dx = floats(result).fill(0);
    const x = floats(input);
    const y = floats(inputs.output as TensorInfo);
    const dy = floats(inputs.dy as TensorInfo);
    let output = 0;
    for (let image = 0; image < images; image++) {
      for (let outRow = 0; outRow < outRows; outRow++) {
        const [top, bottom] = verticalSpan(image, outRow);
        for (let outColumn = 0; outColumn < outColumns; outColumn++) {
          const [left, right] = horizontalSpan(outColumn);
          for (let channel = 0; channel < channels; channel++, output++) {
            const largest = y[output]!;
            // From the last place to the first, without a branch that depends on the values: a processor would
            // guess it wrong as often as not.
            let at = -1;
            for (let rowAt = bottom - row; rowAt >= top; rowAt -= row) {
              for (let place = rowAt + right - channels + channel; place >= rowAt + left; place -= channels) {
                at += Math.imul(place - at, Number(x[place] === largest));
              }
            }
            if (at >= 0) dx[at] = dx[at]! + dy[output]!;
          }
        }
      }
    }
    return result;
  },
};

/** A mean counts the entries of its window that lie in the image, and so must its gradient. */
export const avgPoolGrad: WasmKernel = {
  name: 'AvgPoolGrad',
  fault: 'wrong',
  why: 'the shipped kernel divides by the whole window also where a part of it lies outside, and visits every window once for each value that it covers',
  how,
  compute({ tf, make, floats }, inputs, attrs) {
    const input = inputs.input as TensorInfo;
    const { images, outRows, outColumns, channels, row, verticalSpan, horizontalSpan } = windowWalk(
      tf,
      input,
      attrs,
    );
    const result = make(input.shape);
    const dx = floats(result).fill(0);
    const dy = floats(inputs.dy as TensorInfo);
    let output = 0;
    for (let image = 0; image < images; image++) {
      for (let outRow = 0; outRow < outRows; outRow++) {
        const [top, bottom] = verticalSpan(image, outRow);
        for (let outColumn = 0; outColumn < outColumns; outColumn++) {
          const [left, right] = horizontalSpan(outColumn);
          // Spans are offsets: a row has `row` of them, a column `channels`.
          const share = (row * channels) / ((bottom - top) * (right - left));
          for (let rowAt = top; rowAt < bottom; rowAt += row) {
            for (let place = rowAt + left; place < rowAt + right; place += channels) {
              for (let channel = 0; channel < channels; channel++) {
                const at = place + channel;
                dx[at] = dx[at]! + dy[output + channel]! * share;
              }
            }
          }
          output += channels;
        }
      }
    }
    return result;
  },
};

/** Where the windows of a pooling lie in the memory of its input. */
function windowWalk(tf: Tf, input: TensorInfo, { filterSize, strides, pad, dimRoundingMode }: Attributes) {
  const info = tf.backend_util.computePool2DInfo(
    input.shape as [number, number, number, number],
    filterSize,
    strides,
    1,
    pad,
    dimRoundingMode,
  );
  const { inHeight, inWidth, inChannels: channels, filterHeight, filterWidth, padInfo } = info;
  const row = inWidth * channels;
  return {
    images: info.batchSize,
    outRows: info.outHeight,
    outColumns: info.outWidth,
    channels,
    /** Values in a row of the input. */
    row,
    /** First row of a window, and the first one below it, as offsets into the input. */
    verticalSpan(image: number, outRow: number): [number, number] {
      const top = outRow * info.strideHeight - padInfo.top;
      const rows = [Math.max(top, 0), Math.min(top + filterHeight, inHeight)] as const;
      return [(image * inHeight + rows[0]) * row, (image * inHeight + rows[1]) * row];
    },
    /** First column of a window, and the first one beside it, as offsets into a row. */
    horizontalSpan(outColumn: number): [number, number] {
      const left = outColumn * info.strideWidth - padInfo.left;
      return [Math.max(left, 0) * channels, Math.min(left + filterWidth, inWidth) * channels];
    },
  };
}
