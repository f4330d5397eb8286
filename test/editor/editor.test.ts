/** What a person sees who writes a spec in an editor: the published schema in the hands of the real language server. */
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { layers } from '../../src/layers/index.js';
import { type Editor, openEditor } from './language-server.js';

const schema = fileURLToPath(new URL('../../schema/speccc.schema.json', import.meta.url));
const spec = (text: string) => `# yaml-language-server: $schema=${schema}\n${text}`;

let editor: Editor;
beforeAll(async () => {
  editor = await openEditor();
});
afterAll(() => editor.close());

const labels = (items: readonly { readonly label: string }[]) => items.map(({ label }) => label);

test('every layer type is offered after `type: `, with what it does', async () => {
  const file = await editor.open(spec('name: draft\ninput: [32, 32, 3]\nlayers:\n  - type: \n'));
  const offered = await file.complete('- type: ');
  expect(labels(offered).toSorted()).toEqual([...layers.keys()].toSorted());
  const { documentation } = offered.find(({ label }) => label === 'dropout')!;
  expect(JSON.stringify(documentation)).toContain(layers.get('dropout')!.summary);
});

test('inside a layer its own options are offered, but those that it has', async () => {
  const text = 'layers:\n  - type: conv2d\n    filters: 6\n    kernelSize: 5\n    \n  - { type: flatten }\n';
  const file = await editor.open(spec(text));
  const offered = labels(await file.complete('kernelSize: 5\n    '));
  expect(offered).toEqual(expect.arrayContaining(['strides', 'padding', 'activation', 'kernelInitializer']));
  expect(offered).not.toContain('filters');
  expect(offered).not.toContain('units');
});

test('values are offered as well: words of an option, kinds of an optimizer', async () => {
  const text = 'layers:\n  - { type: conv2d, padding: s }\ntraining:\n  optimizer:\n    type: \n';
  const file = await editor.open(spec(text));
  expect(labels(await file.complete('padding: s'))).toEqual(expect.arrayContaining(['valid', 'same']));
  const optimizers = ['sgd', 'momentum', 'adagrad', 'adadelta', 'adam', 'adamax', 'rmsprop'];
  expect(labels(await file.complete('optimizer:\n    type: '))).toEqual(optimizers);
});

test('an option shows what it means, under the name of its layer', async () => {
  const file = await editor.open(spec('layers:\n  - { type: maxPooling2d, poolSize: 2 }\n'));
  const { poolSize } = layers.get('maxPooling2d')!.options.properties;
  const { description } = poolSize as unknown as { readonly description: string };
  const shown = await file.hover('poolSize');
  expect(shown).toContain('maxPooling2d');
  expect(shown.replaceAll('\\', '')).toContain(description);
});

test('a misspelt option is underlined', async () => {
  const line = '  - { type: conv2d, filters: 6, kernelSize: 5, activaton: relu }';
  const file = await editor.open(spec(`name: draft\ninput: [32, 32, 3]\nlayers:\n${line}\n`));
  const start = { line: 4, character: line.indexOf('activaton') };
  expect(await file.diagnostics).toEqual([
    expect.objectContaining({
      message: 'Property activaton is not allowed.',
      range: { start, end: { ...start, character: start.character + 'activaton'.length } },
    }),
  ]);
});

test.each(['lenet5', 'alexnet8', 'vgg16', 'inception10', 'resnet18'])(
  'nothing is underlined in %s',
  async (name) => {
    const text = await readFile(new URL(`../../specs/${name}.yaml`, import.meta.url), 'utf8');
    const file = await editor.open(spec(text.replace(/^# yaml-language-server.*\n/, '')));
    expect(await file.diagnostics).toEqual([]);
  },
);
