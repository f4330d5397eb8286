/** Good specs, damaged at random: whatever a file holds, the answer is a graph or faults with places in it. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { checkSpec } from '../../src/compiler/index.js';
import { formatDiagnostics } from '../../src/diagnostics/index.js';
import { layers } from '../../src/layers/index.js';
import { anyText, fc } from '../property.js';

const specs = resolve(import.meta.dirname, '../../specs');
/** One small spec for each example of each layer that takes one input. */
const layerTexts = [...layers.values()].flatMap(({ type, examples }) =>
  examples
    .filter(({ inputs }) => inputs.length === 1)
    .map(({ inputs, options, before }) =>
      stringify({
        name: 'example',
        input: inputs[0],
        layers: [...(before ? [before] : []), { name: 'it', type, ...options }],
      }),
    ),
);

const goodTexts = [
  ...readdirSync(specs)
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => readFileSync(join(specs, name), 'utf8')),
  `name: blocks
seed: 7
input: [16, 16, 3]
layers:
  - &block
    name: first
    type: conv2d
    filters: 8
    kernelSize: [3, 3]
    padding: same
    kernelInitializer: { type: truncatedNormal, stddev: 0.1 }
    kernelRegularizer: { type: l1l2, l1: 1.0e-4 }
  - { <<: *block, name: second, filters: 16 }
  - { type: batchNormalization, axis: -1 }
  - type: zeroPadding2d
    padding: [[1, 2], [0, 1]]
  - { type: globalAveragePooling2d }
  - type: dense # the output
    units: 10
    activation: 'softmax'
training:
  dataset:
    type: synthetic
    classes: 10
  optimizer: { type: rmsprop, learningRate: 1e-3, centered: true }
  loss: categoricalCrossentropy
  metrics:
    - accuracy
  epochs: 2
  checkpoint:
    monitor: val_accuracy
`,
];

goodTexts.push(`name: language
params: { width: 8, twice: "\${width * 2}", kind: relu, deep: true }
inputs: { image: [8, 8, 3], extra: [16] }
blocks:
  unit:
    params: { filters: null, strides: 1, half: "\${filters / 2}" }
    layers:
      - parallel:
          - - { type: conv2d, filters: "\${half}", kernelSize: 1, strides: "\${strides}", padding: same }
            - { type: conv2d, filters: "\${filters}", kernelSize: 3, padding: same, name: wide }
          - - { type: conv2d, filters: "\${filters}", kernelSize: 1, strides: "\${strides}", when: "\${strides > 1}" }
        merge: add
        name: sum
      - { type: activation, activation: relu }
  both:
    inputs: [left, right]
    layers:
      - { type: concatenate, from: [left, right] }
layers:
  - { type: conv2d, name: stem, filters: "\${width}", kernelSize: 3, padding: same, from: image }
  - repeat: 3
    as: i
    name: stage
    layers:
      - { use: unit, name: u, filters: "\${width}", strides: "\${i == 1 ? 2 : 1}" }
      - { type: dropout, rate: "\${0.1 * (i + 1)}", when: "\${deep && i < 2}" }
  - { type: globalAveragePooling2d, name: pool }
  - { use: both, from: [pool, extra], name: all }
  - { type: dense, name: "head_\${width}", units: "\${min(twice, 12)}", activation: "\${kind}" }
  - { type: dense, units: 2, from: stage/1/u/sum/0/wide, name: other }
  - { type: flatten }
outputs: [head_8, flatten_1]
expect: { parameters: { max: 10000 }, output: { head_8: [12] } }
`);

const nasty = [
  '~', 'null', '.nan', '.inf', '-.inf', '1e309', '-1', '0', '1e15', '0x7fffffff', '9007199254740993', '1.5', 'true',
  'yes', "'", '"', '""', '[]', '{}', '[[1]]', '{ a: 1 }', '[', '{', ']', '}', '*block', '*nobody', '&block', '<<',
  '!!str 1', '!x y', '!!binary aGk=', '|', '>', '- - -', '? a', ': ', '#', '%', '@', '`', '---', '...', '\t', '\u0000',
  '\u001b[31m', '\u202e', '\ufeff', '\ud800', '😀', '文字', '__proto__', 'constructor', 'toString', 'hasOwnProperty',
  '"\\ud800"', '"\\0"', '\r', '\r\n', '\u2028', 'x'.repeat(2000), '${process.exit()}', '${width}', '"${width / 0}"', '${', '"${i + 0.5}"', 'use', 'repeat', 'parallel', 'input', 'stage/0/u', '../../etc/passwd', '*/', '-->',
]; // biome-ignore format: a table

type Edit = (text: string, random: readonly [number, number, number]) => string;

const at = (text: string, part: number) => Math.floor(part * (text.length + 1));
const linesOf = (text: string) => text.split('\n');
const pick = <T>(list: readonly T[], part: number): T =>
  list[Math.min(list.length - 1, Math.floor(part * list.length))]!;

/** All scalars, or all keys, of a text as a person would see them. */
const words = (text: string, kind: 'key' | 'value') =>
  Array.from(text.matchAll(kind === 'key' ? /[A-Za-z_]\w*(?=:)/g : /(?<=[:[,-] )[^\s,:{}[\]&*]+/g));

const replaceWord = (text: string, kind: 'key' | 'value', where: number, by: string) => {
  const found = pick(words(text, kind), where);
  return found === undefined
    ? text
    : text.slice(0, found.index) + by + text.slice(found.index + found[0].length);
};

const edits: Readonly<Record<string, Edit>> = {
  'delete characters': (text, [a, b]) =>
    text.slice(0, at(text, a)) + text.slice(at(text, a) + 1 + Math.floor(b * 4)),
  'repeat a character': (text, [a]) => text.slice(0, at(text, a)) + text.slice(Math.max(0, at(text, a) - 1)),
  'swap two characters': (text, [a]) => {
    const i = at(text, a);
    return text.slice(0, i) + (text[i + 1] ?? '') + (text[i] ?? '') + text.slice(i + 2);
  },
  'insert something': (text, [a, b]) => text.slice(0, at(text, a)) + pick(nasty, b) + text.slice(at(text, a)),
  'delete a line': (text, [a]) =>
    linesOf(text)
      .toSpliced(Math.floor(a * linesOf(text).length), 1)
      .join('\n'),
  'repeat a line': (text, [a, b]) => {
    const lines = linesOf(text);
    return lines.toSpliced(Math.floor(b * lines.length), 0, pick(lines, a)).join('\n');
  },
  'swap two lines': (text, [a, b]) => {
    const lines = linesOf(text);
    const [i, j] = [Math.floor(a * lines.length), Math.floor(b * lines.length)];
    return lines.with(i, lines[j]!).with(j, lines[i]!).join('\n');
  },
  'indent a line': (text, [a, b]) => {
    const lines = linesOf(text);
    const i = Math.floor(a * lines.length);
    return lines.with(i, pick(['\t', ' ', '  ', '    '], b) + lines[i]!).join('\n');
  },
  'replace a value': (text, [a, b]) => replaceWord(text, 'value', a, pick(nasty, b)),
  'replace a key': (text, [a, b]) => replaceWord(text, 'key', a, pick(nasty, b)),
  'copy a value': (text, [a, b]) => replaceWord(text, 'value', a, pick(words(text, 'value'), b)?.[0] ?? ''),
  'copy a key': (text, [a, b]) => replaceWord(text, 'key', a, pick(words(text, 'key'), b)?.[0] ?? ''),
  'cut the end off': (text, [a]) => text.slice(0, at(text, a)),
};

const unit = fc.double({ min: 0, max: 0.999999, noNaN: true });
const damaged = fc
  .tuple(
    fc.oneof(fc.constantFrom(...goodTexts), fc.constantFrom(...layerTexts)),
    fc.array(fc.tuple(fc.constantFrom(...Object.keys(edits)), fc.tuple(unit, unit, unit)), {
      minLength: 1,
      maxLength: 5,
    }),
  )
  .map(([text, list]) => list.reduce((result, [edit, random]) => edits[edit]!(result, random), text));

function expectSoundAnswer(text: string): void {
  const { graph, diagnostics } = checkSpec(text, 'fuzz.yaml');
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  expect(graph === undefined).toBe(errors.length > 0);
  const lines = text.split('\n');
  for (const { range, message, hint, path } of diagnostics) {
    const { start, end } = range;
    expect(message).not.toMatch(/undefined|\[object|NaN/);
    expect(hint ?? '').not.toMatch(/undefined|\[object|NaN/);
    expect(Array.isArray(path)).toBe(true);
    expect(start.offset).toBeGreaterThanOrEqual(0);
    expect(end.offset).toBeGreaterThanOrEqual(start.offset);
    expect(end.offset).toBeLessThanOrEqual(text.length);
    // The three ways to say a place agree with the text itself.
    for (const { line, column, offset } of [start, end]) {
      const before = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
      expect(before + column - 1).toBe(offset);
    }
  }
  const drawn = formatDiagnostics(diagnostics, text, { width: 60 });
  // Nothing of a file reaches a terminal as a command.
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  expect(drawn).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
}

describe('damaged specs', () => {
  test('the specs are good before they are damaged', () => {
    for (const text of [...goodTexts, ...layerTexts])
      expect(checkSpec(text, 'good.yaml').diagnostics).toEqual([]);
  });

  test('2,000 of them each give a graph, or faults with places', () => {
    fc.assert(fc.property(damaged, expectSoundAnswer), { numRuns: 2000 });
  });

  test('and so does any text at all', () => {
    fc.assert(fc.property(anyText(300), expectSoundAnswer), { numRuns: 500 });
    const yamlish = fc.constantFrom(
      ...nasty,
      '\n',
      '\n  ',
      ' ',
      ': ',
      '- ',
      'name',
      'layers',
      'type',
      'dense',
      'units',
    );
    fc.assert(
      fc.property(
        fc.array(yamlish, { maxLength: 40 }).map((parts) => parts.join('')),
        expectSoundAnswer,
      ),
      {
        numRuns: 1000,
      },
    );
  });
});
