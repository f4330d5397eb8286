/**
 * What a kernel of ours is: a function of tensors, mostly composed of kernels that tfjs's wasm backend has.
 * Registration and the freeing of everything in between are the same for all of them and live here.
 */
import type { DataType, KernelFunc, NamedAttrMap, NamedTensorInfoMap, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from '../backend.js';
import { lazyTensor, settle, type TensorRecord } from './lazy-tensor.js';

/** The part of tfjs's wasm backend that kernels work with. */
export interface WasmBackend {
  makeOutput(shape: readonly number[], dtype: DataType): TensorInfo;
  /** The tensor's values, in place. Valid until the next allocation: memory moves when it grows. */
  typedArrayFromHeap(tensor: TensorInfo): Float32Array | Int32Array | Uint8Array;
  disposeData(dataId: object): boolean;
  incRef(dataId: object): void;
  dataIdNextNumber: number;
  readonly dataIdMap: {
    get(dataId: object): TensorRecord;
    set(dataId: object, record: TensorRecord): void;
    delete(dataId: object): boolean;
  };
}

/** What a kernel computes with. */
export interface Kit {
  readonly tf: Tf;
  readonly backend: WasmBackend;
  /** Runs another kernel of the backend. Its result is freed when the kernel that asked for it is done. */
  run(kernelName: string, inputs: NamedTensorInfoMap, attrs?: Readonly<Record<string, unknown>>): TensorInfo;
  /** Runs the kernel that tfjs ships under the name of this one. */
  shipped(inputs: NamedTensorInfoMap, attrs: Attributes): TensorInfo;
  /** A new tensor whose values are not set yet; the kernel returns it or it is freed. */
  make(shape: readonly number[], dtype?: DataType): TensorInfo;
  /** Frees something that `run` or `make` gave, before the kernel is done. */
  free(tensor: TensorInfo): void;
  /** The values of a float32 tensor, in place; see `typedArrayFromHeap`. */
  floats(tensor: TensorInfo): Float32Array;
}

export interface WasmKernel {
  /** tfjs's name of it. */
  readonly name: string;
  /** What is the matter with the backend as tfjs ships it: no such kernel, wrong answers, or slow ones. */
  readonly fault: 'missing' | 'wrong' | 'slow';
  /** The same in a clause: what could not be done, or what the shipped kernel does badly. */
  readonly why: string;
  /** How it is computed here. */
  readonly how: string;
  compute(kit: Kit, inputs: Readonly<Record<string, TensorInfo>>, attrs: Attributes): TensorInfo;
  /**
   * The shape of the result, where it may never be read, so that computing it can wait; see `lazy-tensor.ts`.
   */
  lazyShape?(inputs: Readonly<Record<string, TensorInfo>>, attrs: Attributes): readonly number[] | undefined;
}

/** tfjs types attributes of kernels as anything; each kernel states what it reads. */
// biome-ignore lint/suspicious/noExplicitAny: the shape is the business of each kernel's own destructuring
export type Attributes = Readonly<Record<string, any>>;

/** The same values with another shape: no copy, and nothing to free. */
export function view(tensor: TensorInfo, shape: readonly number[]): TensorInfo {
  return { dataId: tensor.dataId, dtype: tensor.dtype, shape: [...shape] };
}

/** The kernel as tfjs calls it. Everything made on the way is freed, also when it throws. */
export function kernelFunction(
  tf: Tf,
  { compute, lazyShape }: WasmKernel,
  shipped: KernelFunc | undefined,
): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const wasm = backend as WasmBackend;
    const operands = inputs as Readonly<Record<string, TensorInfo>>;
    const options = (attrs ?? {}) as Attributes;
    const present = Object.values(operands).filter((operand) => operand != null);
    // Computing a lazy tensor allocates memory, which must not happen while a kernel holds views of it.
    for (const operand of present) settle(wasm, operand);
    const now = () => computeNow(tf, wasm, compute, operands, options, shipped);
    const shape = lazyShape?.(operands, options);
    return shape === undefined ? now() : lazyTensor(tf, wasm, shape, present, now);
  };
}

function computeNow(
  tf: Tf,
  backend: WasmBackend,
  compute: WasmKernel['compute'],
  inputs: Readonly<Record<string, TensorInfo>>,
  attrs: Attributes,
  shipped: KernelFunc | undefined,
): TensorInfo {
  const made = new Set<TensorInfo>();
  const call = (kernel: KernelFunc, kernelInputs: NamedTensorInfoMap, kernelAttrs: Attributes) => {
    const output = kernel({
      inputs: kernelInputs,
      attrs: kernelAttrs as NamedAttrMap,
      backend,
    }) as TensorInfo;
    made.add(output);
    return output;
  };
  const kit: Kit = {
    tf,
    backend,
    run: (kernelName, kernelInputs, kernelAttrs = {}) =>
      call(tf.getKernel(kernelName, 'wasm').kernelFunc, kernelInputs, kernelAttrs),
    shipped(kernelInputs, kernelAttrs) {
      if (shipped === undefined) throw new Error('tfjs ships no kernel of this name');
      return call(shipped, kernelInputs, kernelAttrs);
    },
    make(shape, dtype = 'float32') {
      const output = backend.makeOutput([...shape], dtype);
      made.add(output);
      return output;
    },
    free(tensor) {
      if (made.delete(tensor)) backend.disposeData(tensor.dataId);
    },
    floats: (tensor) => backend.typedArrayFromHeap(tensor) as Float32Array,
  };
  let result: TensorInfo | undefined;
  try {
    result = compute(kit, inputs, attrs);
    return result;
  } finally {
    for (const tensor of made) if (tensor !== result) backend.disposeData(tensor.dataId);
  }
}
