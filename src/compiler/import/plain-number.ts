/** Numbers as people write them. */
import type { Dialect } from './saved-model.js';

/**
 * Keras 3 passes some numbers through 32 bits, so that 0.01 is saved as 0.009999999776482582. tfjs computes in 32
 * bits, where both are the same: the shortest number of those is taken. What tfjs saved is left as it is. Also, the
 * smallest number there is stands for the zero that tfjs would take for "not given".
 */
export function plainNumber(value: unknown, dialect: Dialect): unknown {
  if (Array.isArray(value)) return value.map((item) => plainNumber(item, dialect));
  if (typeof value !== 'number') return value;
  if (value === Number.MIN_VALUE) return 0;
  if (dialect === 'tfjs' || Number.isInteger(value) || Math.fround(value) !== value) return value;
  for (let digits = 1; digits < 10; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}
