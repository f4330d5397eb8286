/** Formulas in WebAssembly text, for four lanes at a time. */
import { type Expression, expressionText, type ScalarFunction } from '../../program/index.js';
import type { VectorFunctionName } from './vector-functions.js';
import { f32x4, get, set, type Writer } from './wat.js';

/** What cannot be said in one or two instructions. */
const called: Partial<Readonly<Record<ScalarFunction, VectorFunctionName>>> = {
  exp: 'exp',
  expm1: 'expm1',
  log: 'log',
  log1p: 'log1p',
  tanh: 'tanh',
  sigmoid: 'sigmoid',
  erf: 'erf',
  pow: 'pow',
};

const comparisons: Partial<Readonly<Record<ScalarFunction, string>>> = {
  equal: 'eq',
  less: 'lt',
  lessEqual: 'le',
  greater: 'gt',
  greaterEqual: 'ge',
};

export function vectorFunctionsOf(expression: Expression): readonly VectorFunctionName[] {
  if (expression.kind !== 'call') return [];
  const own = called[expression.name];
  return [...(own === undefined ? [] : [own]), ...expression.args.flatMap(vectorFunctionsOf)];
}

/** About how many instructions it takes. */
export function costOf(expression: Expression): number {
  if (expression.kind !== 'call') return 0;
  const own = called[expression.name] === undefined ? 1 : 20;
  return expression.args.reduce((sum, argument) => sum + costOf(argument), own);
}

export interface ExpressionCode {
  /** Statements to come before. */
  readonly before: readonly string[];
  readonly value: string;
}

/** `operands` are texts that may stand anywhere any number of times: reads of locals. */
export function expressionCode(
  expression: Expression,
  operands: readonly string[],
  writer: Writer,
): ExpressionCode {
  const before: string[] = [];
  const uses = new Map<string, number>();
  const locals = new Map<string, string>();
  count(expression, uses);

  function code(part: Expression): string {
    if (part.kind === 'input') return operands[part.index]!;
    if (part.kind === 'number') return f32x4(part.value);
    const text = expressionText(part);
    const known = locals.get(text);
    if (known !== undefined) return get(known);
    const value = callCode(part.name, part.args);
    return uses.get(text)! > 1 ? kept(value, text) : value;
  }

  function kept(value: string, text?: string): string {
    if (value.startsWith('(local.get') || value.startsWith('(v128.const')) return value;
    const local = writer.local('v128', 't');
    before.push(set(local, value));
    if (text !== undefined) locals.set(text, local);
    return get(local);
  }

  /** All bits set where a condition holds. */
  function mask(condition: Expression): string {
    if (condition.kind === 'call') {
      const comparison = comparisons[condition.name];
      if (comparison !== undefined) {
        return `(f32x4.${comparison} ${condition.args.map(code).join(' ')})`;
      }
    }
    return `(f32x4.ne ${code(condition)} ${f32x4(0)})`;
  }

  const isTruth = (part: Expression) => part.kind === 'call' && comparisons[part.name] !== undefined;

  function callCode(name: ScalarFunction, args: readonly Expression[]): string {
    const [first, second, third] = args as [Expression, Expression, Expression];
    switch (name) {
      case 'mul':
        // Times 1 or 0: a choice.
        if (isTruth(first)) return `(v128.and ${mask(first)} ${code(second)})`;
        if (isTruth(second)) return `(v128.and ${mask(second)} ${code(first)})`;
        return `(f32x4.mul ${code(first)} ${code(second)})`;
      case 'add':
      case 'sub':
      case 'div':
        return `(f32x4.${name} ${code(first)} ${code(second)})`;
      case 'maximum':
      case 'minimum': {
        // Beside a number the short forms do: they give the first where it is not a number.
        const pick = name === 'maximum' ? 'max' : 'min';
        return second.kind === 'number'
          ? `(f32x4.p${pick} ${code(first)} ${code(second)})`
          : `(f32x4.${pick} ${code(first)} ${code(second)})`;
      }
      case 'neg':
      case 'abs':
      case 'sqrt':
      case 'floor':
        return `(f32x4.${name} ${code(first)})`;
      case 'round':
        return `(f32x4.nearest ${code(first)})`;
      case 'square': {
        const operand = kept(code(first));
        return `(f32x4.mul ${operand} ${operand})`;
      }
      case 'sign': {
        const operand = kept(code(first));
        const above = `(v128.and (f32x4.gt ${operand} ${f32x4(0)}) ${f32x4(1)})`;
        return `(f32x4.sub ${above} (v128.and (f32x4.lt ${operand} ${f32x4(0)}) ${f32x4(1)}))`;
      }
      case 'where':
        return `(v128.bitselect ${code(second)} ${code(third)} ${mask(first)})`;
      case 'equal':
      case 'less':
      case 'lessEqual':
      case 'greater':
      case 'greaterEqual':
        return `(v128.and ${mask({ kind: 'call', name, args })} ${f32x4(1)})`;
      case 'exp':
      case 'expm1':
      case 'log':
      case 'log1p':
      case 'tanh':
      case 'sigmoid':
      case 'erf':
      case 'pow':
        return `(call $${called[name]} ${args.map(code).join(' ')})`;
    }
  }

  const value = code(expression);
  return { before, value };
}

function count(expression: Expression, uses: Map<string, number>): void {
  if (expression.kind !== 'call') return;
  const text = expressionText(expression);
  const known = uses.get(text) ?? 0;
  uses.set(text, known + 1);
  if (known === 0) for (const argument of expression.args) count(argument, uses);
}
