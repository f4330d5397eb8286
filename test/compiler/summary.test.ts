import { stripVTControlCharacters } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { formatBytes, formatSummary, summarizeGraph } from '../../src/compiler/summary.js';
import { layers } from '../../src/layers/index.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { graphOf, layerGraphs, specGraphs } from './example-graphs.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const lenet5 = specGraphs().find(({ title }) => title === 'lenet5')!.graph;

describe.each([...specGraphs(), ...layerGraphs()])('$title', ({ graph }) => {
  test('has the shapes and parameters that tfjs counts', () => {
    const { rows, totals, inputs } = summarizeGraph(graph);
    const model = buildModel(tf, graph);
    const size = (weights: typeof model.weights) =>
      weights.reduce((sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]), 0);
    // These overwrite the shape that tfjs recorded of the layer before them.
    const spoiling = graph.nodes.filter(({ type }) => layers.get(type)?.spoilsInputShape);
    const spoiled = new Set(spoiling.flatMap((node) => node.inputs));
    for (const row of rows) {
      const layer = model.getLayer(row.name);
      if (!spoiled.has(row.name)) expect([null, ...row.outputShape]).toEqual(layer.outputShape);
      expect(row.parameters).toBe(layer.countParams());
      expect(row.trainableParameters).toBe(size(layer.trainableWeights));
    }
    expect(inputs.map(({ shape }) => [null, ...shape])).toEqual(model.inputs.map(({ shape }) => shape));
    expect(totals.parameters).toBe(model.countParams());
    expect(totals.trainable).toBe(size(model.trainableWeights));
    expect(totals.nonTrainable).toBe(size(model.nonTrainableWeights));
    model.dispose();
  });
});

test('LeNet-5 costs what is known of it', () => {
  const { rows, totals, chain } = summarizeGraph(lenet5);
  expect(chain).toBe(true);
  expect(rows.map(({ multiplyAdds }) => multiplyAdds)).toEqual([
    ...[28 * 28 * 6 * 5 * 5 * 3, 0, 10 * 10 * 16 * 5 * 5 * 6, 0, 0],
    ...[400 * 120, 120 * 84, 84 * 10],
  ]);
  expect(totals).toEqual({
    parameters: 62_006,
    trainable: 62_006,
    nonTrainable: 0,
    multiplyAdds: 651_720,
    parameterBytes: 248_024,
    activationBytes: 4 * (28 * 28 * 6 + 14 * 14 * 6 + 10 * 10 * 16 + 400 + 400 + 120 + 84 + 10),
  });
});

test('frozen layers and running averages are not trainable', () => {
  const { rows, totals } = summarizeGraph(
    graphOf({
      name: 'frozen',
      input: [4],
      layers: [
        { type: 'dense', units: 3, trainable: false },
        { type: 'batchNormalization' },
        { type: 'dense', units: 2 },
      ],
    }),
  );
  expect(rows.map((row) => [row.parameters, row.trainableParameters])).toEqual([
    [15, 0],
    [12, 6],
    [8, 8],
  ]);
  expect(totals).toMatchObject({ parameters: 35, trainable: 14, nonTrainable: 21 });
});

describe('the table', () => {
  test('of LeNet-5 is test/golden/lenet5-summary.txt (`npx vitest run -u` renews it)', async () => {
    const table = formatSummary(summarizeGraph(lenet5), { color: false, width: 80 });
    await expect(`${table}\n`).toMatchFileSnapshot('../golden/lenet5-summary.txt');
  });

  test('in colour says the same', () => {
    const [coloured, plain] = [true, false].map((color) =>
      formatSummary(summarizeGraph(lenet5), { color, width: 80 }),
    );
    expect(coloured).not.toBe(plain);
    expect(stripVTControlCharacters(coloured!)).toBe(plain);
  });

  test.each([...specGraphs(), ...layerGraphs()])('of $title fits 80 columns', ({ graph }) => {
    const lines = formatSummary(summarizeGraph(graph), { color: false, width: 80 }).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.filter((line) => /\s$/.test(line))).toEqual([]);
  });

  const longName = (index: number) => `encoder_${'x'.repeat(40)}_${index}`;
  const long: ModelGraph = {
    ...lenet5,
    description: `first\u001b[31m line ${'x'.repeat(100)}\nsecond line`,
    nodes: lenet5.nodes.map((node, index) => ({
      ...node,
      name: longName(index),
      inputs: [index === 0 ? 'input' : longName(index - 1)],
    })),
    outputs: [longName(7)],
  };

  test('shortens long names, and never a number', () => {
    const text = formatSummary(summarizeGraph(long), { color: false, width: 70 });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(70);
    expect(text).toMatch(/^encoder_x…xxxxxxx_0 {2}conv2d +28x28x6 +456 +352,800$/m);
    expect(text).toMatch(/^lenet5 {2}first\[31m line x+…\n/);
  });

  test('of a graph with branches says what each layer takes', () => {
    const [c1, p1] = lenet5.nodes;
    const graph: ModelGraph = { ...lenet5, nodes: [c1!, p1!], outputs: ['c1', 'p1'] };
    const text = formatSummary(summarizeGraph(graph), { color: false, width: 80 });
    expect(text).toMatch(/^p1 +maxPooling2d +c1 +14x14x6 /m);
  });
});

test('bytes are counted in powers of 1024', () => {
  expect([0, 1, 1023, 1024, 248_024, 2 ** 20, 1.5 * 2 ** 30, 2 ** 50].map(formatBytes)).toEqual([
    ...['0 bytes', '1 byte', '1023 bytes', '1.0 KiB', '242.2 KiB', '1.0 MiB', '1.5 GiB', '1024.0 TiB'],
  ]);
});
