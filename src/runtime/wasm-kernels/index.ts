/**
 * The kernels that training needs and that tfjs's wasm backend lacks, does wrongly, or does slowly. A table of
 * `name`, `fault`, `why` and `how`, for documentation too.
 */
import type { Tf } from '../backend.js';
import { avgPool3dGrad } from './avg-pool-3d-grad.js';
import { batchMatMul } from './batch-mat-mul.js';
import { concat } from './concat.js';
import { conv2d, depthwiseConv2d, fusedConv2d, fusedDepthwiseConv2d } from './conv2d.js';
import { conv2dBackpropFilter } from './conv2d-backprop-filter.js';
import { conv2dBackpropInput } from './conv2d-backprop-input.js';
import { conv3d, conv3dBackpropFilter, conv3dBackpropInput } from './conv3d.js';
import { kernelFunction, type WasmKernel } from './define-kernel.js';
import { depthwiseConv2dBackpropFilter } from './depthwise-conv2d-backprop-filter.js';
import { depthwiseConv2dBackpropInput } from './depthwise-conv2d-backprop-input.js';
import { gather } from './gather.js';
import { identity } from './identity.js';
import { maxPool3d, maxPool3dGrad } from './max-pool-3d.js';
import { avgPoolGrad, maxPoolGrad } from './pool-grads.js';
import { mean, sum } from './reductions.js';
import { resizeNearestNeighborGrad } from './resize-nearest-neighbor-grad.js';
import { slice } from './slice.js';
import { tanh } from './tanh.js';
import { tile } from './tile.js';
import { unsortedSegmentSum } from './unsorted-segment-sum.js';

export type { WasmKernel } from './define-kernel.js';

export const wasmKernels: readonly WasmKernel[] = [
  // missing
  conv2dBackpropFilter,
  depthwiseConv2dBackpropFilter,
  depthwiseConv2dBackpropInput,
  unsortedSegmentSum,
  // wrong
  conv2d,
  fusedConv2d,
  depthwiseConv2d,
  fusedDepthwiseConv2d,
  conv3dBackpropFilter,
  conv3dBackpropInput,
  maxPool3d,
  maxPool3dGrad,
  avgPoolGrad,
  avgPool3dGrad,
  // slow
  conv2dBackpropInput,
  batchMatMul,
  maxPoolGrad,
  sum,
  mean,
  identity,
  slice,
  concat,
  gather,
  tile,
  tanh,
  resizeNearestNeighborGrad,
  conv3d,
];

const registered = new WeakSet<object>();

/** Registers them for the wasm backend only; a second call does nothing. */
export function registerWasmKernels(tf: Tf): void {
  if (registered.has(tf.engine())) return;
  registered.add(tf.engine());
  for (const kernel of wasmKernels) {
    const { name } = kernel;
    const shipped = tf.getKernel(name, 'wasm');
    if (shipped !== undefined) tf.unregisterKernel(name, 'wasm');
    tf.registerKernel({
      ...shipped,
      kernelName: name,
      backendName: 'wasm',
      kernelFunc: kernelFunction(tf, kernel, shipped?.kernelFunc),
    });
  }
}
