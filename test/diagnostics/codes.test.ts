import { describe, expect, test } from 'vitest';
import { checkSpec } from '../../src/compiler/index.js';
import { type CodeEntry, codes } from '../../src/diagnostics/index.js';
import { specSchema } from '../../src/spec/index.js';
import { wholeSpec } from '../spec/whole-spec.js';

const entries: readonly (readonly [string, CodeEntry])[] = Object.entries(codes);
const specEntries = entries.filter(([, { kind }]) => kind === 'spec');

/** Faults that no fragment of a page's size can show, or that take several files. */
const withoutExample = [
  'duplicate-block',
  'empty-spec',
  'include-circular',
  'include-not-found',
  'include-unavailable',
  'include-unreadable',
  'spec-too-deep',
  'spec-too-large',
];

/** What every included file of the examples holds. */
const readFile = () => 'blocks: {}';

describe('the table of codes', () => {
  test.each(entries)('%s is written for people', (code, { title, explanation, wrong, right }) => {
    expect(code).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/);
    expect(title).toMatch(/^(?![A-Z][a-z]).{10,92}(?<!\.)$/);
    expect(explanation).toMatch(/[.)]$/);
    expect(wrong === undefined).toBe(right === undefined);
    expect(wrong).not.toBe(wrong === undefined ? null : right);
  });

  test('every fault of a spec has an example, but for the few that are too large to show', () => {
    const bare = specEntries.filter(([, { wrong }]) => wrong === undefined).map(([code]) => code);
    expect(bare.sort()).toEqual(withoutExample);
  });

  // Examples of branches are checked as soon as the language has them.
  const hasBranches = JSON.stringify(specSchema()).includes('"from"');
  const shown = specEntries.filter(
    ([, { wrong, right }]) => wrong !== undefined && (hasBranches || !right!.includes('from:')),
  );
  test.each(shown)('%s: its wrong example gives just this code, its right one gives none', (code, entry) => {
    const found = checkSpec(wholeSpec(entry.wrong!), 'wrong.yaml', { readFile }).diagnostics;
    expect([...new Set(found.map((d) => d.code))]).toEqual([code]);
    expect(checkSpec(wholeSpec(entry.right!), 'right.yaml', { readFile }).diagnostics).toEqual([]);
  });
});
