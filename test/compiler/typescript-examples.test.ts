/**
 * Printed files of all examples. The two targets make the same model: the file is run, and held against what
 * buildModel makes. And the tools of its users take it: the TypeScript compiler at its strictest, and a formatter.
 */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { buildModel, compileModel } from '../../src/runtime/build-model.js';
import { layerGraphs, specGraphs, trainingGraphs, variantGraphs } from './example-graphs.js';
import { expectFormatted, runPrinted, typeErrors } from './printed-modules.js';
import { identityOf } from './same-model.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const graphs = [...specGraphs(), ...layerGraphs(), ...variantGraphs()];
const trained = trainingGraphs();
const printed = new Map<string, string>();
for (const { title, graph } of [...graphs, ...trained]) printed.set(title, await emitTypeScript(graph));

describe.each(graphs)('$title', ({ title, graph }) => {
  test('printed and built models are the same', async () => {
    const built = buildModel(tf, graph);
    const made = (await runPrinted(printed.get(title)!, tf)).create();
    expect(await identityOf(made, graph)).toEqual(await identityOf(built, graph));
    built.dispose();
    made.dispose();
  });
});

describe.each(trained)('$title', ({ title, graph }) => {
  test('printed and built models are compiled the same', async () => {
    const built = buildModel(tf, graph);
    compileModel(tf, built, graph);
    const module = await runPrinted(printed.get(title)!, tf);
    const made = module.create();
    module.compile!(made);
    expect(made.loss).toBe(graph.training!.loss);
    expect(made.loss).toBe(built.loss);
    expect(made.metrics).toEqual(built.metrics);
    expect(made.metricsNames).toEqual(built.metricsNames);
    expect(made.optimizer.getClassName()).toBe(built.optimizer.getClassName());
    expect(made.optimizer.getConfig()).toEqual(built.optimizer.getConfig());
    built.dispose();
    made.dispose();
  });
});

test('there is a file for every spec, layer example, option value, optimizer and loss', () => {
  expect(printed.size).toBe(graphs.length + trained.length);
  expect(printed.size).toBeGreaterThan(250);
});

test('every printed file passes tsc at its strictest', () => {
  expect(typeErrors(printed)).toEqual([]);
});

test('the types of a printed file say what a user of it can do', () => {
  const user = (lines: string) => `import * as lenet5 from './lenet5.js';\n${lines}\n`;
  const files = new Map([
    ['lenet5', printed.get('lenet5')!],
    [
      'right',
      user(`
        const model: import('@tensorflow/tfjs').Sequential = lenet5.createLenet5();
        lenet5.compileLenet5(model);
        const name: lenet5.ClassName = 'airplane';
        const channels: 3 = lenet5.inputShape[2];
        export const size: number = [1, ...lenet5.inputShape].length + channels + name.length;
        export const count: 10 = lenet5.classNames.length;`),
    ],
    ['wrong', user(`export const name: lenet5.ClassName = 'aeroplane';`)],
  ]);
  expect(typeErrors(files)).toEqual([
    expect.stringMatching(/^wrong\.ts:2 Type '"aeroplane"' is not assignable/),
  ]);
});

test('a formatter set to 110 columns and single quotes leaves every printed file as it is', async () => {
  await expectFormatted(printed);
});

test('no line is longer than 110 columns', () => {
  const long = [...printed].flatMap(([title, text]) =>
    text.split('\n').flatMap((line) => (line.length > 110 ? [`${title}: ${line}`] : [])),
  );
  expect(long).toEqual([]);
});
