/** WebAssembly text by pieces: the few forms that kernels are written in. Every piece is a string of that text. */

type LocalType = 'i32' | 'f32' | 'v128';

/** A whole number known now, or text that computes one. */
export type Int = number | string;

export const i32 = (value: Int): string => (typeof value === 'number' ? `(i32.const ${value})` : value);

export function add(...terms: readonly Int[]): Int {
  const known = terms.reduce<number>((sum, term) => (typeof term === 'number' ? sum + term : sum), 0);
  const texts = terms.filter((term) => typeof term === 'string');
  if (texts.length === 0) return known;
  const all = known === 0 ? texts : [...texts, i32(known)];
  return all.reduce((sum, term) => `(i32.add ${sum} ${term})`);
}

export function mul(one: Int, other: number): Int {
  if (typeof one === 'number') return one * other;
  if (other === 0) return 0;
  if (other === 1) return one;
  return `(i32.mul ${one} (i32.const ${other}))`;
}

export const sub = (one: Int, other: Int): Int =>
  typeof other === 'number' ? add(one, -other) : `(i32.sub ${i32(one)} ${other})`;

export function div(one: Int, other: number): Int {
  if (typeof one === 'number') return Math.floor(one / other);
  return other === 1 ? one : `(i32.div_u ${one} (i32.const ${other}))`;
}

export function rem(one: Int, other: number): Int {
  if (typeof one === 'number') return one % other;
  return other === 1 ? 0 : `(i32.rem_u ${one} (i32.const ${other}))`;
}

export const get = (local: string): string => `(local.get ${local})`;
export const set = (local: string, value: Int): string => `(local.set ${local} ${i32(value)})`;

/** The larger (or smaller) of two, signed. Both are evaluated twice. */
export function larger(one: Int, other: Int): Int {
  if (typeof one === 'number' && typeof other === 'number') return Math.max(one, other);
  return `(select ${i32(one)} ${i32(other)} (i32.gt_s ${i32(one)} ${i32(other)}))`;
}
export function smaller(one: Int, other: Int): Int {
  if (typeof one === 'number' && typeof other === 'number') return Math.min(one, other);
  return `(select ${i32(one)} ${i32(other)} (i32.lt_s ${i32(one)} ${i32(other)}))`;
}

/** `offset=` belongs to the instruction, so that no addition is needed; it cannot be negative. */
const at = (offset: number) => (offset === 0 ? '' : ` offset=${offset}`);
export const load = (address: Int, offset = 0): string => `(v128.load${at(offset)} ${i32(address)})`;
export const splat = (address: Int, offset = 0): string => `(v128.load32_splat${at(offset)} ${i32(address)})`;
export const store = (address: Int, value: string, offset = 0): string =>
  `(v128.store${at(offset)} ${i32(address)} ${value})`;
export const storeLane = (address: Int, value: string, offset = 0, lane = 0): string =>
  `(v128.store32_lane${at(offset)} ${lane} ${i32(address)} ${value})`;
/** Four numbers that lie so many bytes from each other. */
export const gather = (address: Int, offset: number, step: number): string =>
  [1, 2, 3].reduce(
    (vector, lane) => `(v128.load32_lane${at(offset + lane * step)} ${lane} ${i32(address)} ${vector})`,
    `(v128.load32_zero${at(offset)} ${i32(address)})`,
  );
export const f32x4 = (value: number): string => {
  const text = floatText(value);
  return `(v128.const f32x4 ${text} ${text} ${text} ${text})`;
};
export const addF = (one: string, other: string): string => `(f32x4.add ${one} ${other})`;
/** `sum + one · other`, rounded once where that is allowed. */
export const multiplyAdd = (
  sum: string,
  one: string,
  other: string,
  { relaxed }: { readonly relaxed: boolean },
) => (relaxed ? `(f32x4.relaxed_madd ${one} ${other} ${sum})` : addF(sum, mulF(one, other)));
export const mulF = (one: string, other: string): string => `(f32x4.mul ${one} ${other})`;

function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  return Object.is(value, -0) ? '-0' : String(Math.fround(value));
}

/** A function being written: it hands out locals, and labels that nothing else has. */
export interface Writer {
  local(type: LocalType, hint: string): string;
  /** `count` of them. */
  locals(type: LocalType, hint: string, count: number): readonly string[];
  /** Runs the body for a counter from `from` up to, and without, `to`. */
  loop(from: Int, to: Int, step: number, body: (counter: string) => readonly string[]): readonly string[];
}

/** Parameters are all i32. */
export function watFunction(
  name: string,
  parameters: readonly string[],
  body: (writer: Writer) => readonly string[],
): string {
  const declarations: string[] = [];
  let count = 0;
  const local = (type: LocalType, hint: string) => {
    count += 1;
    const named = `$${hint}${count}`;
    declarations.push(`(local ${named} ${type})`);
    return named;
  };
  const writer: Writer = {
    local,
    locals: (type, hint, many) => Array.from({ length: many }, () => local(type, hint)),
    loop(from, to, step, inside) {
      const counter = local('i32', 'i');
      if (typeof from === 'number' && typeof to === 'number' && to - from <= step) {
        return to <= from ? [] : [set(counter, from), ...inside(counter)];
      }
      const label = `$again${counter.slice(1)}`;
      const around = [
        set(counter, from),
        `(loop ${label}`,
        ...inside(counter),
        set(counter, add(get(counter), step)),
        `(br_if ${label} (i32.lt_s ${get(counter)} ${i32(to)})))`,
      ];
      const runs = typeof from === 'number' && typeof to === 'number';
      return runs ? around : [`(if (i32.lt_s ${i32(from)} ${i32(to)}) (then`, ...around, '))'];
    },
  };
  const lines = body(writer);
  const header = parameters.map((parameter) => `(param ${parameter} i32)`).join(' ');
  return [`(func ${name} ${header}`, ...declarations, ...lines, ')'].join('\n');
}
