/** The kernels that training needs and tfjs's wasm backend lacks or does slowly. */
import type { Tf } from '../backend.js';

export function registerWasmKernels(_tf: Tf): void {}
