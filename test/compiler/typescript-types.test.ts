/** Printed files against the tools of their users: the TypeScript compiler at its strictest, and a formatter. */
import { expect, test } from 'vitest';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { layerGraphs, specGraphs, trainingGraphs, variantGraphs } from './example-graphs.js';
import { expectFormatted, typeErrors } from './printed-modules.js';

const graphs = [...specGraphs(), ...layerGraphs(), ...variantGraphs(), ...trainingGraphs()];
const printed = new Map<string, string>();
for (const { title, graph } of graphs) printed.set(title, await emitTypeScript(graph));

test('there is a file for every spec, layer example, option value, optimizer and loss', () => {
  expect(printed.size).toBe(graphs.length);
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
