/** The arithmetic of `${…}`, against JavaScript's own. */
import { describe, expect, test } from 'vitest';
import { ExpressionError, type ParamValue } from '../../../src/spec/expand/expression.js';
import {
  escapeTemplate,
  evaluateTemplate,
  holdsExpression,
  parseTemplate,
} from '../../../src/spec/expand/template.js';
import { fc } from '../../property.js';

const names = new Map<string, ParamValue>([
  ['a', 7],
  ['b', 0],
  ['half', 0.5],
  ['kind', 'max'],
  ['on', true],
]);

const compute = (text: string) => evaluateTemplate(parseTemplate(text), names);

/** What is said, with the part of the text that is meant in «». */
function refusal(text: string): string {
  try {
    return `${text} came to ${JSON.stringify(compute(text))}`;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    const { start, end } = error.span;
    return `${text.slice(0, start)}«${text.slice(start, end)}»${text.slice(end)} ${error.code}: ${error.message}`;
  }
}

describe('what can be computed', () => {
  test.each([
    ['${a}', 7],
    ['${ a * 2 } images', '14 images'],
    ['${a}x${half}', '7x0.5'],
    ['${on}', true],
    ['${kind}', 'max'],
    ['${2 + 3 * 4}', 14],
    ['${(2 + 3) * 4}', 20],
    ['${7 % 4}', 3],
    ['${-7 % 4}', -3],
    ['${2 ** 3 ** 2}', 512],
    ['${(-2) ** 2}', 4],
    ['${-(2 ** 2)}', -4],
    ['${2 ** -1}', 0.5],
    ['${10 - 4 - 3}', 3],
    ['${a > 6 && half < 1}', true],
    ['${a && b}', false],
    ['${b || a}', true],
    ['${!b}', true],
    ['${b != 0 && a / b > 1}', false],
    ['${kind == "max" ? 1 : 2}', 1],
    ["${kind != 'max'}", false],
    ['${a > 5 ? a > 6 ? 1 : 2 : 3}', 1],
    ['${min(a, 3, 5)}', 3],
    ['${max(a, b)}', 7],
    ['${floor(a / 2)}', 3],
    ['${ceil(a / 2)}', 4],
    ['${round(2.5)}', 3],
    ['${abs(0 - a)}', 7],
    ['${sqrt(a + 2)}', 3],
    ['${1e3 + .5}', 1000.5],
    ['${"}"}', '}'],
    ['$${a}', '${a}'],
    ['$$${a}', '$${a}'],
    ['a $${b} ${b}', 'a ${b} 0'],
  ])('%s is %j', (text, value) => {
    expect(compute(text)).toBe(value);
  });

  test('zero has no sign', () => {
    expect(Object.is(compute('${b * -1}'), 0)).toBe(true);
  });
});

describe('what cannot', () => {
  test.each([
    '${«»} invalid-expression: expected arithmetic between the braces, found nothing',
    "«${a» invalid-expression: '${' without a '}' after it",
    "x «${\"a}» invalid-expression: '${' without a '}' after it",
    '${«a.b»} invalid-expression: `a.b` cannot stand in ${…}',
    '${«a[0]»} invalid-expression: `a[0]` cannot stand in ${…}',
    '${«a?.b»} invalid-expression: `a?.b` cannot stand in ${…}',
    '${«[1, 2]»} invalid-expression: `[1, 2]` cannot stand in ${…}',
    '${«this»} invalid-expression: `this` cannot stand in ${…}',
    '${«null»} invalid-expression: `null` cannot stand in ${…}',
    '${«1e400»} invalid-expression: `1e400` cannot stand in ${…}',
    '${«process.exit(1)»} invalid-expression: `process.exit(1)` cannot stand in ${…}',
    '${«kind.constructor.constructor("x")()»} invalid-expression: `kind.constructor.constructor("x")()` cannot stand in ${…}',
    "${«eval('1')»} invalid-expression: there is no function 'eval' in ${…}",
    "${«hasOwnProperty(1)»} invalid-expression: there is no function 'hasOwnProperty' in ${…}",
    "${a«;»} invalid-expression: `a;` is not arithmetic: ';' was not expected there",
    "${a«,»} invalid-expression: `a,` is not arithmetic: ',' was not expected there",
    "${a «b»} invalid-expression: `a b` is not arithmetic: 'b' was not expected there",
    "${a «=» 1} invalid-expression: `a = 1` is not arithmetic: '=' was not expected there",
    "${«a === 1»} invalid-expression: the operator '===' is not known in ${…}",
    "${«a | 1»} invalid-expression: the operator '|' is not known in ${…}",
    "${«a ?? 1»} invalid-expression: the operator '??' is not known in ${…}",
    "${«~a»} invalid-expression: the operator '~' cannot stand before a value",
    '${«-2 ** 2»} invalid-expression: `-2 ** 2` can be read in two ways',
    '${«min(1)»} invalid-expression: min takes 2 to 16 values, found 1',
    '${«max(1 2)»} invalid-expression: max needs commas between its values',
    '${«a ? 1»} invalid-expression: `a ? 1` is not complete',
    '${«1 + (2»} invalid-expression: `1 + (2` is not complete',
    "${«wdth»} unknown-param: there is no param 'wdth'",
    "${«constructor»} unknown-param: there is no param 'constructor'",
    '${a / «b»} impossible-arithmetic: `a / b` divides by zero',
    '${a % «b»} impossible-arithmetic: `a % b` divides by zero',
    '${«sqrt(0 - 1)»} impossible-arithmetic: `sqrt(0 - 1)` has no result',
    '${«(-8) ** half»} impossible-arithmetic: `(-8) ** half` has no result',
    '${«10 ** 400»} impossible-arithmetic: `10 ** 400` is larger than a number can be',
    '${«on» + 1} impossible-arithmetic: `on` must be a number here, but is true',
    '${«1 < 2» < 3} impossible-arithmetic: `1 < 2` must be a number here, but is true',
    '${!«kind»} impossible-arithmetic: `kind` must be true, false or a number here, but is "max"',
    '${«kind == 1»} impossible-arithmetic: `kind == 1` compares "max" and 1, which are never equal',
  ])('%s', (marked) => {
    const text = marked.replace(/ (invalid-expression|unknown-param|impossible-arithmetic): .*$/, '');
    expect(refusal(text.replace(/[«»]/g, ''))).toBe(marked);
  });

  test('an expression or a text without end', () => {
    expect(refusal(`\${${'1+'.repeat(300)}1}`)).toMatch(
      /expected at most 500 characters of arithmetic, found 601/,
    );
    expect(refusal('${kind}'.repeat(4000))).toMatch(/the text comes to 12000 characters/);
  });
});

/** Texts that are arithmetic of numbers, with what they should come to left to JavaScript. */
const arithmetic = fc.letrec<{ node: string }>((tie) => ({
  node: fc.oneof(
    { depthSize: 'medium', withCrossShrink: true },
    fc.constantFrom('a', 'b', 'half', '1', '2', '3', '0.25', '10', '1e2'),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/', '%', '**', '<', '<=', '>', '>='), tie('node'))
      .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
    fc
      .tuple(tie('node'), fc.constantFrom('+', '-', '*', '/', '%'), tie('node'))
      .map(([left, operator, right]) => `${left} ${operator} ${right}`),
    fc.tuple(tie('node'), tie('node'), tie('node')).map(([x, y, z]) => `(${x} ? ${y} : ${z})`),
    tie('node').map((x) => `-(${x})`),
    tie('node').map((x) => `!(${x})`),
    fc
      .tuple(fc.constantFrom('min', 'max'), tie('node'), tie('node'))
      .map(([name, x, y]) => `${name}(${x}, ${y})`),
    fc
      .tuple(fc.constantFrom('abs', 'floor', 'ceil', 'round', 'sqrt'), tie('node'))
      .map(([name, x]) => `${name}(${x})`),
  ),
})).node;

const ofJavaScript = (source: string): unknown => {
  const { min, max, abs, floor, ceil, round, sqrt } = Math;
  const run = new Function(
    'a',
    'b',
    'half',
    'min',
    'max',
    'abs',
    'floor',
    'ceil',
    'round',
    'sqrt',
    `return ${source}`,
  );
  return run(7, 0, 0.5, min, max, abs, floor, ceil, round, sqrt);
};

describe('any arithmetic', () => {
  test('comes to what JavaScript says, or is refused', () => {
    let computed = 0;
    fc.assert(
      fc.property(arithmetic, (source) => {
        fc.pre(source.length <= 500);
        let value: ParamValue;
        try {
          value = compute(`\${${source}}`);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          const { span } = error as ExpressionError;
          expect(span.start).toBeGreaterThanOrEqual(2);
          expect(span.end).toBeLessThanOrEqual(source.length + 2);
          return;
        }
        computed++;
        const wanted = ofJavaScript(source);
        expect(value).toBe(wanted === 0 ? 0 : wanted);
      }),
      { numRuns: 3000 },
    );
    expect(computed).toBeGreaterThan(500);
  });

  test('any text at all is computed, or refused at a place in it', () => {
    const words = fc.constantFrom(
      '${',
      '}',
      '$${',
      'a',
      'kind',
      '(',
      ')',
      '+',
      '**',
      '?',
      ':',
      '.',
      '"',
      "'",
      ' ',
      '1',
      '__proto__',
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 20 }), (parts) => {
        const text = parts.join('');
        try {
          compute(text);
        } catch (error) {
          expect(error).toBeInstanceOf(ExpressionError);
          const { span, message } = error as ExpressionError;
          expect(span.start).toBeGreaterThanOrEqual(0);
          expect(span.end).toBeLessThanOrEqual(text.length);
          expect(span.end).toBeGreaterThanOrEqual(span.start);
          expect(message).not.toMatch(/undefined|\[object/);
        }
      }),
      { numRuns: 3000 },
    );
  });

  test('escaped text reads as it was', () => {
    const words = fc.array(fc.constantFrom('$', '{', '}', '${', 'a', '$$', '{{'), { maxLength: 12 });
    fc.assert(
      fc.property(words, (parts) => {
        const text = parts.join('');
        const escaped = escapeTemplate(text);
        expect(holdsExpression(escaped) ? compute(escaped) : escaped).toBe(text);
      }),
    );
  });
});
