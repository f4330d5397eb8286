/** Functions of vectors, assembled and instantiated, as functions of arrays. */
import v8 from 'node:v8';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import {
  functionTexts,
  type VectorFunctionName,
  type VectorFunctionOptions,
} from '../../../src/compiler/wasm/vector-functions.js';

type ArrayFunction = (...operands: readonly Float32Array[]) => Float32Array;

const pages = 256;

/**
 * A function that calls `$name` for four lanes at a time. The leading arguments, if there are any, are the same for
 * all; the operands are arrays of one length, a multiple of four.
 */
export async function arrayFunction(
  name: VectorFunctionName,
  options: VectorFunctionOptions,
  operandCount = 1,
  leading: readonly number[] = [],
): Promise<ArrayFunction> {
  if (options.relaxed) await allowRelaxed();
  const operands = Array.from({ length: operandCount }, (_, index) => `$operand${index}`);
  const call = [
    ...leading.map((value) => `(i32.const ${value})`),
    ...operands.map((operand) => `(v128.load (local.get ${operand}))`),
  ];
  const pointers = [...operands, '$result'];
  const bytes = await assembleWat(
    `(module (memory (export "memory") ${pages})
      ${functionTexts([name], options)}
      (func (export "run") ${pointers.map((pointer) => `(param ${pointer} i32)`).join(' ')} (param $end i32)
        (loop $next
          (v128.store (local.get $result) (call $${name} ${call.join(' ')}))
          ${pointers.map((pointer) => `(local.set ${pointer} (i32.add (local.get ${pointer}) (i32.const 16)))`).join('\n')}
          (br_if $next (i32.lt_u (local.get $result) (local.get $end))))))`,
    options,
  );
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes));
  const { buffer } = exports.memory as WebAssembly.Memory;
  const run = exports.run as (...addresses: readonly number[]) => void;
  return (...arrays) => {
    const { length } = arrays[0]!;
    const starts = pointers.map((_, index) => index * length * 4);
    arrays.forEach((array, index) => {
      new Float32Array(buffer, starts[index], length).set(array);
    });
    run(...starts, starts.at(-1)! + length * 4);
    return new Float32Array(buffer, starts.at(-1), length).slice();
  };
}

/** Node 20 has relaxed SIMD behind a flag, later ones have it by default. */
async function allowRelaxed(): Promise<void> {
  const probe =
    '(module (func (param v128) (drop (f32x4.relaxed_madd (local.get 0) (local.get 0) (local.get 0)))))';
  if (!WebAssembly.validate(await assembleWat(probe, { relaxed: true }))) {
    v8.setFlagsFromString('--experimental-wasm-relaxed-simd');
  }
}
