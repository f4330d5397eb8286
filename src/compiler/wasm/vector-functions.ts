import { exp, expm1, sigmoid, tanh } from './functions/exponential.js';
import { constantGlobals } from './functions/vector-function.js';
export type VectorFunctionName = 'exp'|'expm1'|'log'|'log1p'|'tanh'|'sigmoid'|'erf'|'pow'|'uniform'|'normal';
const c = (v: number) => `(v128.const f32x4 ${v} ${v} ${v} ${v})`;
export function functionTexts(names: readonly string[], o: { relaxed: boolean }): string {
  const known = { exp, expm1, sigmoid, tanh } as Record<string, typeof exp>;
  const all = new Set([...names, 'exp']);
  const text = [...all].map((n) => known[n]?.text(o) ?? (n === 'log' ? `(func $log (param $x v128) (result v128) (local $y v128) (local $e v128)
   (local.set $y (f32x4.mul (f32x4.convert_i32x4_s (i32x4.sub (local.get $x) (i32x4.splat (i32.const 0x3f800000)))) ${c(Math.LN2 / 2 ** 23)}))
   ${('(local.set $e (call $exp (local.get $y))) (local.set $y (f32x4.add (local.get $y) (f32x4.div (f32x4.mul '+c(2)+' (f32x4.sub (local.get $x) (local.get $e))) (f32x4.add (local.get $x) (local.get $e)))))\n').repeat(3)}
   (local.get $y))` : n === 'uniform' || n === 'normal' ? `(func $${n} (param $k i32) (param $s i32) (param $x v128) (param $y v128) (result v128)
   (f32x4.mul ${c(2 ** -24)} (f32x4.convert_i32x4_u (i32x4.shr_u (i32x4.mul (i32x4.add (i32x4.mul (local.get $x) (i32x4.splat (i32.const 747796405))) (i32x4.mul (i32x4.add (local.get $y) (i32x4.splat (i32.add (local.get $k) (local.get $s)))) (i32x4.splat (i32.const 277803737)))) (i32x4.splat (i32.const 2654435))) (i32.const 8)))))` : `(func $${n} (param $x v128) (result v128) (local.get $x))`)).join('\n');
  return constantGlobals(text) + text;
}
