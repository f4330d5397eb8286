/** However a saved model is damaged, the importer answers: with a spec that compiles, or with faults at places. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importModel } from '../../../src/compiler/import/index.js';
import { compileSpec } from '../../../src/compiler/index.js';
import { codes, formatDiagnostics } from '../../../src/diagnostics/index.js';
import { fc } from '../../property.js';

const folder = join(import.meta.dirname, '../../fixtures/topologies');
const files = ['keras2', 'keras3', 'old'].flatMap((version) =>
  readdirSync(join(folder, version))
    .filter((file) => file !== 'predictions.json')
    .map((file) => readFileSync(join(folder, version, file), 'utf8')),
);

type Steps = readonly (string | number)[];

function pathsOf(value: unknown, path: Steps = []): Steps[] {
  if (typeof value !== 'object' || value === null) return [[...path]];
  const inside = Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
  return path.length === 0 ? inside : [[...path], ...inside];
}

type Change = 'remove' | 'repeat' | 'rename' | { readonly put: unknown };

function damage(root: unknown, path: Steps, change: Change): void {
  let around = root as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) around = around[step] as typeof around;
  if (typeof around !== 'object' || around === null) return;
  const key = path.at(-1)!;
  if (change === 'remove') {
    if (Array.isArray(around)) around.splice(key as number, 1);
    else delete around[key];
  } else if (change === 'repeat') {
    if (Array.isArray(around)) around.push(around[key]);
    else around[`${key}_again`] = around[key];
  } else if (change === 'rename') {
    if (!Array.isArray(around)) {
      around[`${key}x`] = around[key];
      delete around[key];
    }
  } else around[key] = change.put;
}

const strange = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    0,
    -1,
    0.5,
    1e12,
    1e308,
    '',
    'x',
    '__proto__',
    [],
    {},
    [null],
    [[[]]],
  ),
  fc.constantFrom<unknown>(
    'relu',
    'channels_first',
    'same',
    'Dense',
    'Sequential',
    'LSTM',
    'Add',
    'a: [b, #',
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const change: fc.Arbitrary<Change> = fc.oneof(
  fc.constantFrom<Change>('remove', 'repeat', 'rename'),
  strange.map((put) => ({ put })),
);

function expectAnswer(text: string): void {
  const start = performance.now();
  const { model, diagnostics } = importModel(text, 'model.json');
  expect(performance.now() - start).toBeLessThan(5000);
  expect(model === undefined).toBe(diagnostics.length > 0);
  if (model !== undefined) {
    expect(compileSpec(model.text, 'imported.yaml').nodes.length).toBeGreaterThan(0);
    return;
  }
  for (const { code, message, range, file } of diagnostics) {
    expect(codes).toHaveProperty(code);
    expect(message).not.toMatch(/undefined|\[object|NaN|^$/);
    expect(file).toBe('model.json');
    expect(range.start.offset).toBeGreaterThanOrEqual(0);
    expect(range.end.offset).toBeLessThanOrEqual(text.length);
    expect(range.start.offset).toBeLessThanOrEqual(range.end.offset);
  }
  expect(formatDiagnostics(diagnostics, text).length).toBeGreaterThan(0);
}

describe('a damaged topology', () => {
  test('with a few values removed, renamed, repeated or replaced', () => {
    const places = files.map((text) => pathsOf(JSON.parse(text)));
    const damaged = fc
      .tuple(fc.nat(files.length - 1), fc.array(fc.tuple(fc.nat(), change), { minLength: 1, maxLength: 4 }))
      .map(([file, changes]) => {
        const root = JSON.parse(files[file]!) as unknown;
        for (const [at, how] of changes) {
          const known = places[file]!;
          try {
            damage(root, known[at % known.length]!, how);
          } catch {
            // An earlier change took the place away.
          }
        }
        return JSON.stringify(root);
      });
    fc.assert(fc.property(damaged, expectAnswer), { numRuns: 300, seed: 1 });
  });

  test('cut short, or with a character changed', () => {
    const damaged = fc
      .tuple(
        fc.nat(files.length - 1),
        fc.nat(),
        fc.constantFrom('', '"', '}', '[', '0', 'null', '\u2028'),
        fc.boolean(),
      )
      .map(([file, at, character, cut]) => {
        const text = files[file]!;
        const place = at % text.length;
        return text.slice(0, place) + character + (cut ? '' : text.slice(place + 1));
      });
    fc.assert(fc.property(damaged, expectAnswer), { numRuns: 200, seed: 2 });
  });

  test('that is no topology at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => expectAnswer(JSON.stringify(value))),
      { numRuns: 150, seed: 3 },
    );
  });
});
