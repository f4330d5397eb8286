import { expect, it } from 'vitest';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';

const sharedMemory = '(import "env" "memory" (memory 1 4 shared))';

it('assembles SIMD, atomics, bulk memory and several results over shared memory', async () => {
  const bytes = await assembleWat(`(module ${sharedMemory}
    ;; a layer named größe
    (func $both (param $x v128) (result v128 v128) (local.get $x) (f32x4.neg (local.get $x)))
    (func (export "run") (param $from i32) (param $to i32) (local $x v128) (local $negated v128)
      (call $both (v128.load (local.get $from)))
      (local.set $negated)
      (local.set $x)
      (v128.store (local.get $to) (local.get $x))
      (v128.store offset=16 (local.get $to) (f32x4.sqrt (local.get $negated)))
      (memory.fill (local.get $from) (i32.const 7) (i32.const 4))
      (drop (i32.atomic.rmw.add (local.get $from) (i32.const 1)))
      (drop (memory.atomic.notify (local.get $from) (i32.const 1)))))`);
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 4, shared: true });
  const { exports } = await WebAssembly.instantiate(await WebAssembly.compile(bytes), { env: { memory } });
  const floats = new Float32Array(memory.buffer);
  floats.set([-1, -4, -9, -16]);
  (exports.run as (from: number, to: number) => void)(0, 64);
  expect([...floats.subarray(16, 24)]).toEqual([-1, -4, -9, -16, 1, 2, 3, 4]);
  expect(new Uint32Array(memory.buffer)[0]).toBe(0x07070708);
});

const fused = `(module (func (export "fused") (param v128 v128 v128) (result v128)
  (f32x4.relaxed_madd (local.get 0) (local.get 1) (local.get 2))))`;

it('takes relaxed SIMD where it is asked for, and only there', async () => {
  expect((await assembleWat(fused, { relaxed: true })).length).toBeGreaterThan(8);
  await expect(assembleWat(fused)).rejects.toThrow('opcode not allowed: f32x4.relaxed_madd');
});

it('keeps names where it is asked for', async () => {
  const text = '(module (func $convolve))';
  const asText = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');
  expect(asText(await assembleWat(text, { names: true }))).toContain('convolve');
  expect(asText(await assembleWat(text))).not.toContain('convolve');
});

it('says in which line a text is wrong', async () => {
  await expect(assembleWat('(module\n  (func (drop (local.get $sum))))')).rejects.toThrow(
    /module\.wat:2:26: error: undefined local variable "\$sum"\n.*drop \(local\.get \$sum\)/,
  );
  await expect(assembleWat('(module\n  (func (result i32)\n    (f32.const 1)))')).rejects.toThrow(
    /module\.wat:3:6: error: type mismatch/,
  );
});

it('assembles the same bytes again and again, also after a wrong text', async () => {
  const text = '(module (func (export "one") (result f32) (f32.const 1)))';
  const first = await assembleWat(text);
  await expect(assembleWat('(module (func')).rejects.toThrow('module.wat:1:');
  expect(await assembleWat(text)).toEqual(first);
});
