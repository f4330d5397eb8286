/** What `diffGraphs` tells of two models: nothing of the same one, each edit as what it is, and both ways alike. */
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it, test } from 'vitest';
import { diffGraphs, formatDiff, type GraphDiff, type LayerChange } from '../../src/compiler/diff/index.js';
import { compileSpec, expandedText, type ModelGraph } from '../../src/compiler/index.js';
import { fc } from '../property.js';
import { graphOf, specGraphs } from './example-graphs.js';
import { randomNetwork } from './random-networks.js';

const text = `name: base
seed: 1
input: [8, 8, 3]
layers:
  - { name: c1, type: conv2d, filters: 4, kernelSize: [3, 3], padding: same }
  - { type: reLU }
  - { name: p1, type: maxPooling2d, poolSize: 2 }
  - { name: c2, type: conv2d, filters: 4, kernelSize: 3, padding: same }
  - { type: reLU }
  - { name: c3, type: conv2d, filters: 4, kernelSize: 1 }
  - { name: sum, type: add, from: [c3, p1] }
  - { name: flatten, type: flatten }
  - { name: out, type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
`;
const compiled = (source: string) => compileSpec(source, 'spec.yaml');
const base = compiled(text);

/** The spec with pieces of it replaced, each of which it must have. */
function edited(...edits: readonly (readonly [from: string | RegExp, to: string])[]): ModelGraph {
  return compiled(
    edits.reduce((source, [from, to]) => {
      const result = source.replace(from, to);
      expect(result).not.toBe(source);
      return result;
    }, text),
  );
}

function told(change: LayerChange): string {
  if (change.kind === 'added') return `+ ${change.after.name}`;
  if (change.kind === 'removed') return `- ${change.before.name}`;
  const { before, after, options, rewired } = change;
  const reasons = options.map(({ name }) => name).concat(rewired ? ['takes'] : []);
  const names = before.name === after.name ? after.name : `${before.name} → ${after.name}`;
  return [`~ ${names}`, ...reasons].join(' ');
}

const layersOf = (diff: GraphDiff) => diff.layers.map(told);

describe('an edit', () => {
  it.each<[what: string, graph: () => ModelGraph, layers: readonly string[]]>([
    [
      'of an option, and the shapes that follow',
      () => edited([/filters: 4/g, 'filters: 3']),
      [
        '~ c1 filters',
        '~ reLU_1',
        '~ p1',
        '~ c2 filters',
        '~ reLU_2',
        '~ c3 filters',
        '~ sum',
        '~ flatten',
        '~ out',
      ],
    ],
    ['of the type', () => edited(['maxPooling2d, poolSize: 2', 'averagePooling2d']), ['~ p1']],
    [
      'of a name, in all places',
      () => edited(['name: p1', 'name: pool'], ['c3, p1', 'c3, pool']),
      ['~ p1 → pool'],
    ],
    [
      'of a name and an option is another layer',
      () => edited(['name: out, type: dense', 'name: end, type: dense, useBias: false']),
      ['- out', '+ end'],
    ],
    [
      'that adds a layer',
      () => edited(['  - { name: flatten', '  - { type: dropout, rate: 0.1 }\n$&']),
      ['+ dropout_1'],
    ],
    ['that removes a layer', () => edited(['  - { type: reLU }\n', '']), ['- reLU_1', '~ reLU_2 → reLU_1']],
    [
      'that adds a layer before those of its type, whose made names follow',
      () => edited(['  - { name: c1', '  - { type: reLU }\n$&']),
      ['+ reLU_1', '~ reLU_1 → reLU_2', '~ reLU_2 → reLU_3'],
    ],
    ['of what a layer takes', () => edited(['from: [c3, p1]', 'from: [p1, c3]']), ['~ sum takes']],
    [
      'that moves a layer',
      () =>
        edited(
          [/ {2}- \{ name: p1.*\n/, ''],
          ['  - { name: c1', '  - { name: p1, type: maxPooling2d, poolSize: 2 }\n$&'],
          ['c3, p1', 'c3, c1'],
        ),
      ['~ p1 takes', '~ c1 takes', '~ reLU_1', '~ c2 takes', '~ sum takes'],
    ],
  ])('%s', (_what, graph, layers) => {
    const diff = diffGraphs(base, graph());
    expect(layersOf(diff)).toEqual(layers);
    expect([diff.model, diff.training]).toEqual([[], []]);
  });

  it('of the model, and of how it is trained', () => {
    const diff = diffGraphs(
      base,
      edited(
        ['name: base', 'name: other\ndescription: Another one'],
        ['seed: 1', 'seed: 2'],
        ['{ type: adam, learningRate: 0.01 }', 'adam'],
        ['type: synthetic', 'type: synthetic, train: 64'],
        ['loss:', 'epochs: 3\n  metrics: [accuracy]\n  loss:'],
      ),
    );
    expect(diff.layers).toEqual([]);
    expect(diff.model).toEqual([
      { name: 'name', before: 'base', after: 'other' },
      { name: 'description', before: undefined, after: 'Another one' },
      { name: 'seed', before: 1, after: 2 },
    ]);
    expect(diff.training).toEqual([
      { name: 'dataset.train', before: 1000, after: 64 },
      { name: 'optimizer.learningRate', before: 0.01, after: 0.001 },
      { name: 'metrics', before: [], after: ['accuracy'] },
      { name: 'epochs', before: 1, after: 3 },
    ]);
  });

  it('of inputs and outputs', () => {
    const diff = diffGraphs(
      base,
      edited(
        [/input: .*/, 'input: [9, 8, 3]'],
        ['training:', 'outputs: [out, flatten]\ntraining:'],
        [/training:.*/s, ''],
      ),
    );
    expect(diff.model).toEqual([
      { name: 'inputs', before: '8x8x3', after: '9x8x3' },
      { name: 'outputs', before: 'out', after: 'out, flatten' },
    ]);
    expect(diff.training.find(({ name }) => name === 'loss')).toEqual({
      name: 'loss',
      before: 'sparseCategoricalCrossentropy',
      after: undefined,
    });
  });

  it('that changes only how the spec is written is none', () => {
    const same = edited(
      [
        'kernelSize: [3, 3]',
        'kernelSize: 3, activation: linear, strides: [1, 1], kernelInitializer: { type: glorotNormal }',
      ],
      ['poolSize: 2', 'poolSize: [2, 2], strides: 2'],
      ['type: synthetic', 'type: synthetic, train: 1000'],
      [
        '{ name: flatten, type: flatten }',
        'repeat: 1\n    layers: [{ name: flatten, type: flatten }]\n    name: r',
      ],
    );
    expect(layersOf(diffGraphs(base, same))).toEqual(['~ flatten → r/0/flatten']);
  });
});

test('only options that both types have are told where the type changed', () => {
  const layer = (options: object) =>
    graphOf({ name: 'm', input: [8, 3], layers: [{ name: 'l', ...options }] });
  const { layers } = diffGraphs(layer({ type: 'dense', units: 4 }), layer({ type: 'lstm', units: 5 }));
  expect(layers.map(told)).toEqual(['~ l units']);
});

describe.each(specGraphs())('$title', ({ graph }) => {
  it('is the same as itself, and as itself written out in full', () => {
    const plain = compileSpec(expandedText(graph.source.text, 'spec.yaml'), 'plain.yaml');
    const diff = diffGraphs(graph, plain);
    expect(diff).toEqual({ ...diff, equal: true, model: [], layers: [], training: [] });
    expect(formatDiff(diff, { color: true, width: 80 })).toBe('');
    expect(diff.totals.before).toEqual(diff.totals.after);
  });
});

/** What makes a random network. */
const anyNetwork = fc.tuple(fc.nat(), fc.boolean());

test('a model does not differ from itself', () => {
  fc.assert(
    fc.property(anyNetwork, (network) => {
      const graph = randomNetwork(...network);
      expect(diffGraphs(graph, graph).equal).toBe(true);
    }),
  );
});

test('both ways say the same, and the parts add up to the whole', () => {
  fc.assert(
    fc.property(anyNetwork, anyNetwork, (first, second) => {
      const [one, other] = [randomNetwork(...first), randomNetwork(...second)];
      const diff = diffGraphs(one, other);
      expect(sorted(mirrored(diffGraphs(other, one)))).toEqual(sorted(diff));
      const { before, after } = diff.totals;
      const sumOf = (key: 'parameters' | 'multiplyAdds' | 'activationBytes') =>
        diff.layers.reduce(
          (sum, layer) =>
            sum +
            (layer.kind === 'removed' ? 0 : layer.after[key]) -
            (layer.kind === 'added' ? 0 : layer.before[key]),
          0,
        );
      for (const key of ['parameters', 'multiplyAdds', 'activationBytes'] as const) {
        expect(sumOf(key)).toBe(after[key] - before[key]);
      }
      const count = (kind: string) => diff.layers.filter((layer) => layer.kind === kind).length;
      expect(count('added') - count('removed')).toBe(after.layers - before.layers);
    }),
  );
});

test('a layer with another name is told as renamed, and nothing else', () => {
  fc.assert(
    fc.property(anyNetwork, fc.nat(), (network, choice) => {
      const graph = randomNetwork(...network);
      const { name } = graph.nodes[choice % graph.nodes.length]!;
      const renamed = (other: string) => (other === name ? 'renamed' : other);
      const other: ModelGraph = {
        ...graph,
        nodes: graph.nodes.map((node) => ({
          ...node,
          name: renamed(node.name),
          inputs: node.inputs.map(renamed),
        })),
        outputs: graph.outputs.map(renamed),
      };
      const diff = diffGraphs(graph, other);
      expect(layersOf(diff)).toEqual([`~ ${name} → renamed`]);
      expect([diff.model, diff.training]).toEqual([[], []]);
    }),
  );
});

test('a layer put into a line is told as added, and what follows takes no other values', () => {
  fc.assert(
    fc.property(anyNetwork, fc.nat(), (network, choice) => {
      const graph = randomNetwork(...network);
      const index = choice % graph.nodes.length;
      const node = graph.nodes[index]!;
      const added = {
        ...node,
        name: 'added',
        type: 'dropout',
        options: { rate: 0.25 },
        weights: [],
        multiplyAdds: 0,
      };
      const moved = (name: string) => (name === node.name ? 'added' : name);
      const after = graph.nodes
        .slice(index + 1)
        .map((other) => ({ ...other, inputs: other.inputs.map(moved) }));
      const other: ModelGraph = {
        ...graph,
        nodes: [...graph.nodes.slice(0, index + 1), { ...added, inputs: [node.name] }, ...after],
        outputs: graph.outputs.map(moved),
      };
      expect(layersOf(diffGraphs(graph, other))).toEqual(['+ added']);
      expect(layersOf(diffGraphs(other, graph))).toEqual(['- added']);
    }),
  );
});

test('thousands of layers on each side take a moment', () => {
  const deep = (units: number, count: number) =>
    compiled(
      `name: deep\ninput: [3]\nlayers:\n  - repeat: ${count}\n    layers: [{ type: dense, units: ${units} }]\n`,
    );
  const [one, other] = [deep(3, 2000), deep(4, 3000)];
  const start = performance.now();
  const diff = diffGraphs(one, other);
  expect(performance.now() - start).toBeLessThan(5000);
  expect(diff.layers.map(({ kind }) => kind).filter((kind) => kind === 'changed')).toHaveLength(2000);
  expect(diff.layers).toHaveLength(3000);
});

test('the text shows what differs, with signs', async () => {
  const lenet5 = specGraphs().find(({ title }) => title === 'lenet5')!.graph;
  const wider = compiled(
    lenet5.source.text
      .replace('name: lenet5', 'name: lenet5-wider')
      .replace('filters: 6', 'filters: 12')
      .replace('  - { name: flatten', '  - { name: d1, type: dropout, rate: 0.3 }\n$&')
      .replace('maxPooling2d, poolSize: 2, strides: 2', 'averagePooling2d')
      .replace(/ {2}- \{ name: f2.*\n/, '')
      .replace('name: f3', 'name: classes')
      .replace('epochs: 5', 'epochs: 20'),
  );
  const diff = diffGraphs(lenet5, wider);
  const plain = formatDiff(diff, { color: false, width: 120 });
  await expect(`${plain}\n`).toMatchFileSnapshot('../golden/lenet5-diff.txt');
  const coloured = formatDiff(diff, { color: true, width: 120 });
  expect(coloured).not.toBe(plain);
  expect(stripVTControlCharacters(coloured)).toBe(plain);
  const narrow = formatDiff(diff, { color: false, width: 80 }).split('\n');
  for (const line of narrow.filter((text) => /^[~+-] /.test(text)))
    expect(line.length).toBeLessThanOrEqual(80);
});

/** A diff with its sides swapped. */
function mirrored({ model, layers, training, totals, ...others }: GraphDiff): GraphDiff {
  const values = (changes: GraphDiff['model']) =>
    changes.map(({ name, before, after }) => ({ name, before: after, after: before }));
  return {
    ...others,
    model: values(model),
    training: values(training),
    layers: layers.map((layer): LayerChange => {
      if (layer.kind === 'added') return { kind: 'removed', before: layer.after };
      if (layer.kind === 'removed') return { kind: 'added', after: layer.before };
      const { before, after, options } = layer;
      return { ...layer, before: after, after: before, options: values(options) };
    }),
    totals: { before: totals.after, after: totals.before },
  };
}

/** Without the order of what changed. */
function sorted(diff: GraphDiff): unknown {
  const list = (changes: readonly unknown[]) => changes.map((change) => JSON.stringify(change)).sort();
  const layers = diff.layers.map((layer) =>
    layer.kind === 'changed' ? { ...layer, options: list(layer.options) } : layer,
  );
  return { ...diff, model: list(diff.model), training: list(diff.training), layers: list(layers) };
}
