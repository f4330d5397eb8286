/** Every example of the guide to the language: it compiles, or is told just what stands below it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSpec, expandedText, type ModelGraph } from '../../src/compiler/index.js';
import { formatDiagnostics } from '../../src/diagnostics/index.js';
import { wholeSpec } from '../spec/whole-spec.js';

const root = resolve(import.meta.dirname, '../..');
const guide = readFileSync(resolve(root, 'docs/language.md'), 'utf8');

interface Example {
  readonly text: string;
  /** Of a whole spec its name, of a file that has a name that name, of fragments their beginning. */
  readonly title: string;
  /** What is said about it, where that stands below it. */
  readonly said: string | undefined;
}

const blocks = Array.from(guide.matchAll(/^```(\w*)\n(.*?)^```$/gms), ([, language, text]) => ({
  language,
  text: text!,
}));

const examples = blocks.flatMap(({ language, text }, index): Example[] => {
  const next = blocks[index + 1];
  if (language !== 'yaml') return [];
  const title = /^# (\S+\.yaml)/.exec(text)?.[1] ?? /^name: (\S+)/m.exec(text)?.[1] ?? text.split('\n')[0]!;
  return [{ text, title, said: next?.language === 'text' ? next.text : undefined }];
});

const files = new Map(examples.map(({ text, title }) => [title, text]));
const readFile = (path: string) => files.get(path)!;

function check({ text, title }: Example) {
  const isWhole = /^(name|extends|blocks|# \S+\.yaml)\b/.test(text);
  const file = title.endsWith('.yaml') ? title : `${title}.yaml`;
  return checkSpec(isWhole ? text : wholeSpec(text), file, { readFile });
}

/** Files that are only a part of a spec. */
const parts = ['common/units.yaml'];
const compiled = examples.filter(({ title, said }) => said === undefined && !parts.includes(title));
const refused = examples.filter(({ said }) => said !== undefined);

describe('the guide to the language', () => {
  test('has the examples that are looked for here', () => {
    expect(compiled.length).toBeGreaterThanOrEqual(15);
    expect(refused.length).toBeGreaterThanOrEqual(2);
    for (const part of parts) expect(files.has(part)).toBe(true);
    expect(blocks.every(({ language }) => language === 'yaml' || language === 'text')).toBe(true);
  });

  test.each(compiled.map((example) => [example.title, example] as const))(
    '%s compiles',
    (_title, example) => {
      const { graph, diagnostics, sources } = check(example);
      expect(formatDiagnostics(diagnostics, sources)).toBe('');
      expect(graph).toBeDefined();
    },
  );

  test.each(refused.map((example) => [example.title, example] as const))(
    '%s is told what stands there',
    (_title, example) => {
      const { graph, diagnostics, sources } = check(example);
      expect(graph).toBeUndefined();
      expect(`${formatDiagnostics(diagnostics, sources)}\n`).toBe(example.said);
    },
  );

  test('its last ResNet-18 is that of specs/', () => {
    const nodesOf = (graph: ModelGraph | undefined) =>
      graph!.nodes.map(({ range: _range, file: _file, ...node }) => node);
    const spec = readFileSync(resolve(root, 'specs/resnet18.yaml'), 'utf8');
    const last = examples.filter(({ title }) => title === 'resnet18').at(-1)!;
    const [ours, theirs] = [check(last).graph, checkSpec(spec, 'resnet18.yaml').graph];
    expect(nodesOf(ours)).toEqual(nodesOf(theirs));
    expect(ours!.training).toEqual(theirs!.training);
  });

  test('what changes in a spec that extends another is what the guide says', () => {
    const { graph } = check(examples.find(({ title }) => title === 'wide.yaml')!);
    expect(graph!.nodes.map(({ name, options }) => [name, options.units])).toEqual([
      ['unit_1/dense_1', 128],
      ['unit_1/reLU_1', undefined],
      ['dense_1', 2],
    ]);
    expect(graph!.training).toMatchObject({
      optimizerType: 'sgd',
      epochs: 3,
      loss: 'categoricalCrossentropy',
    });
  });

  test('a spec that is written out already stays as it is', () => {
    const plain = examples.find(({ title }) => title === 'plain')!;
    const written = expandedText(plain.text, 'plain.yaml');
    expect(written.replace('seed: 42\n', '')).toBe(plain.text);
  });
});
