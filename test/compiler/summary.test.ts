import { stripVTControlCharacters } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { formatSummary } from '../../src/compiler/format-summary.js';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import {
  formatBytes,
  type SummaryBlock,
  type SummaryPart,
  summarizeGraph,
} from '../../src/compiler/summary.js';
import { layers } from '../../src/layers/index.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { fc } from '../property.js';
import { graphOf, layerGraphs, specGraphs } from './example-graphs.js';
import { randomNetwork } from './random-networks.js';
import { type Builder, scopedGraph, vggNetwork } from './scoped-graphs.js';
import { withZeroWeights } from './zero-weights.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const lenet5 = specGraphs().find(({ title }) => title === 'lenet5')!.graph;

describe.each([...specGraphs(), ...layerGraphs()])('$title', ({ graph }) => {
  test('has the shapes and parameters that tfjs counts', () => {
    const { rows, totals, inputs } = summarizeGraph(graph);
    const model = buildModel(tf, withZeroWeights(graph));
    const size = (weights: typeof model.weights) =>
      weights.reduce((sum, weight) => sum + tf.util.sizeFromShape(weight.shape as number[]), 0);
    for (const row of rows) {
      const layer = model.getLayer(row.name);
      const taker = graph.nodes.find(({ inputs }) => inputs.includes(row.name));
      // tfjs writes the output's shape of some layers over that of the layer before.
      const spoiled = taker !== undefined && layers.get(taker.type)!.spoilsInputShape;
      expect([null, ...(spoiled ? taker.outputShape : row.outputShape)]).toEqual(layer.outputShape);
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

describe('the parts of a model', () => {
  test('are the blocks and repeats of the spec', () => {
    const { rows, parts } = summarizeGraph(
      vggNetwork(
        'vgg',
        [8, 8, 3],
        [
          [3, 2],
          [4, 3],
        ],
      ),
    );
    expect(parts.map(({ kind, name, rows, output }) => [kind, name, rows, output])).toEqual([
      ['block', 'stage1', [0, 8], 'stage1/drop'],
      ['block', 'stage2', [8, 19], 'stage2/drop'],
    ]);
    const [{ parts: inside, ...stage }] = parts as [SummaryBlock];
    expect(stage).toMatchObject({ block: 'stage', params: { filters: 3, units: 2 }, inputs: ['input'] });
    expect(inside).toMatchObject([{ kind: 'repeat', name: 'stage1/units', turns: 2, rows: [0, 6] }]);
    expect(inside[0]!.parts.map(({ name }) => name)).toEqual(['stage1/units/0/unit', 'stage1/units/1/unit']);
    expect(stage.outputShape).toEqual([4, 4, 3]);
    // By hand: two 3x3 convolutions with biases, and 4 values a channel of normalization.
    expect(stage.parameters).toBe(3 * 3 * 3 * 3 + 3 + 12 + (3 * 3 * 3 * 3 + 3 + 12));
    expect(stage.trainableParameters).toBe(stage.parameters - 12);
    expect(stage.multiplyAdds).toBe(2 * 8 * 8 * 3 * (3 * 3 * 3));
    expect(stage.activationBytes).toBe(4 * 3 * (6 * 64 + 2 * 16));
    expect(rows.slice(0, 3).map(({ name }) => name)).toEqual(
      ['conv', 'bn', 'relu'].map((name) => `stage1/units/0/unit/${name}`),
    );
  });

  test('have the rows whose names begin with theirs, whatever the network is', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 1e6 }), fc.boolean(), (seed, sequential) => {
        const summary = summarizeGraph(randomNetwork(seed, sequential));
        const check = (part: SummaryPart, around: readonly [number, number]) => {
          const [start, end] = part.rows;
          expect([start >= around[0], start < end, end <= around[1]]).toEqual([true, true, true]);
          const inside = summary.rows.flatMap(({ name }, row) =>
            name.startsWith(`${part.name}/`) ? [row] : [],
          );
          expect(inside.filter((row) => row < start || row >= end)).toEqual([]);
          expect(inside).toHaveLength(end - start);
          expect(inside.map((row) => summary.rows[row]!.name)).toContain(part.output);
          for (const inner of part.parts) check(inner, part.rows);
        };
        for (const part of summary.parts) check(part, [0, summary.rows.length]);
        const table = formatSummary(summary, { color: false, width: 100 });
        expect(table.split('\n').filter((line) => line.length > 100 || /\s$/.test(line))).toEqual([]);
      }),
      { numRuns: 100, seed: 3 },
    );
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
    const text = formatSummary(summarizeGraph(long), { color: false, width: 83 });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBe(83);
    expect(text).toMatch(/^encoder_x…xxxxxxx_0 {2}conv2d +28x28x6 +456 +352,800 +18.4 KiB$/m);
    expect(text).toMatch(/^lenet5 {2}first\[31m line x+…\n/);
  });

  test('of ResNet-18 is test/golden/resnet18-summary.txt (`npx vitest run -u` renews it)', async () => {
    const { graph } = specGraphs().find(({ title }) => title === 'resnet18')!;
    const table = formatSummary(summarizeGraph(graph), { color: false, width: 100 });
    await expect(`${table}\n`).toMatchFileSnapshot('../golden/resnet18-summary.txt');
  });

  test('opens as many blocks within each other as it is told to', () => {
    const { graph } = specGraphs().find(({ title }) => title === 'resnet18')!;
    const namesAt = (depth: number) =>
      formatSummary(summarizeGraph(graph), { color: false, width: 120, depth })
        .split('\n')
        .slice(5, -5)
        .map((line) => /^ *\S+/.exec(line)![0]);
    const outer = ['stem', 'stem_relu', 'stage1', 'stage2', 'stage3', 'stage4', 'pool', 'classes'];
    expect(namesAt(0)).toEqual(outer);
    const stages = ['stage1', 'stage2', 'stage3', 'stage4'];
    const units = outer.flatMap((name) =>
      stages.includes(name)
        ? [name, '  unit1', '  unit2']
        : name === 'stem'
          ? [name, '  conv2d_1', '  batchNormalization_1']
          : [name],
    );
    expect(namesAt(1)).toEqual(units);
  });

  describe('says what a layer takes', () => {
    const tableOf = (graph: ModelGraph) => formatSummary(summarizeGraph(graph), { color: false, width: 200 });

    test('only where that is not the value of the line above', () => {
      const graph = scopedGraph('takes', { left: [4], right: [4] }, (root) => {
        const one = root.layer('dense', 'one', 'left', { units: 4 });
        const two = root.layer('dense', 'two', one, { units: 4 });
        const three = root.layer('dense', 'three', one, { units: 4 });
        return root.layer('add', 'sum', [two, three, 'right']);
      });
      const table = tableOf(graph);
      expect(table).toMatch(/^one +dense ← left /m);
      expect(table).toMatch(/^two +dense +4 /m);
      expect(table).toMatch(/^three +dense ← one /m);
      expect(table).toMatch(/^sum +add ← two, three, right /m);
    });

    test('by the names that are seen from where it stands', () => {
      const graph = scopedGraph('blocks', { input: [4] }, (root) => {
        const unit = (at: Builder, name: string, from: string) =>
          at.block('unit', name, from, {}, (inside, [input]) => {
            const body = inside.branch('sum', 0, (b) => b.layer('dense', 'a', input!, { units: 4 }));
            return inside.layer('add', 'sum', [body, input!]);
          });
        const pair = root.block('pair', 'pair', 'input', {}, (inside, [input]) => {
          const [one, two] = [unit(inside, 'one', input!), unit(inside, 'two', input!)];
          return inside.layer('add', 'both', [one, two]);
        });
        const joined = root.layer('concatenate', 'joined', [
          root.branch('joined', 0, (b) => unit(b, 'in0', pair)),
          root.branch('joined', 1, (b) => b.layer('dense', 'in1', pair, { units: 2 })),
        ]);
        return root.layer('add', 'all', [root.layer('dense', 'last', joined, { units: 4 }), pair]);
      });
      const lines = tableOf(graph).split('\n').slice(4, -5);
      expect(lines.map((line) => line.replace(/ {2,}\d.*/, '').trimEnd())).toEqual([
        'input         input',
        'pair          pair',
        '  one         unit',
        '    sum/0/a   dense',
        '    sum       add ← branch 0, input',
        '  two         unit ← input',
        '    sum/0/a   dense',
        '    sum       add ← branch 0, input',
        '  both        add ← one, two',
        'joined/0/in0  unit',
        '  sum/0/a     dense',
        '  sum         add ← branch 0, input',
        'joined/1/in1  dense ← pair',
        'joined        concatenate ← 2 branches',
        'last          dense',
        'all           add ← last, pair',
      ]);
    });
  });
});

test('bytes are counted in powers of 1024', () => {
  expect([0, 1, 1023, 1024, 248_024, 2 ** 20, 1.5 * 2 ** 30, 2 ** 50].map(formatBytes)).toEqual([
    ...['0 bytes', '1 byte', '1023 bytes', '1 KiB', '242.2 KiB', '1 MiB', '1.5 GiB', '1024 TiB'],
  ]);
});
