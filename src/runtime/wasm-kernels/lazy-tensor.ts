/**
 * Tensors whose values are computed when somebody first reads them, and never if nobody does.
 *
 * tfjs computes the gradient of a fused convolution or matrix product with respect to all of its inputs at
 * once, also to the images that come in from outside, where nobody asks for it. In small networks that is the
 * largest wasted piece of a training step. Whatever reads a tensor of the wasm backend goes through the two
 * properties `id` and `memoryOffset` of its record, so a record can compute its values when asked for them.
 */
import type { Tensor, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import type { WasmBackend } from './define-kernel.js';

/** What the backend knows of one tensor; `id` is its number in the compiled module. */
export interface TensorRecord {
  readonly id: number;
  readonly memoryOffset: number;
  readonly shape: readonly number[];
  readonly dtype: string;
  refCount: number;
}

/** `compute` must return a tensor of this shape that nobody else holds. */
export function lazyTensor(
  tf: Tf,
  backend: WasmBackend,
  shape: readonly number[],
  inputs: readonly TensorInfo[],
  compute: () => TensorInfo,
): TensorInfo {
  const held = inputs.map((input) => hold(tf, backend, input));
  const release = () => {
    for (const tensor of held.splice(0)) tensor.dispose();
  };
  const dataId = { id: backend.dataIdNextNumber++ };
  let computed: { readonly id: number; readonly memoryOffset: number } | undefined;
  const values = () => {
    if (computed !== undefined) return computed;
    // The backend lowers the count before it asks where the memory is that it may free.
    if (record.refCount <= 0) {
      release();
      return nothing;
    }
    const result = compute();
    const { id, memoryOffset } = backend.dataIdMap.get(result.dataId);
    computed = { id, memoryOffset };
    backend.dataIdMap.delete(result.dataId);
    release();
    return computed;
  };
  const record: TensorRecord = {
    shape,
    dtype: 'float32',
    refCount: 1,
    get id() {
      return values().id;
    },
    get memoryOffset() {
      return values().memoryOffset;
    },
  };
  backend.dataIdMap.set(dataId, record);
  return { dataId, shape: [...shape], dtype: 'float32' };
}

/** 0 is the null tensor and the null pointer of the compiled module: freeing them does nothing. */
const nothing = { id: 0, memoryOffset: 0 };

/** Another reference to a tensor, so that it outlives the scope in which it was made. */
function hold(tf: Tf, backend: WasmBackend, { dataId, shape, dtype }: TensorInfo): Tensor {
  backend.incRef(dataId);
  return tf.keep(tf.engine().makeTensorFromTensorInfo({ dataId, shape, dtype }));
}

/** Computes the values of a lazy tensor now; for others it does nothing. */
export function settle(backend: WasmBackend, tensor: TensorInfo): void {
  if (tensor.dtype !== 'string') void backend.dataIdMap.get(tensor.dataId).memoryOffset;
}
