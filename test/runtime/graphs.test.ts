/** Graphs of blocks, branches and several ends, built by tfjs: it must find the shapes and sizes that were foreseen. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compileSpec, isChain, type ModelGraph, summarizeGraph } from '../../src/compiler/index.js';
import { buildModel } from '../../src/runtime/build-model.js';
import { withZeroWeights } from '../compiler/zero-weights.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const folder = resolve(import.meta.dirname, '../../specs');
const specs = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const);

/** Names of the layers that a layer of a built model takes its inputs from. */
function sourcesOf(layer: tf.layers.Layer): readonly string[] {
  const [node] = layer.inboundNodes;
  return node!.inboundLayers.map(({ name }) => name);
}

function expectSameGraph(model: tf.LayersModel, graph: ModelGraph): void {
  for (const node of graph.nodes) {
    const layer = model.getLayer(node.name);
    expect([node.name, layer.outputShape]).toEqual([node.name, [null, ...node.outputShape]]);
    expect([node.name, layer.countParams()]).toEqual([
      node.name,
      node.weights.reduce((sum, { shape }) => sum + shape.reduce((product, size) => product * size, 1), 0),
    ]);
  }
  const layers = new Set(model.layers.map(({ name }) => name));
  for (const { name } of graph.nodes) layers.delete(name);
  // What tfjs adds to a model that is no chain are the inputs.
  expect(layers.size).toBe(isChain(graph) ? 0 : graph.inputs.length);
  expect(model.inputs.map(({ shape }) => shape)).toEqual(graph.inputs.map(({ shape }) => [null, ...shape]));
  expect(model.countParams()).toBe(summarizeGraph(graph).totals.parameters);
}

describe('the specs', () => {
  // Each states the sizes that the course, or a sum on paper, gives; tfjs has the last word.
  test.each(specs)(
    '%s is what it says, and what tfjs builds',
    (file, text) => {
      expect(text.split('\n').length - 1).toBeLessThan(file === 'lenet5-mnist.yaml' ? 25 : 60);
      const graph = compileSpec(text, file);
      const model = buildModel(tf, withZeroWeights(graph));
      expectSameGraph(model, graph);
      model.dispose();
    },
    120_000,
  );

  test('ResNet-18 has as many parameters as the papers’ models for these images', () => {
    const graph = compileSpec(specs.find(([file]) => file === 'resnet18.yaml')![1], 'resnet18.yaml');
    // PyTorch's well-known 11,173,962, which does not count the running means and variances.
    expect(summarizeGraph(graph).totals.trainable).toBe(11_173_962);
  });
});

const several = `name: several
params: { width: 4 }
inputs: { image: [8, 8, 3], extra: [5] }
blocks:
  residual:
    params: { filters: null, deep: 1 }
    layers:
      - parallel:
          - - repeat: \${deep}
              layers:
                - { type: conv2d, filters: "\${filters}", kernelSize: 3, padding: same }
                - { type: batchNormalization }
          - - { type: conv2d, filters: "\${filters}", kernelSize: 1, when: "\${filters != 4}" }
        merge: { type: concatenate, axis: 1 }
        name: joined
  pair:
    inputs: [left, right]
    layers:
      - { type: multiply, from: [left, right] }
      - { type: maximum, from: [multiply_1, left, right] }
layers:
  - { type: conv2d, filters: "\${width}", kernelSize: 1, from: image, name: stem }
  - { use: residual, filters: 4, name: r1 }
  - { use: residual, filters: 6, deep: 2, name: r2 }
  - { type: globalAveragePooling2d, name: pool }
  - { type: dense, units: 5, name: same }
  - { use: pair, from: [same, extra], name: both }
  - { type: dot, axes: 1, from: [both, same], name: product }
  - { type: add, from: [r2, r2], name: twice }
outputs: [product, twice, r1/joined/0/repeat_1/0/conv2d_1]
`;

test('several inputs and outputs, blocks of several inputs, and one value taken twice', () => {
  const graph = compileSpec(several, 'several.yaml');
  const model = buildModel(tf, graph);
  expectSameGraph(model, graph);
  for (const { name, inputs } of graph.nodes) {
    expect([name, sourcesOf(model.getLayer(name))]).toEqual([name, inputs]);
  }
  expect(model.outputs.map(({ sourceLayer }) => sourceLayer.name)).toEqual(graph.outputs);
  const outputs = model.predict([tf.ones([2, 8, 8, 3]), tf.ones([2, 5])]) as tf.Tensor[];
  expect(outputs.map(({ shape }) => shape)).toEqual([
    [2, 1],
    [2, 32, 8, 6],
    [2, 8, 8, 4],
  ]);
  model.dispose();
});
