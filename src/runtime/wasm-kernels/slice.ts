import type { TensorInfo } from '@tensorflow/tfjs';
import { sizeOf } from '../../layers/shape.js';
import type { Kit, WasmKernel } from './define-kernel.js';

export const slice: WasmKernel = {
  name: 'Slice',
  fault: 'slow',
  why: 'the shipped kernel copies the whole tensor first, and then what is wanted of it',
  how: 'rows copied in TypeScript within the backend’s memory',
  compute({ tf, make, backend, shipped }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    if (x.dtype === 'string') return shipped({ x }, attrs);
    const [begin, size] = tf.slice_util.parseSliceParams(x as never, attrs.begin, attrs.size) as [
      number[],
      number[],
    ];
    const result = make(size, x.dtype);
    if (sizeOf(size) > 0) {
      copySlice(backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(result), x.shape, begin, size);
    }
    return result;
  },
};

type Numbers = ReturnType<Kit['backend']['typedArrayFromHeap']>;

/** Copies runs of neighbouring values: the last axes that are wanted whole, and the one before them. */
function copySlice(
  from: Numbers,
  to: Numbers,
  shape: readonly number[],
  begin: readonly number[],
  size: readonly number[],
): void {
  let split = shape.length - 1;
  while (split > 0 && size[split] === shape[split]) split--;
  const inner = sizeOf(shape.slice(split + 1));
  const run = (size[split] ?? 1) * inner;
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  const place = new Array<number>(split).fill(0);
  let source = begin.reduce((offset, first, axis) => offset + first * steps[axis]!, 0);
  for (let at = 0; at < to.length; at += run) {
    if (run > 32) to.set(from.subarray(source, source + run), at);
    else for (let index = 0; index < run; index++) to[at + index] = from[source + index]!;
    for (let axis = split - 1; axis >= 0; axis--) {
      source += steps[axis]!;
      place[axis] = place[axis]! + 1;
      if (place[axis]! < size[axis]!) break;
      source -= place[axis]! * steps[axis]!;
      place[axis] = 0;
    }
  }
}
