/** What layers need that native TensorFlow's backend lacks: computed by tfjs's cpu backend, on copies of the inputs. */
import type { DataType, KernelFunc, TensorInfo } from '@tensorflow/tfjs';
import type { Tf } from './backend.js';

/** The part of a backend that moves values. */
interface Memory {
  /** Of the cpu backend: whether its next tensor prints an advertisement for tfjs-node. */
  firstUse?: boolean;
  readSync(dataId: object): Float32Array;
  write(values: Float32Array, shape: readonly number[], dtype: DataType): object;
  disposeData(dataId: object): boolean;
}

/** Names of them; this one is for categoryEncoding. */
export const nativeKernels = ['DenseBincount'] as const;

/** Registers them for native TensorFlow; a second call finds nothing missing. */
export function supplyNativeKernels(tf: Tf): void {
  for (const kernelName of nativeKernels) {
    if (tf.getKernel(kernelName, 'tensorflow') !== undefined) continue;
    const { kernelFunc } = tf.getKernel(kernelName, 'cpu');
    tf.registerKernel({ kernelName, backendName: 'tensorflow', kernelFunc: onCpu(tf, kernelFunc) });
  }
}

function onCpu(tf: Tf, compute: KernelFunc): KernelFunc {
  return ({ inputs, attrs, backend }) => {
    const native = backend as Memory;
    const cpu = tf.findBackend('cpu') as unknown as Memory;
    cpu.firstUse = false;
    const moved = ({ dataId, shape, dtype }: TensorInfo, from: Memory, to: Memory): TensorInfo => ({
      dataId: to.write(from.readSync(dataId), shape, dtype),
      shape,
      dtype,
    });
    const copies = Object.entries(inputs).map(
      ([name, input]) => [name, moved(input as TensorInfo, native, cpu)] as const,
    );
    const result = compute({
      inputs: Object.fromEntries(copies),
      attrs: attrs ?? {},
      backend: cpu,
    }) as TensorInfo;
    const output = moved(result, cpu, native);
    for (const { dataId } of [result, ...copies.map(([, copy]) => copy)]) cpu.disposeData(dataId);
    return output;
  };
}
