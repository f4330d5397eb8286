/** Text with `${…}` in it: where the expressions are, and what the whole comes to. */
import { evaluate, type Names } from './evaluate.js';
import {
  type Expression,
  ExpressionError,
  type ParamValue,
  parseExpression,
  type Span,
} from './expression.js';

export interface Template {
  readonly text: string;
  /** Plain text and expressions in their order. */
  readonly parts: readonly (string | TemplateExpression)[];
}

/** An expression with its place in the text, `${` and `}` left out. */
export interface TemplateExpression extends Span {
  readonly expression: Expression;
}

/** Longer text than that is no name of anything, and would only cost memory. */
const longestText = 10_000;

/** Text that is not just text. */
export type TemplateText = string & { readonly '${}': true };

/** `$${`, which stands for `${` itself, counts as well. */
export function holdsExpression(value: unknown): value is TemplateText {
  return typeof value === 'string' && value.includes('${');
}

/**
 * The parts of a text.
 *
 * @throws ExpressionError `invalid-expression`
 */
export function parseTemplate(text: string): Template {
  const parts: (string | TemplateExpression)[] = [];
  let plain = '';
  let at = 0;
  for (;;) {
    const open = text.indexOf('${', at);
    if (open === -1) break;
    if (text[open - 1] === '$' && open > at) {
      plain += `${text.slice(at, open - 1)}\${`;
      at = open + 2;
      continue;
    }
    plain += text.slice(at, open);
    const start = open + 2;
    const end = closingBrace(text, start);
    if (end === -1) {
      throw new ExpressionError(
        'invalid-expression',
        "'${' without a '}' after it",
        { start: open, end: text.length },
        "write '$${' for these two characters themselves; text with ' #' in it needs quotes",
      );
    }
    if (plain !== '') parts.push(plain);
    plain = '';
    parts.push({ start, end, expression: parseExpression(text, { start, end }) });
    at = end + 1;
  }
  plain += text.slice(at);
  if (plain !== '') parts.push(plain);
  return { text, parts };
}

/** The first `}` that is not inside quotes. */
function closingBrace(text: string, from: number): number {
  let quote = '';
  for (let at = from; at < text.length; at++) {
    const character = text[at]!;
    if (quote !== '') {
      if (character === '\\') at++;
      else if (character === quote) quote = '';
    } else if (character === '}') return at;
    else if (character === "'" || character === '"') quote = character;
  }
  return -1;
}

/**
 * What a text comes to: the expression's own value where it is nothing but one `${…}`, otherwise text.
 *
 * @throws ExpressionError as `evaluate`
 */
export function evaluateTemplate({ text, parts }: Template, names: Names): ParamValue {
  const [first] = parts;
  if (parts.length === 1 && typeof first === 'object') return evaluate(first.expression, names, text);
  const result = parts
    .map((part) => (typeof part === 'string' ? part : String(evaluate(part.expression, names, text))))
    .join('');
  if (result.length > longestText) {
    const message = `the text comes to ${result.length} characters, more than the ${longestText} that it may have`;
    throw new ExpressionError('impossible-arithmetic', message, { start: 0, end: text.length });
  }
  return result;
}

/** As text is written that must not be read as a template. */
export function escapeTemplate(text: string): string {
  return text.replaceAll('${', () => '$${');
}
