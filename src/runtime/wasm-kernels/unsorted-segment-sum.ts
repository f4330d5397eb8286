import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../layers/shape.js';
import type { WasmKernel } from './define-kernel.js';

/** The gradient of `gather`: rows of `x` are added to the row of the result that their id names. */
export const unsortedSegmentSum: WasmKernel = {
  name: 'UnsortedSegmentSum',
  fault: 'missing',
  why: 'nothing behind a gather (an embedding, for example) could be trained',
  how: 'one pass over the rows, in TypeScript over the backend’s memory',
  compute({ make, backend }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const segmentIds = inputs.segmentIds as TensorInfo;
    const numSegments: number = attrs.numSegments;
    const innerShape = x.shape.slice(segmentIds.shape.length);
    const inner = sizeOf(innerShape);
    const result = make([numSegments, ...innerShape], x.dtype);
    const sums = backend.typedArrayFromHeap(result).fill(0);
    const values = backend.typedArrayFromHeap(x);
    const ids = backend.typedArrayFromHeap(segmentIds);
    for (let row = 0; row < ids.length; row++) {
      const id = ids[row]!;
      // Rows with other ids are dropped, as in TensorFlow.
      if (id < 0 || id >= numSegments) continue;
      for (let column = 0; column < inner; column++) {
        const at = id * inner + column;
        sums[at] = sums[at]! + values[row * inner + column]!;
      }
    }
    return result;
  },
};
