import type { TensorInfo } from '@tensorflow/tfjs';
import type { WasmKernel } from './define-kernel.js';

/**
 * With e = exp(-2|x|) - 1, tanh |x| = -e / (2 + e), to the last bits also near zero. For negative values Elu is
 * exp(x) - 1, and its kernel computes four at a time.
 */
export const tanh: WasmKernel = {
  name: 'Tanh',
  fault: 'slow',
  why: 'the shipped kernel takes ten times as long as its Sigmoid',
  how: 'an Elu of -2|x|, between two loops in TypeScript over the backend’s memory',
  compute({ run, make, floats, shipped }, inputs, attrs) {
    const x = inputs.x as TensorInfo;
    if (x.dtype !== 'float32') return shipped({ x }, attrs);
    const doubled = make(x.shape);
    const exponents = floats(doubled);
    const before = floats(x);
    for (let i = 0; i < exponents.length; i++) exponents[i] = -2 * Math.abs(before[i]!);
    const powers = run('Elu', { x: doubled });
    const result = make(x.shape);
    const from = floats(x);
    // -1 or 1, without a branch that a processor would guess wrong half of the time.
    const bits = new Int32Array(from.buffer, from.byteOffset, from.length);
    const e = floats(powers);
    const to = floats(result);
    for (let i = 0; i < to.length; i++) {
      const power = e[i]!;
      to[i] = (0 - power / (2 + power)) * ((bits[i]! >> 31) | 1);
    }
    return result;
  },
};
