import { describe, expect, test } from 'vitest';
import { type Diagnostic, formatDiagnostics } from '../../src/diagnostics/index.js';

/** A diagnostic at the first place of a word in a text. */
function at(source: string, word: string, extra: Partial<Diagnostic> = {}): Diagnostic {
  const offset = source.indexOf(word);
  const position = (to: number) => {
    const lines = source.slice(0, to).split('\n');
    return { line: lines.length, column: lines[lines.length - 1]!.length + 1, offset: to };
  };
  return {
    code: 'unknown-option',
    severity: 'error',
    message: `conv2d has no option '${word}'`,
    file: 'draft.yaml',
    path: [],
    range: { start: position(offset), end: position(offset + word.length) },
    ...extra,
  };
}

const draft = `layers:
  - { name: c1, type: conv2d, filters: 6, kernelSize: 5 }
  - { name: c2, type: conv2d, filters: 16, kernelSize: 5, activaton: sigmoid }
`;

describe('formatDiagnostics', () => {
  test('as the design shows it', () => {
    const one = at(draft, 'activaton', { hint: "did you mean 'activation'?" });
    const two = at(draft, '{ name: c2', {
      code: 'shape-mismatch',
      message: 'no',
      notes: ['4x4 → c1 2x2 → c2'],
    });
    expect(
      formatDiagnostics([one, two], draft),
    ).toBe(`draft.yaml:3:59  error  unknown-option  conv2d has no option 'activaton'
  2 |   - { name: c1, type: conv2d, filters: 6, kernelSize: 5 }
> 3 |   - { name: c2, type: conv2d, filters: 16, kernelSize: 5, activaton: sigmoid }
    |                                                           ^^^^^^^^^
  did you mean 'activation'?

draft.yaml:3:5  error  shape-mismatch  no
  2 |   - { name: c1, type: conv2d, filters: 6, kernelSize: 5 }
> 3 |   - { name: c2, type: conv2d, filters: 16, kernelSize: 5, activaton: sigmoid }
    |     ^^^^^^^^^^
  4x4 → c1 2x2 → c2

2 errors in draft.yaml. \`speccc explain shape-mismatch\` says more.`);
  });

  test('nothing for nothing', () => {
    expect(formatDiagnostics([], draft)).toBe('');
  });

  test('warnings are counted apart, and the closing line explains an error', () => {
    const warning = at(draft, 'c2', { severity: 'warning', code: 'constant-output' });
    const last = (list: readonly Diagnostic[]) => formatDiagnostics(list, draft).split('\n').at(-1);
    expect(last([warning])).toBe('1 warning in draft.yaml. `speccc explain constant-output` says more.');
    expect(last([at(draft, 'c1'), warning, at(draft, 'c2')])).toBe(
      '2 errors and 1 warning in draft.yaml. `speccc explain unknown-option` says more.',
    );
  });

  test('a line number that gains a digit keeps the columns', () => {
    const source = `${'a: 1\n'.repeat(8)}b: 2\nwrong: 3\n`;
    const frame = formatDiagnostics([at(source, 'wrong')], source)
      .split('\n')
      .slice(1, 4);
    expect(frame).toEqual(['   9 | b: 2', '> 10 | wrong: 3', '     | ^^^^^']);
  });

  test('a place over several lines is marked in its first one', () => {
    const source = 'layers:\n  - type: dense  \n    units: 3\n';
    const block = 'type: dense  \n    units: 3';
    const frame = formatDiagnostics([at(source, block)], source)
      .split('\n')
      .slice(2, 4);
    expect(frame).toEqual(['> 2 |   - type: dense', '    |     ^^^^^^^^^^^']);
  });

  test('an empty place gets one mark, at the end of a text too', () => {
    const source = 'units:';
    const range = { start: { line: 1, column: 7, offset: 6 }, end: { line: 1, column: 7, offset: 6 } };
    const frame = formatDiagnostics([{ ...at(source, 'units'), range }], source)
      .split('\n')
      .slice(1, 3);
    expect(frame).toEqual(['> 1 | units:', '    |       ^']);
    const empty = { start: { line: 1, column: 1, offset: 0 }, end: { line: 1, column: 1, offset: 0 } };
    expect(
      formatDiagnostics([{ ...at('', ''), range: empty }], '')
        .split('\n')
        .slice(1, 3),
    ).toEqual(['> 1 |', '    | ^']);
  });

  test.each([
    ['wide characters', '文字: 中文, wrong: 1', ' '.repeat(12)],
    ['emoji', '"😀😀": 1, wrong: 1', ' '.repeat(11)],
    ['combining characters', 'e\u0301te\u0301: 1, wrong: 1', ' '.repeat(8)],
    ['a tab', '\twrong: 1', '  '],
  ])('marks stand under the place after %s', (_name, source, before) => {
    const frame = formatDiagnostics([at(source, 'wrong')], source).split('\n');
    expect(frame[2]).toBe(`    | ${before}^^^^^`);
  });

  test('nothing of a file reaches the terminal as a command', () => {
    const source = 'a: \u001b[31mred\u202e\u0000 wrong';
    const diagnostic = at(source, 'wrong', {
      message: 'found "\u001b[2J"',
      hint: '\u009b',
      file: '\u001b.yaml',
    });
    const drawn = formatDiagnostics([diagnostic], source);
    expect([...drawn].filter((c) => c !== '\n' && (c < ' ' || (c >= '\u007f' && c < '\u00a0')))).toEqual([]);
    expect(drawn).not.toContain('\u202e');
    expect(drawn).toContain('> 1 | a: �[31mred�� wrong');
  });

  test.each([40, 60, 80, 120])('long lines are cut around the place, at width %d', (width) => {
    const source = `above: ${'y'.repeat(500)}\nbefore: ${'x'.repeat(300)}, wrong: 1, ${'z'.repeat(300)}`;
    const [, above, line, marks] = formatDiagnostics([at(source, 'wrong')], source, { width }).split('\n');
    for (const each of [above!, line!, marks!]) expect(each.length).toBeLessThanOrEqual(width);
    expect(line).toMatch(/^> 2 \| ….*wrong.*…$/);
    expect(line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)).toBe('wrong');
  });

  test('a cut line shows its end where the place is near it', () => {
    const source = `${'x'.repeat(300)} wrong: 1`;
    const [, line, marks] = formatDiagnostics([at(source, 'wrong')], source, { width: 60 }).split('\n');
    expect(line).toMatch(/ wrong: 1$/);
    expect(line!.length).toBeLessThanOrEqual(60);
    expect(line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)).toBe('wrong');
  });

  test('of very many, the first are drawn and all are counted', () => {
    const many = Array.from({ length: 250 }, () => at(draft, 'activaton'));
    const blocks = formatDiagnostics(many, draft).split('\n\n');
    expect(blocks.length).toBe(101);
    expect(blocks.at(-1)).toBe(
      '250 errors in draft.yaml (150 of them not shown). `speccc explain unknown-option` says more.',
    );
  });

  test('colour is added where it is wanted, and changes no character', () => {
    const plain = formatDiagnostics([at(draft, 'activaton', { hint: 'x' })], draft);
    const colored = formatDiagnostics([at(draft, 'activaton', { hint: 'x' })], draft, { color: true });
    expect(colored).not.toBe(plain);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are made of them
    expect(colored.replace(/\u001b\[\d+m/g, '')).toBe(plain);
  });
});
