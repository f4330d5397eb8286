import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

type Shape4 = [number, number, number, number];

export const resizeNearestNeighborGrad: WasmKernel = {
  name: 'ResizeNearestNeighborGrad',
  fault: 'slow',
  why: 'the shipped kernel searches around each value for those that were copied from it',
  how: 'each gradient added where its value came from, in TypeScript; the shipped kernel for broken factors',
  compute({ make, floats, shipped }, inputs, attrs) {
    const images = inputs.images as TensorInfo;
    const dy = inputs.dy as TensorInfo;
    const [batch, height, width, channels] = images.shape as Shape4;
    const [, outHeight, outWidth] = dy.shape as Shape4;
    const isWhole = outHeight % height === 0 && outWidth % width === 0;
    if (attrs.alignCorners || !isWhole || images.dtype !== 'float32') return shipped(inputs, attrs);
    const rowFactor = outHeight / height;
    const columnFactor = outWidth / width;
    const result = make(images.shape);
    const dx = floats(result).fill(0);
    const slopes = floats(dy);
    let at = 0;
    for (let row = 0; row < batch * outHeight; row++) {
      let place = Math.floor(row / rowFactor) * width * channels;
      for (let column = 0; column < width; column++, place += channels) {
        for (let copy = 0; copy < columnFactor; copy++) {
          for (let channel = 0; channel < channels; channel++) {
            dx[place + channel] = dx[place + channel]! + slopes[at++]!;
          }
        }
      }
    }
    return result;
  },
};
