import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/** Also behind `broadcastTo` and the gradient of batch normalization. */
export const tile: WasmKernel = {
  name: 'Tile',
  fault: 'slow',
  why: 'the shipped kernel computes an index for every axis of every value',
  how: 'blocks copied within the backend’s memory, in TypeScript, from the last axis to the first',
  compute({ make, backend, shipped }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    const reps: readonly number[] = attrs.reps;
    if (x.dtype === 'string') return shipped(inputs as never, attrs);
    const result = make(
      x.shape.map((size, axis) => size * reps[axis]!),
      x.dtype,
    );
    const source = backend.typedArrayFromHeap(x);
    const target = backend.typedArrayFromHeap(result);
    target.set(source);
    // Each axis turns `blocks` blocks of `size` values into as many that are `times` as long, last block first,
    // so that no block is overwritten before it is copied.
    let size = 1;
    let blocks = source.length;
    for (let axis = x.shape.length - 1; axis >= 0; axis--) {
      size *= x.shape[axis]!;
      blocks /= x.shape[axis]!;
      const times = reps[axis]!;
      if (times === 1 || target.length === 0) continue;
      if (size === 1) repeatValues(target, blocks, times);
      else repeatBlocks(target, blocks, size, times);
      size *= times;
    }
    return result;
  },
};

function repeatValues(target: Float32Array | Int32Array | Uint8Array, count: number, times: number): void {
  for (let index = count - 1; index >= 0; index--) {
    target.fill(target[index]!, index * times, (index + 1) * times);
  }
}

function repeatBlocks(
  target: Float32Array | Int32Array | Uint8Array,
  count: number,
  size: number,
  times: number,
): void {
  for (let block = count - 1; block >= 0; block--) {
    const start = block * size * times;
    target.copyWithin(start, block * size, (block + 1) * size);
    // Doubling: each copy takes all that is there already.
    for (let filled = size; filled < size * times; ) {
      const next = Math.min(filled, size * times - filled);
      target.copyWithin(start + filled, start, start + next);
      filled += next;
    }
  }
}
