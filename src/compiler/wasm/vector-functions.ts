/**
 * What no instruction computes, for four lanes at a time: functions of f32x4 vectors. They are good to two units
 * in the last place for every float: infinities, zeros of either sign, denormal numbers and what is not a number give
 * what they should, fused or not. What is not so says so where it is defined.
 */
import { erf } from './functions/error-function.js';
import { exp, expm1, sigmoid, tanh } from './functions/exponential.js';
import { log, log1p } from './functions/logarithm.js';
import { pow } from './functions/power.js';
import { normal, threefry, uniform } from './functions/random.js';
import { cosTurns, sinTurns } from './functions/turns.js';
import {
  constantGlobals,
  type VectorFunction,
  type VectorFunctionName,
  type VectorFunctionOptions,
  vectorFunctionNames,
} from './functions/vector-function.js';

export type { VectorFunction, VectorFunctionName, VectorFunctionOptions };

export const vectorFunctions: Readonly<Record<VectorFunctionName, VectorFunction>> = {
  exp,
  expm1,
  sigmoid,
  tanh,
  log,
  log1p,
  erf,
  pow,
  sinTurns,
  cosTurns,
  threefry,
  uniform,
  normal,
};

/**
 * The texts of the functions, of those that they call, and of the globals that hold their constants: each once, in
 * an order that does not depend on that of the names. To be put into a module that has no global named `$f32x4:…`,
 * `$i32x4:…`, `$f64x2:…` or `$i64x2:…`.
 */
export function functionTexts(names: Iterable<VectorFunctionName>, options: VectorFunctionOptions): string {
  const needed = new Set<VectorFunctionName>();
  const need = (name: VectorFunctionName) => {
    if (needed.has(name)) return;
    needed.add(name);
    vectorFunctions[name].calls.forEach(need);
  };
  for (const name of names) need(name);
  const texts = vectorFunctionNames
    .filter((name) => needed.has(name))
    .map((name) => `${vectorFunctions[name].text(options)}\n`)
    .join('');
  return constantGlobals(texts) + texts;
}
