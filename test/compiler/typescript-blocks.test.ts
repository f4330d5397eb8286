/** Blocks of a spec as functions of the printed file, which makes the very model that is built in memory. */
import * as tf from '@tensorflow/tfjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { expectFormatted, runPrinted, typeErrors } from './printed-modules.js';
import { randomNetwork } from './random-networks.js';
import { identityOf } from './same-model.js';
import { inceptionNetwork, residualNetwork, scopedGraph, vggNetwork } from './scoped-graphs.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const printed = new Map<string, string>();

/** Prints the graph, and holds the model that the text makes against the one that is built in memory. */
async function printChecked(graph: ModelGraph): Promise<string> {
  const text = await emitTypeScript(graph);
  printed.set(graph.name, text);
  const [built, made] = [buildModel(tf, graph), runPrinted(text, tf).create()];
  expect(await identityOf(made, graph)).toEqual(await identityOf(built, graph));
  built.dispose();
  made.dispose();
  return text;
}

/** The functions of a file by their names, in their order; `create…` is `create`. */
function functionsOf(text: string): Readonly<Record<string, string>> {
  const found = text.matchAll(/^(?:export )?function (create)?(\w+)[\s\S]*?^\}/gm);
  return Object.fromEntries([...found].map(([source, create, name]) => [create ?? name!, source]));
}

describe('networks that people build of blocks', () => {
  test('a residual network: the projection is there where the stride says so', async () => {
    const text = await printChecked(residualNetwork('residual', [8, 8, 3], [4, 8]));
    const { basic, create } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['basic', 'create', 'seedOf']);
    expect(basic).toContain(
      'function basic(input: tf.SymbolicTensor, { name, filters, stride }: BasicOptions)',
    );
    expect(basic).toMatch(/let bn = input;\n {2}if \(stride !== 1\) \{\n[\s\S]*? {4}bn = tf\.layers\.batch/);
    expect(basic).toContain('strides: stride');
    expect(create).toContain(
      "  const stage2Unit1 = basic(stage1Unit2, { name: 'stage2_unit1', filters: 8, stride: 2 });\n",
    );
  });

  test('an Inception network: units within units', async () => {
    const text = await printChecked(inceptionNetwork('inception', [8, 8, 3], [4, 6]));
    const { inception } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['unit', 'inception', 'create', 'seedOf']);
    expect(inception).toContain(
      'const join1Unit1 = unit(input, { name: `${name}/join/1/unit_1`, filters, kernelSize: 1, stride });\n',
    );
  });

  test('a chain: blocks add to a sequential model, and its first layer is told the shape of the input', async () => {
    const graph = vggNetwork(
      'vgg',
      [8, 8, 3],
      [
        [3, 2],
        [4, 3],
      ],
    );
    const text = await printChecked(graph);
    const { addUnit, addStage, create } = functionsOf(text);
    expect(Object.keys(functionsOf(text))).toEqual(['addUnit', 'addStage', 'create', 'inputOf', 'seedOf']);
    expect(addUnit).toContain('name: `${name}/conv`,\n      ...inputOf(model),\n      filters,');
    expect(addStage).toContain('  for (let index = 0; index < units; index++) {\n    addUnit(model, {');
    expect(create).toContain("\n  addStage(model, { name: 'stage2', filters: 4, units: 3 });\n");
  });

  test('500 residual units in a loop', async () => {
    const graph = scopedGraph('deep', { input: [2] }, (root) =>
      root.repeat('units', 500, 'input', (turn, input) =>
        turn.layer('add', 'sum', [turn.layer('dense', 'dense', input, { units: 2 }), input]),
      ),
    );
    const start = performance.now();
    const { create } = functionsOf(await emitTypeScript(graph));
    expect(performance.now() - start).toBeLessThan(3000);
    expect(create).toContain('  let units = input;\n  for (let index = 0; index < 500; index++) {\n');
    expect(create).toContain(
      '    units = tf.layers.add({ name: `units/${index}/sum` }).apply([dense, units]) as',
    );
    expect(create).toContain("  return tf.model({ name: 'deep', inputs: input, outputs: units });");
  });
});

describe.each([
  ['with branches', false],
  ['in sequence', true],
])('networks %s at random', (_title, sequential) => {
  test('are the same printed as built', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: 1e6 }), async (seed) => {
        await printChecked({ ...randomNetwork(seed, sequential), name: `random-${seed}-${sequential}` });
      }),
      { numRuns: 40, seed: 11 },
    );
  });
});

test('every printed file passes tsc at its strictest', () => {
  expect(printed.size).toBeGreaterThan(60);
  expect(typeErrors(printed)).toEqual([]);
});

test('a formatter leaves every printed file as it is', async () => {
  await expectFormatted(printed);
});

test('no line is longer than 110 columns, and the random networks have everything in them', () => {
  const all = [...printed.values()].join('\n');
  expect(all.split('\n').filter((line) => line.length > 110)).toEqual([]);
  expect(all).toMatch(/^ {2}if \(mode !== [12]\)/m);
  expect(all).toMatch(/^ {2}for \(let index = 0; index < (turns|width)/m);
  expect(all).toMatch(/^ {4}for \(let index_2/m);
  expect(all).toMatch(/^function \w+_2\(/m);
  expect(all).toMatch(/units: width,/);
});
