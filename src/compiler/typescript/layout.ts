/**
 * Expressions and their layout: as much on a line as fits, else one element a line, as Prettier and Biome have
 * it, so that a printed file stays as it is when somebody formats it. (ts-morph's formatter never breaks a line.)
 */
import { type Argument, type Call, isCall } from '../../layers/index.js';
import { callable } from '../model-calls.js';
import type { LocalName } from './class-imports.js';
import { quote } from './text.js';

/** Columns of a line. */
export const lineWidth = 110;

const indentation = '  ';

export type Expression =
  | string
  | { readonly kind: 'array'; readonly elements: readonly Expression[] }
  | { readonly kind: 'object'; readonly entries: readonly ObjectEntry[] }
  | CallExpression;

/** `key: value`; without a value `key` alone, which may be `...spread`. */
export type ObjectEntry = readonly [key: string, value?: Expression];

export interface CallExpression {
  readonly kind: 'call';
  readonly callee: string;
  readonly args: readonly Expression[];
}

/** A call's argument as an expression. Options that are `undefined` are left out. */
export function expressionOf(argument: Argument, localName?: LocalName): Expression {
  if (typeof argument === 'string') return quote(argument);
  if (typeof argument === 'number') return numberText(argument);
  if (typeof argument !== 'object' || argument === null) return String(argument);
  if (isList(argument)) return arrayExpression(argument, localName);
  if (isCall(argument)) return callExpression(argument, localName);
  return {
    kind: 'object',
    entries: Object.entries(argument)
      .filter((entry): entry is [string, Argument] => entry[1] !== undefined)
      .map(([key, value]) => [keyText(key), expressionOf(value, localName)]),
  };
}

/** tfjs takes `null` for a free axis wherever it takes a shape, but some of its types say `number[]`. */
function arrayExpression(elements: readonly Argument[], localName?: LocalName): Expression {
  const array: Expression = {
    kind: 'array',
    elements: elements.map((element) => expressionOf(element, localName)),
  };
  return elements.includes(null) ? `${flat(array)} as number[]` : array;
}

/** `localName` says what classes that are not tfjs's are called where the expression stands. */
export function callExpression(call: Call, localName?: LocalName): CallExpression {
  const args = call.args.map((argument) => expressionOf(argument, localName));
  if (call.call === 'new') {
    return { kind: 'call', callee: `new ${localName?.(call) ?? call.className}`, args };
  }
  if (!callable.test(call.call)) throw new Error(`a graph may not call '${call.call}'`);
  // Types of regularizers take no options, but not empty ones.
  const withoutOptions = call.call.startsWith('tf.regularizers.') && JSON.stringify(call.args) === '[{}]';
  return { kind: 'call', callee: call.call, args: withoutOptions ? [] : args };
}

function isList(argument: Argument): argument is readonly Argument[] {
  return Array.isArray(argument);
}

/** `1e21`, not `1e+21`, as formatters write it; the sign of a negative zero is kept. */
function numberText(value: number): string {
  return Object.is(value, -0) ? '-0' : String(value).replace('e+', 'e');
}

/** In an object literal `__proto__` sets the prototype, unless it is computed. */
export function keyText(key: string): string {
  if (key === '__proto__') return "['__proto__']";
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : quote(key);
}

/** `shapes.image`, or `shapes['left-image']`. */
export function memberText(object: string, key: string): string {
  const text = keyText(key);
  return text === key ? `${object}.${key}` : `${object}[${quote(key)}]`;
}

/** On one line, however long. */
export function flat(expression: Expression): string {
  if (typeof expression === 'string') return expression;
  switch (expression.kind) {
    case 'array':
      return `[${expression.elements.map(flat).join(', ')}]`;
    case 'object':
      return expression.entries.length === 0
        ? '{}'
        : `{ ${expression.entries.map(([key, value]) => (value === undefined ? key : `${key}: ${flat(value)}`)).join(', ')} }`;
    case 'call':
      return `${expression.callee}(${expression.args.map(flat).join(', ')})`;
  }
}

/**
 * `before`, the expression and `after`, broken where one line would pass `width` columns. The lines inside
 * are indented relative to the first one.
 */
export function layOut(expression: Expression, width: number, before = '', after = ''): string {
  const line = before + flat(expression) + after;
  if (typeof expression === 'string' || (line.length <= width && !mustBreak(expression))) return line;
  const inner = width - indentation.length;
  switch (expression.kind) {
    case 'array':
      return bracketed(`${before}[`, elementLines(expression.elements, inner), `]${after}`);
    case 'object':
      return bracketed(
        `${before}{`,
        expression.entries.map(([key, value]) =>
          value === undefined ? `${key},` : layOut(value, inner, `${key}: `, ','),
        ),
        `}${after}`,
      );
    case 'call': {
      const { callee, args } = expression;
      const [only, ...others] = args;
      if (only === undefined) return line;
      // A last object, or a single array, shares the brackets of the call: `f(x, {`.
      const last = args.at(-1)!;
      const shares =
        typeof last === 'object' && (others.length === 0 ? last.kind !== 'call' : last.kind === 'object');
      const start = `${before}${callee}(${args
        .slice(0, -1)
        .map((argument) => `${flat(argument)}, `)
        .join('')}`;
      if (shares && start.length < width) return layOut(last, width, start, `)${after}`);
      return bracketed(
        `${before}${callee}(`,
        args.map((argument) => layOut(argument, inner, '', ',')),
        `)${after}`,
      );
    }
  }
}

/** A matrix has a line for each row, and an array of objects one for each object. */
export function mustBreak(expression: Expression): boolean {
  if (typeof expression === 'string') return false;
  switch (expression.kind) {
    case 'array': {
      const { elements } = expression;
      const [first] = elements.map((element) => (typeof element === 'string' ? undefined : element));
      const alike = elements.every(
        (element) =>
          typeof element === 'object' && element.kind === first?.kind && partsOf(element).length > 1,
      );
      return (elements.length > 1 && first?.kind !== 'call' && alike) || elements.some(mustBreak);
    }
    default:
      return partsOf(expression).some(mustBreak);
  }
}

function partsOf(expression: Exclude<Expression, string>): readonly Expression[] {
  switch (expression.kind) {
    case 'array':
      return expression.elements;
    case 'object':
      return expression.entries.map(([key, value]) => value ?? key);
    case 'call':
      return expression.args;
  }
}

/** Numbers fill the lines; anything else has a line of its own. */
function elementLines(elements: readonly Expression[], width: number): string[] {
  if (!elements.every((element) => typeof element === 'string' && /^-?[\d.]/.test(element)))
    return elements.map((element) => layOut(element, width, '', ','));
  const lines: string[] = [];
  for (const element of elements as readonly string[]) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + element.length + 2 <= width)
      lines[lines.length - 1] = `${last} ${element},`;
    else lines.push(`${element},`);
  }
  return lines;
}

function bracketed(open: string, elements: readonly string[], close: string): string {
  const lines = elements.join('\n').split('\n');
  return [open, ...lines.map((line) => indentation + line), close].join('\n');
}
