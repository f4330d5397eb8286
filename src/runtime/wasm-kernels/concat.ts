import { sizeOf } from '../../layers/shape.js';
import { view, type WasmKernel } from './define-kernel.js';

export const concat: WasmKernel = {
  name: 'Concat',
  fault: 'slow',
  why: 'along the last axis the shipped kernel makes a typed array for every few values',
  how: 'the same copies, the short ones value by value, in TypeScript over the backend’s memory',
  compute({ tf, run, make, backend, shipped }, inputs, attrs) {
    const tensors = Object.values(inputs);
    const [first] = tensors;
    if (first === undefined || first.dtype === 'string') return shipped(inputs, attrs);
    const axis = tf.util.parseAxisParam(attrs.axis, first.shape)[0]!;
    const parts = tensors.filter(({ shape }) => sizeOf(shape) > 0);
    const shape = [...first.shape];
    shape[axis] = tensors.reduce((length, part) => length + part.shape[axis]!, 0);
    if (parts.length === 1) return run('Identity', { x: view(parts[0]!, shape) });
    const result = make(shape, first.dtype);
    const target = backend.typedArrayFromHeap(result);
    const outer = sizeOf(shape.slice(0, axis));
    const width = sizeOf(shape.slice(axis));
    let offset = 0;
    for (const part of parts) {
      const length = sizeOf(part.shape.slice(axis));
      copyRows(backend.typedArrayFromHeap(part), target, outer, length, offset, width);
      offset += length;
    }
    return result;
  },
};

type Numbers = ReturnType<Parameters<WasmKernel['compute']>[0]['backend']['typedArrayFromHeap']>;

/** Row `i` of `length` values goes to `offset` in row `i` of `width` values. */
function copyRows(
  source: Numbers,
  target: Numbers,
  rows: number,
  length: number,
  offset: number,
  width: number,
): void {
  for (let row = 0; row < rows; row++) {
    const from = row * length;
    const to = row * width + offset;
    if (length > 32) target.set(source.subarray(from, from + length), to);
    else for (let index = 0; index < length; index++) target[to + index] = source[from + index]!;
  }
}
