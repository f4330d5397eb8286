/** Which vector instructions of WebAssembly this JavaScript engine has. */
import { setFlagsFromString } from 'node:v8';

/** A function that makes a vector of a number and takes one lane of it. */
const plain = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
]);

/** A function that multiplies and adds at once. */
const fused = new Uint8Array([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 6, 1, 96, 1, 123, 1, 123, 3, 2, 1, 0, 10, 13, 1, 11, 0, 32, 0, 32, 0, 32, 0,
  253, 133, 2, 11,
]);

export const hasSimd = (): boolean => WebAssembly.validate(plain);

/** Relaxed SIMD is on from V8 11.4 (Node 21). Node 20 has it behind a flag, which asking for it sets. */
export function allowRelaxedSimd(): boolean {
  if (!WebAssembly.validate(fused)) setFlagsFromString('--experimental-wasm-relaxed-simd');
  return WebAssembly.validate(fused);
}
