/**
 * What a vector function is, and how its text is made. A function is straight code: steps that set locals, without
 * branches, tables or memory. An operand is the name of a local (`$x`) or the text of another instruction.
 */

/** In the order in which they are printed. */
export const vectorFunctionNames = [
  'exp',
  'expm1',
  'sigmoid',
  'tanh',
  'log',
  'log1p',
  'erf',
  'pow',
  'sinTurns',
  'cosTurns',
  'threefry',
  'uniform',
  'normal',
] as const;

export type VectorFunctionName = (typeof vectorFunctionNames)[number];

export interface VectorFunctionOptions {
  /** Fuses multiplications and additions by relaxed SIMD: faster, and not the same bits on every machine. */
  readonly relaxed: boolean;
}

export interface VectorFunction {
  readonly name: VectorFunctionName;
  /** The functions that its text calls. */
  readonly calls: readonly VectorFunctionName[];
  /** The largest error for any operands, in units in the last place of the exact result. */
  readonly ulps: number;
  /** The text of `(func $name …)`. Its constants are globals, which `functionTexts` prints too. */
  text(options: VectorFunctionOptions): string;
}

/** Sets a local; or several, `$one $other`, from as many results. */
export type Step = readonly [locals: string, value: string];

interface FunctionParts {
  /** `$x` for a vector, `$key: i32` for a number. */
  readonly parameters: readonly string[];
  /** In their order; a step may set a parameter anew. */
  readonly steps: readonly Step[];
  readonly results: readonly string[];
}

export function functionText(name: string, { parameters, steps, results }: FunctionParts): string {
  const types = new Map(parameters.map((parameter) => parameter.split(': ') as [string, string | undefined]));
  const locals = new Set(steps.flatMap(([set]) => set.split(' ')).filter((local) => !types.has(local)));
  const header = [
    `(func $${name}`,
    ...[...types].map(([local, type = 'v128']) => `(param ${local} ${type})`),
    `(result${' v128'.repeat(results.length)})`,
    ...[...locals].map((local) => `(local ${local} v128)`),
  ];
  const body = [...steps.map(stepText), ...results.map(operandText)];
  return `${header.join(' ')}\n${body.map((line) => `  ${line}\n`).join('')})`;
}

function stepText([set, value]: Step): string {
  const locals = set.split(' ');
  if (locals.length === 1) return `(local.set ${set} ${value})`;
  return [value, ...locals.reverse().map((local) => `(local.set ${local})`)].join(' ');
}

const operandText = (operand: string) => (operand.startsWith('$') ? `(local.get ${operand})` : operand);

export const instruction =
  (name: string) =>
  (...operands: readonly string[]): string =>
    `(${[name, ...operands.map(operandText)].join(' ')})`;

export const add = instruction('f32x4.add');
export const sub = instruction('f32x4.sub');
export const mul = instruction('f32x4.mul');
export const div = instruction('f32x4.div');
export const sqrt = instruction('f32x4.sqrt');
export const abs = instruction('f32x4.abs');
export const less = instruction('f32x4.lt');
export const and = instruction('v128.and');
export const or = instruction('v128.or');
export const xor = instruction('v128.xor');
/** `select(one, other, mask)`. */
export const select = instruction('v128.bitselect');
export const addInts = instruction('i32x4.add');
export const subInts = instruction('i32x4.sub');

export const shiftLeft = (operand: string, bits: number): string =>
  `(i32x4.shl ${operandText(operand)} (i32.const ${bits}))`;
export const shiftRight = (operand: string, bits: number): string =>
  `(i32x4.shr_u ${operandText(operand)} (i32.const ${bits}))`;

/** The smaller, or `x` where that is not a number: one instruction of the processor, unlike `f32x4.min`. */
export const atMost = (x: string, bound: number): string => instruction('f32x4.pmin')(x, splat(bound));
export const atLeast = (x: string, bound: number): string => instruction('f32x4.pmax')(x, splat(bound));

/**
 * A number in all lanes. It is a global, for an engine makes a constant anew at each call, by three instructions,
 * but loads a global by one.
 */
export const splat = (value: number): string => `(global.get $f32x4:${numberText(Math.fround(value))})`;
/** 32 bits in all lanes. */
export const splatBits = (bits: number): string => `(global.get $i32x4:0x${bits.toString(16)})`;

export const splatDouble = (value: number): string => `(global.get $f64x2:${numberText(value)})`;
/** 64 bits in both lanes. */
export const splatLongBits = (bits: bigint): string => `(global.get $i64x2:0x${bits.toString(16)})`;

const numberText = (value: number) => (Number.isFinite(value) ? String(value) : value > 0 ? 'inf' : '-inf');

/** The globals of all the constants in a text, each once, in the order of their first use. */
export function constantGlobals(text: string): string {
  const names = new Set(text.match(/(?<=\(global\.get \$)\w+:[^)]+/g));
  return [...names]
    .map((name) => {
      const [shape, value] = name.split(':') as [string, string];
      return `(global $${name} v128 (v128.const ${shape}${` ${value}`.repeat(Number(shape.at(-1)))}))\n`;
    })
    .join('');
}

/** Sums of products, fused or not. */
interface Arithmetic {
  /** one · other + term */
  multiplyAdd(one: string, other: string, term: string): string;
  /** term - one · other */
  multiplySub(one: string, other: string, term: string): string;
  /** c0 + c1 x + c2 x² + … */
  polynomial(x: string, coefficients: readonly number[]): string;
}

export function arithmetic({ relaxed }: VectorFunctionOptions): Arithmetic {
  const multiplyAdd: Arithmetic['multiplyAdd'] = relaxed
    ? instruction('f32x4.relaxed_madd')
    : (one, other, term) => add(mul(one, other), term);
  const multiplySub: Arithmetic['multiplySub'] = relaxed
    ? instruction('f32x4.relaxed_nmadd')
    : (one, other, term) => sub(term, mul(one, other));
  return {
    multiplyAdd,
    multiplySub,
    polynomial: (x, coefficients) =>
      coefficients.map(splat).reduceRight((inner, coefficient) => multiplyAdd(inner, x, coefficient)),
  };
}
