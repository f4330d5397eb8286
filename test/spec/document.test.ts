/** Texts as people mistype them, and what they are told. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { parseSpec } from '../../src/spec/document.js';
import { linesOf } from './lines-of.js';

interface Case {
  readonly given: string;
  readonly want: readonly string[];
  /** What is left of the document; not given where nothing is. */
  readonly value?: unknown;
}

const columns =
  "this line does not start in the same column as the ones before it (items of one list, and keys of one mapping, start in the same column; items start with '- ')";
const continued =
  'this line is indented further than the one before it, which YAML reads as its continuation (start it in the same column as the keys that it belongs to)';
const misplaced = `this anchor, alias or tag ('&', '*', '!') is not where one can stand (put text that starts with one of these characters into quotes)`;
const plainData = "a spec is plain data: remove the tag, or put text that starts with '!' into quotes";

const cases: readonly (readonly [string, Case])[] = [
  [
    'a brace that is never closed',
    {
      given: 'layers:\n  - { type: dense, units: 10\n  - { type: flatten }\ntraining:\n  epochs: 3\n',
      want: ["2:5 yaml-syntax this '{' is never closed (add '}')"],
    },
  ],
  [
    'a bracket that is never closed',
    { given: 'input: [32, 32, 3\nname: x\n', want: ["1:8 yaml-syntax this '[' is never closed (add ']')"] },
  ],
  [
    'a bracket too many',
    {
      given: 'input: [32, 32, 3]]\nname: x\n',
      want: ["1:19 yaml-syntax ']' cannot stand here (nothing was opened that it could close)"],
    },
  ],
  [
    'a quote that is never closed',
    {
      given: 'seed: 1\nname: "x\ninput: [3]\n',
      want: ['2:7 yaml-syntax this quoted text never ends (add " after its last character)'],
    },
  ],
  [
    'a quote inside quotes',
    {
      given: "description: 'it's x'\n",
      want: ["1:18 yaml-syntax 's' cannot stand here (inside single quotes, write '' for one)"],
    },
  ],
  [
    'no space after a colon',
    {
      given: 'name:x\ninput: [1]\n',
      want: ["1:1 yaml-syntax expected a space after 'name:' (write 'name: x')"],
    },
  ],
  [
    'no comma',
    {
      given: 'layers:\n  - { type: dense units: 3 }\n',
      want: ["2:19 yaml-syntax expected a comma between 'dense' and 'units'"],
    },
  ],
  ['a line too far to the right', { given: 'name: x\n  seed: 3\n', want: [`2:3 yaml-syntax ${continued}`] }],
  [
    'an option too far to the left',
    { given: 'layers:\n  - type: dense\n   units: 3\n', want: [`3:4 yaml-syntax ${columns}`] },
  ],
  [
    'a list without dashes',
    { given: 'layers:\n  { a: 1 }\n  { b: 2 }\n', want: [`3:3 yaml-syntax ${columns}`] },
  ],
  [
    'a line without a colon',
    {
      given: 'name: x\nhello\ninput: [2]\n',
      want: ["2:1 yaml-syntax expected 'key: value', found a line without a colon"],
    },
  ],
  [
    'a colon in a text',
    {
      given: 'description: LeNet-5: a network\n',
      want: [`1:14 yaml-syntax text with ': ' in it needs quotes (write "LeNet-5: a network")`],
    },
  ],
  [
    'a percent sign',
    { given: 'name: %x\n', want: ["1:7 yaml-syntax text cannot start with '%' (put it into quotes)"] },
  ],
  [
    'a tab',
    {
      given: 'layers:\n\t- { type: flatten }\n',
      want: ['2:1 tab-indentation expected spaces, found a tab (replace each tab by spaces, two a level)'],
    },
  ],
  [
    'a list in lines inside brackets',
    {
      given: 'layers: [\n  - a\n]\n',
      want: [
        '2:3 yaml-syntax a list or mapping in lines cannot stand inside brackets or braces (write it in one line: [a, b] or { key: value })',
      ],
    },
  ],
  [
    'a wrong escape',
    {
      given: 'name: "a\\q"\n',
      want: [
        "1:9 yaml-syntax '\\' is not an escape sequence (write two backslashes for one, or use single quotes)",
      ],
      value: { name: 'a\\q' },
    },
  ],
  ['an alias without a name', { given: 'a: *\n', want: [`1:4 yaml-syntax ${misplaced}`] }],
  ['two anchors', { given: 'a: &x &y 3\n', want: [`1:7 yaml-syntax ${misplaced}`], value: { a: 3 } }],
  [
    'another version of YAML',
    {
      given: '%YAML 1.1\n---\nname: yes\n',
      want: ['1:1 yaml-syntax expected YAML 1.2, found 1.1'],
      value: { name: 'yes' },
    },
  ],
  [
    'a directive that nobody knows',
    {
      given: '%FOO bar\n---\nname: x\n',
      want: ['1:1 yaml-syntax there is no directive %FOO (remove the line)'],
    },
  ],
  [
    'a control character',
    {
      given: 'name: a\u0001b\n',
      want: ['1:8 yaml-syntax the character U+0001 cannot stand in YAML (remove it)'],
      value: { name: 'a\u0001b' },
    },
  ],
  [
    'two documents',
    {
      given: 'name: x\n---\nname: y\n---\nname: z\n',
      want: [
        "2:1 multiple-documents expected one document, found a second one (remove the line '---', or put each spec into a file of its own)",
      ],
      value: { name: 'x' },
    },
  ],
  [
    'a key that is there twice, and a third time',
    {
      given: 'seed: 1\nname: x\nseed: 2\nseed: 3\n',
      want: [
        "3:1 duplicate-key 'seed' is there twice (the first one is in line 1)",
        "4:1 duplicate-key 'seed' is there twice (the first one is in line 1)",
      ],
      value: { seed: 1, name: 'x' },
    },
  ],
  [
    'tags',
    {
      given: 'a: !foo x\nb: !!binary aGk=\nc: !!str 3\n',
      want: [
        `1:4 unknown-tag there is no tag '!foo' (${plainData})`,
        `2:4 unknown-tag the tag '!!binary' cannot stand here (${plainData})`,
      ],
      value: { a: 'x', b: 'aGk=', c: '3' },
    },
  ],
  [
    'an alias to nothing, and one with a slip',
    {
      given: 'a: &base 1\nb: *bse\nc: *other\n',
      want: [
        "2:4 unresolved-alias no anchor '&bse' stands before the alias '*bse' (did you mean '*base'?)",
        "3:4 unresolved-alias no anchor '&other' stands before the alias '*other' (mark the value to repeat with '&other')",
      ],
      value: { a: 1, b: null, c: null },
    },
  ],
  [
    'an alias to itself',
    {
      given: 'a: &a [1, *a]\n',
      want: ["1:11 circular-alias the alias '*a' stands inside the value that it repeats"],
      value: { a: [1, null] },
    },
  ],
  [
    'numbers that are none',
    {
      given: 'a: [.nan, 1e309, -.inf, 0x1f, 1e3]\n',
      want: [
        '1:5 not-a-number expected a finite number, found .nan',
        '1:11 not-a-number expected a finite number, found 1e309',
        '1:18 not-a-number expected a finite number, found -.inf',
      ],
      value: { a: [null, null, null, 31, 1000] },
    },
  ],
  [
    'keys that are no words',
    {
      given: '? [a, b]\n: 1\n: 2\n',
      want: [
        '1:3 invalid-key expected the name of a section or an option before the colon',
        '3:1 invalid-key expected the name of a section or an option before the colon',
      ],
      value: {},
    },
  ],
  [
    'a merge of something else',
    {
      given: 'a:\n  <<: 3\n  b: 1\n',
      want: ["2:7 wrong-type expected a mapping, or a list of mappings, to merge after '<<'"],
      value: { a: { b: 1 } },
    },
  ],
];

const nothing =
  'expected a spec, found nothing but comments and white space (`speccc init` writes a spec to start from)';

describe('parseSpec', () => {
  test.each(cases)('%s', (_name, { given, want, value }) => {
    const { document, diagnostics } = parseSpec(given, 'x.yaml');
    expect(linesOf(diagnostics)).toEqual(want);
    expect(document?.value).toEqual(value);
  });

  test.each(['', '\n\n', '# only a comment\n', '---\n', '\ufeff', '\t\n'])('nothing in %j', (given) => {
    expect(linesOf(parseSpec(given, 'x.yaml').diagnostics)).toEqual([`1:1 empty-spec ${nothing}`]);
  });

  test('merge keys: what is there wins, then the earlier source', () => {
    const given = 'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { <<: [*a, *b], x: 3 }\nd: { "<<": 4 }\n';
    const { document, diagnostics } = parseSpec(given, 'x.yaml');
    expect(diagnostics).toEqual([]);
    expect(document?.value).toMatchObject({ c: { x: 3, y: 1, z: 2 }, d: { '<<': 4 } });
    expect((document!.value as { c: object }).c).toEqual(parse(given, { merge: true }).c);
  });

  test('an alias means the last anchor before it', () => {
    const { document } = parseSpec('- &a 1\n- &b [*a]\n- &a 2\n- *a\n- *b\n', 'x.yaml');
    expect(document?.value).toEqual([1, [1], 2, 2, [1]]);
  });

  test('keys that are special to JavaScript are keys like others', () => {
    const given = '__proto__: { polluted: true }\nconstructor: 1\ntoString: 2\n';
    const { document, diagnostics } = parseSpec(given, 'x.yaml');
    expect(diagnostics).toEqual([]);
    expect(Object.keys(document?.value as object)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(Object.getPrototypeOf(document?.value)).toBe(Object.prototype);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('every value and key knows its place', () => {
    const given = 'name: x\nlayers:\n  - &a { type: dense, units: 10 }\n  - *a\n  - type: flatten\n';
    const { document } = parseSpec(given, 'x.yaml');
    const text = (path: readonly (string | number)[], key = false) => {
      const { start, end } = key ? document!.locateKey(path) : document!.locate(path);
      return given.slice(start.offset, end.offset);
    };
    expect(text(['name'])).toBe('x');
    expect(text(['name'], true)).toBe('name');
    expect(text(['layers', 0])).toBe('{ type: dense, units: 10 }');
    expect(text(['layers', 0, 'units'])).toBe('10');
    expect(text(['layers', 0, 'units'], true)).toBe('units');
    expect(text(['layers', 1])).toBe('*a');
    expect(text(['layers', 1, 'units'])).toBe('10');
    expect(text(['layers', 2])).toBe('type: flatten');
    // Where there is nothing, the nearest value around it.
    expect(text(['layers', 2, 'units'])).toBe('type: flatten');
    expect(document!.locate(['layers', 2, 'type']).start).toEqual({
      line: 5,
      column: 11,
      offset: given.lastIndexOf('flatten'),
    });
  });

  test('a text with Windows line ends has the same places', () => {
    const given = 'name: x\r\nlayers:\r\n  - { type: dense, units: 10 }\r\n';
    const { document } = parseSpec(given, 'x.yaml');
    expect(document!.locate(['layers', 0, 'units'])).toMatchObject({ start: { line: 3, column: 27 } });
    expect(document!.value).toEqual(parse(given));
  });
});
