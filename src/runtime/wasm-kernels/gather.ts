import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../layers/shape.js';
import type { WasmKernel } from './define-kernel.js';

export const gather: WasmKernel = {
  name: 'GatherV2',
  fault: 'slow',
  why: 'the shipped kernel computes an index for every axis of every value',
  how: 'rows copied in TypeScript within the backend’s memory; the shipped kernel for batches of indices',
  compute({ tf, make, backend, shipped }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const indices = inputs.indices as TensorInfo;
    const axis = tf.util.parseAxisParam(attrs.axis, x.shape)[0]!;
    const rows = x.shape[axis]!;
    const wanted = x.dtype === 'string' ? undefined : backend.typedArrayFromHeap(indices);
    // The shipped kernel says what is wrong with an index.
    if (!wanted?.every((index) => index >= 0 && index < rows) || attrs.batchDims > 0) {
      return shipped(inputs, attrs);
    }
    const inner = sizeOf(x.shape.slice(axis + 1));
    const outer = sizeOf(x.shape.slice(0, axis));
    const result = make([...x.shape.slice(0, axis), ...indices.shape, ...x.shape.slice(axis + 1)], x.dtype);
    const from = backend.typedArrayFromHeap(x);
    const to = backend.typedArrayFromHeap(result);
    const order = backend.typedArrayFromHeap(indices);
    let at = 0;
    for (let block = 0; block < outer; block++) {
      for (let place = 0; place < order.length; place++, at += inner) {
        const source = (block * rows + order[place]!) * inner;
        to.set(from.subarray(source, source + inner), at);
      }
    }
    return result;
  },
};
