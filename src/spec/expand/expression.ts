/**
 * The arithmetic of `${…}`: read by jsep, and kept only where every part of it is on our list. What is not on the
 * list (members, indices, assignments, bit operations, functions of other names) is a fault with a place, so that
 * no expression can do more than compute a number, a word or a truth value from those that it is given.
 */
import jsep from 'jsep';
import { listOf } from '../describe.js';
import { didYouMean } from '../suggest.js';

/** What params, indices and expressions can be. */
export type ParamValue = number | string | boolean;

/** A place inside the text that the expression stands in: offsets in UTF-16 code units, `end` behind the last. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type Expression = Span &
  (
    | { readonly kind: 'literal'; readonly value: ParamValue }
    | { readonly kind: 'name'; readonly name: string }
    | { readonly kind: 'unary'; readonly operator: '-' | '!'; readonly operand: Expression }
    | {
        readonly kind: 'binary';
        readonly operator: BinaryOperator;
        readonly left: Expression;
        readonly right: Expression;
      }
    | {
        readonly kind: 'choice';
        readonly test: Expression;
        readonly yes: Expression;
        readonly no: Expression;
      }
    | { readonly kind: 'call'; readonly name: FunctionName; readonly operands: readonly Expression[] }
  );

const binaryOperators = [
  '+',
  '-',
  '*',
  '/',
  '%',
  '**',
  '<',
  '<=',
  '>',
  '>=',
  '==',
  '!=',
  '&&',
  '||',
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];

/** How many operands each function takes: at least, at most. */
export const functions = {
  min: [2, 16],
  max: [2, 16],
  abs: [1, 1],
  floor: [1, 1],
  ceil: [1, 1],
  round: [1, 1],
  sqrt: [1, 1],
} as const;
export type FunctionName = keyof typeof functions;

/** Words that a param or an index cannot have as its name. */
export const reservedWords: readonly string[] = ['true', 'false', 'null', 'this', ...Object.keys(functions)];

export type ExpressionCode = 'invalid-expression' | 'unknown-param' | 'impossible-arithmetic';

/** What is wrong with an expression, at its place in the text. */
export class ExpressionError extends Error {
  constructor(
    readonly code: ExpressionCode,
    message: string,
    readonly span: Span,
    readonly hint?: string,
  ) {
    super(message);
  }
}

/** A long one is no arithmetic that a person could read, and would only cost time. */
const longestExpression = 500;

const allowed =
  'what can: numbers, params, + - * / % **, comparisons, && || !, a ? b : c, and the functions min, max, abs, floor, ceil, round and sqrt';

/**
 * Reads the expression that stands in `text` from `start` to `end`, which are also what its places count from.
 *
 * @throws ExpressionError `invalid-expression`
 */
export function parseExpression(text: string, { start, end }: Span): Expression {
  const source = text.slice(start, end);
  if (source.trim() === '') {
    throw new ExpressionError('invalid-expression', 'expected arithmetic between the braces, found nothing', {
      start,
      end,
    });
  }
  if (source.length > longestExpression) {
    throw new ExpressionError(
      'invalid-expression',
      `expected at most ${longestExpression} characters of arithmetic, found ${source.length}`,
      { start, end },
      'compute parts of it in params',
    );
  }
  return translate(readSyntax(source, start), source, start);
}

/** A node of jsep's, with its place where it is a whole operand. */
interface Syntax {
  readonly type: string;
  start?: number;
  end?: number;
  readonly [key: string]: unknown;
}

/** jsep's own class, which its types leave out. */
interface Parser {
  index: number;
  readonly expr: string;
  gobbleSpaces(): void;
  gobbleExpression(): Syntax | false | undefined;
  gobbleToken(): Syntax | false | undefined;
}
const { Jsep } = jsep as unknown as { readonly Jsep: new (source: string) => Parser };

class PlacedParser extends Jsep {
  override gobbleToken(): Syntax | false | undefined {
    this.gobbleSpaces();
    const start = this.index;
    const token = super.gobbleToken();
    if (!token) return token;
    // Brackets belong to what they hold.
    token.start = start;
    token.end = start + this.expr.slice(start, this.index).trimEnd().length;
    return token;
  }
}

function readSyntax(source: string, offset: number): Syntax {
  const parser = new PlacedParser(source);
  const refuse = (index: number): never => {
    const at = Math.min(index, source.length);
    const problem =
      at >= source.trimEnd().length
        ? 'is not complete'
        : `is not arithmetic: '${[...source.slice(at)][0]}' was not expected there`;
    throw new ExpressionError(
      'invalid-expression',
      `\`${source.trim()}\` ${problem}`,
      at >= source.trimEnd().length
        ? { start: offset, end: offset + source.length }
        : { start: offset + at, end: offset + at + 1 },
      allowed,
    );
  };
  let syntax: Syntax | false | undefined;
  try {
    syntax = parser.gobbleExpression();
  } catch (error) {
    // jsep tells where it stopped; its words are for programmers.
    if (typeof (error as { index?: unknown }).index !== 'number') throw error;
    return refuse((error as { index: number }).index);
  }
  parser.gobbleSpaces();
  return !syntax || parser.index < source.length ? refuse(parser.index) : syntax;
}

function translate(syntax: Syntax, source: string, offset: number): Expression {
  const spanOf = (node: Syntax): Span => {
    const [first, last] = ends(node);
    return { start: offset + (first.start ?? 0), end: offset + (last.end ?? source.length) };
  };
  const textOf = (node: Syntax) => {
    const { start, end } = spanOf(node);
    return source.slice(start - offset, end - offset);
  };
  const refuse = (node: Syntax, message: string, hint?: string): never => {
    throw new ExpressionError('invalid-expression', message, spanOf(node), hint ?? allowed);
  };
  const visit = (node: Syntax | null | undefined): Expression => {
    if (!node) return refuse(syntax, `\`${source.trim()}\` is not arithmetic: an operand is missing`);
    const span = spanOf(node);
    switch (node.type) {
      case 'Literal':
        return { ...span, kind: 'literal', value: literal(node) };
      case 'Identifier':
        return { ...span, kind: 'name', name: node.name as string };
      case 'UnaryExpression':
        return unary(node, span);
      case 'BinaryExpression':
        return binary(node, span);
      case 'ConditionalExpression': {
        const { test, consequent, alternate } = node as unknown as Readonly<Record<string, Syntax>>;
        return { ...span, kind: 'choice', test: visit(test), yes: visit(consequent), no: visit(alternate) };
      }
      case 'CallExpression':
        return call(node, span);
      default:
        return refuse(node, `\`${textOf(node)}\` cannot stand in \${…}`);
    }
  };
  const literal = (node: Syntax): ParamValue => {
    const { value } = node;
    if (typeof value === 'boolean' || typeof value === 'string') return value;
    if (typeof value === 'number' && Number.isFinite(value)) return value;
    return refuse(node, `\`${textOf(node)}\` cannot stand in \${…}`);
  };
  const unary = (node: Syntax, span: Span): Expression => {
    const operand = visit(node.argument as Syntax);
    if (node.operator === '-' || node.operator === '!') {
      return { ...span, kind: 'unary', operator: node.operator, operand };
    }
    return refuse(node, `the operator '${String(node.operator)}' cannot stand before a value`);
  };
  const binary = (node: Syntax, span: Span): Expression => {
    const { left, right } = node as unknown as Readonly<Record<'left' | 'right', Syntax>>;
    const operator = binaryOperators.find((known) => known === node.operator);
    if (operator === undefined) {
      const strict: Readonly<Record<string, string>> = { '===': '==', '!==': '!=' };
      const meant = strict[String(node.operator)];
      const hint = meant === undefined ? undefined : `write '${meant}'`;
      return refuse(node, `the operator '${String(node.operator)}' is not known in \${…}`, hint);
    }
    // One of `(-2) ** 2` and `-(2 ** 2)` is meant, and languages do not agree which.
    if (operator === '**' && left.type === 'UnaryExpression' && source[left.start!] !== '(') {
      const [base, power] = [textOf(left), textOf(right)];
      const hint = `write (${base}) ** ${power}, or ${base[0]}(${base.slice(1)} ** ${power})`;
      return refuse(node, `\`${textOf(node)}\` can be read in two ways`, hint);
    }
    return { ...span, kind: 'binary', operator, left: visit(left), right: visit(right) };
  };
  const call = (node: Syntax, span: Span): Expression => {
    const callee = node.callee as Syntax;
    const operands = node.arguments as readonly Syntax[];
    const known = Object.keys(functions);
    if (callee.type !== 'Identifier') return refuse(node, `\`${textOf(node)}\` cannot stand in \${…}`);
    const name = callee.name as string;
    if (!Object.hasOwn(functions, name)) {
      const hint = didYouMean(name, known) ?? `the functions are ${listOf(known, 'and')}`;
      return refuse(node, `there is no function '${name}' in \${…}`, hint);
    }
    const [least, most] = functions[name as FunctionName];
    if (operands.length < least || operands.length > most) {
      const wanted = least === most ? 'one value' : `${least} to ${most} values`;
      return refuse(node, `${name} takes ${wanted}, found ${operands.length}`, `write ${name}(…)`);
    }
    const gaps = operands.slice(1).map((operand, index) => {
      const [from, to] = [spanOf(operands[index]!).end, spanOf(operand).start];
      return source.slice(from - offset, to - offset);
    });
    if (!gaps.every((gap) => gap.includes(','))) {
      return refuse(node, `${name} needs commas between its values`);
    }
    return { ...span, kind: 'call', name: name as FunctionName, operands: operands.map(visit) };
  };
  return visit(syntax);
}

/** The first and the last operand of a node, which know their places. */
function ends(node: Syntax): readonly [Syntax, Syntax] {
  if (node.start !== undefined && node.end !== undefined) return [node, node];
  const parts = node as unknown as Readonly<Record<string, Syntax>>;
  const first = parts.left ?? parts.test;
  const last = parts.right ?? parts.alternate;
  return [first === undefined ? node : ends(first)[0], last === undefined ? node : ends(last)[1]];
}

/** The names that an expression takes its values from, each with its places. */
export function namesIn(expression: Expression): readonly (Span & { readonly name: string })[] {
  switch (expression.kind) {
    case 'literal':
      return [];
    case 'name':
      return [expression];
    case 'unary':
      return namesIn(expression.operand);
    case 'binary':
      return [...namesIn(expression.left), ...namesIn(expression.right)];
    case 'choice':
      return [expression.test, expression.yes, expression.no].flatMap(namesIn);
    case 'call':
      return expression.operands.flatMap(namesIn);
  }
}
