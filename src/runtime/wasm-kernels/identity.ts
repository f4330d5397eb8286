import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/** tfjs clones every tensor that it saves for a gradient. Tensors never change, so a second reference does. */
export const identity: WasmKernel = {
  name: 'Identity',
  fault: 'slow',
  why: 'the shipped kernel copies the values',
  how: 'a Reshape to the same shape, which shares them',
  compute({ run, shipped }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    return x.dtype === 'string' ? shipped({ x }, attrs) : run('Reshape', { x }, { shape: x.shape });
  },
};
