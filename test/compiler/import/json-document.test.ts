import { describe, expect, test } from 'vitest';
import { parseJson } from '../../../src/compiler/import/json-document.js';
import type { SpecPath } from '../../../src/diagnostics/index.js';
import { fc } from '../../property.js';

function placesOf(value: unknown, path: SpecPath = []): readonly (readonly [SpecPath, unknown])[] {
  const inside =
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(
          ([key, inner]) => [Array.isArray(value) ? Number(key) : key, inner] as const,
        )
      : [];
  return [[path, value], ...inside.flatMap(([key, inner]) => placesOf(inner, [...path, key]))];
}

/** JSON.parse, or undefined where it throws, or finds numbers without a value. */
function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    const value = JSON.parse(text) as unknown;
    const endless = placesOf(value).some(([, inner]) => typeof inner === 'number' && !Number.isFinite(inner));
    return endless ? undefined : { value };
  } catch {
    return undefined;
  }
}

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value)) as unknown;

describe('parseJson', () => {
  test('reads what JSON.parse reads, and finds each value again in the text', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { document, diagnostics } = parseJson(text, 'file.json');
        expect(diagnostics).toEqual([]);
        expect(plain(document!.value)).toEqual(plain(value));
        for (const [path, inner] of placesOf(document!.value)) {
          const { start, end } = document!.locate(path);
          expect(JSON.parse(text.slice(start.offset, end.offset))).toEqual(plain(inner));
          const before = text.slice(0, start.offset).split('\n');
          expect([start.line, start.column]).toEqual([before.length, before.at(-1)!.length + 1]);
          const key = document!.locateKey(path);
          if (typeof path.at(-1) === 'string') {
            expect(JSON.parse(text.slice(key.start.offset, key.end.offset))).toBe(path.at(-1));
          }
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('refuses what JSON.parse refuses, with a place in the text', () => {
    const damaged = fc
      .tuple(
        fc.jsonValue({ maxDepth: 4 }),
        fc.nat(),
        fc.constantFrom('', '"', '{', ']', ',', '\\', 'x', '0', '-', '\n', '\u0000'),
      )
      .map(([value, at, character]) => {
        const text = JSON.stringify(value);
        const place = at % (text.length + 1);
        return text.slice(0, place) + character + text.slice(place + 1);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const { document, diagnostics } = parseJson(text, 'file.json');
        const wanted = parsed(text);
        expect(document === undefined).toBe(wanted === undefined);
        if (document !== undefined) expect(plain(document.value)).toEqual(plain(wanted!.value));
        else {
          expect(diagnostics).toHaveLength(1);
          const { code, range } = diagnostics[0]!;
          expect(code).toBe('not-json');
          expect(range.start.offset).toBeGreaterThanOrEqual(0);
          expect(range.end.offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 2000, seed: 2 },
    );
  });

  test.each([
    ['{"a": [1, 2', "expected ',' or ']', found the end of the file", 1, 12],
    ['{"a": tru}', 'expected a value, found "tru"', 1, 7],
    ['{\n  "a" 1}', 'expected \':\', found "1"', 2, 7],
    ['{"a": "x', 'a text has no closing quote', 1, 7],
    ['{"a": NaN}', 'expected a value, found "NaN"', 1, 7],
    ['[1e999]', 'the number 1e999 is too large', 1, 2],
  ])('%s: says what and where', (text, message, line, column) => {
    const [fault] = parseJson(text, 'file.json').diagnostics;
    expect(fault).toMatchObject({ message, range: { start: { line, column } } });
  });

  test('keys are only keys', () => {
    const { document } = parseJson('{"__proto__": {"polluted": true}, "constructor": 1}', 'file.json');
    expect(Object.keys(document!.value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('takes time in proportion to the text', () => {
    const time = (items: number) => {
      const text = JSON.stringify(
        Array.from({ length: items }, (_, n) => ({ name: `layer_${n}`, size: [n, n] })),
      );
      const start = performance.now();
      parseJson(text, 'file.json');
      return performance.now() - start;
    };
    time(10_000);
    expect(time(40_000)).toBeLessThan(20 * Math.max(time(10_000), 5));
  });
});
