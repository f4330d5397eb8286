/**
 * Forward passes against tfjs: every example of every layer that the compiled engine covers, and every value that an
 * option's schema lists.
 */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { GraphNode, ModelGraph } from '../../../src/compiler/model-graph.js';
import { forwardPass, uncoveredLayers } from '../../../src/compiler/program/forward-pass.js';
import { programBuilder } from '../../../src/program/index.js';
import { buildModel, canonicalWeightName } from '../../../src/runtime/build-model.js';
import { interpret } from '../../program/interpret.js';
import { type ExampleGraph, graphOf, layerGraphs, specGraphs, variantGraphs } from '../example-graphs.js';
import { draw, expectNear } from './numbers.js';

await tf.setBackend('cpu');

const lanes = 3;

/** How weights start and are trained is no matter of the forward pass. */
const withoutWeightOptions = ({ title, graph }: ExampleGraph): ExampleGraph => {
  const nodes = graph.nodes.filter(
    ({ options }) => !Object.keys(options).some((name) => /(Initializer|Regularizer|Constraint)$/.test(name)),
  );
  return { title, graph: { ...graph, nodes, outputs: nodes.map(({ name }) => name) } };
};

/** tfjs's cpu backend normalizes along the last axis, whichever was meant. */
const isMistaken = ({ type, options }: GraphNode) =>
  type === 'batchNormalization' && ![undefined, -1].includes(options.axis as number);

const covered = [
  ...layerGraphs().filter(({ title }) => !title.endsWith('-branched')),
  ...variantGraphs().map(withoutWeightOptions),
].filter(
  ({ graph }) =>
    graph.nodes.length > 0 && uncoveredLayers(graph).length === 0 && !graph.nodes.some(isMistaken),
);

/** Whole numbers where a layer takes nothing else. */
function inputsFor(graph: ModelGraph): Float32Array[] {
  const below = graph.nodes
    .map(({ definition, options }) => definition.integersBelow?.(options))
    .find((limit) => limit !== undefined);
  return graph.inputs.map(({ shape }, index) => {
    const count = lanes * shape.reduce((size, length) => size * length, 1);
    return below === undefined
      ? draw(index + 1, count, -1.5, 1.5)
      : draw(index + 1, count, 0, below - 0.01).map(Math.floor);
  });
}

test.each(covered)('$title computes what tfjs computes', ({ graph }) => {
  const model = buildModel(tf, graph);
  // Fresh weights are often all zeros or ones.
  const weights = model.weights.map(({ shape }, index) => {
    const count = (shape as number[]).reduce((size, length) => size * length, 1);
    return tf.tensor(draw(index + 1, count, 0.2, 1.2), shape as number[]);
  });
  model.setWeights(weights);
  const inputs = inputsFor(graph);
  const tensors = graph.inputs.map(({ shape }, index) => tf.tensor(inputs[index]!, [lanes, ...shape]));
  const predicted = [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat();

  const pass = forwardPass(graph, programBuilder(), false);
  const known = new Map<string, ArrayLike<number>>([
    ['batch/mask', Array(lanes).fill(1)],
    ['batch/count', [lanes]],
    ...model.weights.map(
      (weight) => [`weight/${canonicalWeightName(weight)}`, weight.read().dataSync()] as const,
    ),
    ...graph.inputs.map(({ name }, index) => [`input/${name}`, inputs[index]!] as const),
  ]);
  const computed = interpret(pass.outputs, { lanes, source: (name) => known.get(name)! });
  for (const [index, name] of graph.outputs.entries()) {
    expectNear(computed[index]!, predicted[index]!.dataSync(), 5e-6, name);
  }
});

test.each(specGraphs())('$title is covered', ({ graph }) => {
  expect(uncoveredLayers(graph)).toEqual([]);
  for (const training of [true, false]) {
    const pass = forwardPass(graph, programBuilder(), training);
    expect(pass.outputs.map(({ shape }) => shape)).toEqual(
      graph.outputs.map((name) => graph.nodes.find((node) => node.name === name)!.outputShape),
    );
  }
});

test('batchNormalization along another axis', () => {
  const graph = graphOf({ name: 'rows', input: [2, 3], layers: [{ type: 'batchNormalization', axis: 1 }] });
  const { outputs, weights } = forwardPass(graph, programBuilder(), false);
  const [gamma, beta, mean, variance] = [
    [2, 3],
    [0.5, 1],
    [1, 4],
    [3.999, 8.999],
  ];
  const values = new Map(
    weights.map(({ name }, index) => [`weight/${name}`, [gamma, beta, mean, variance][index]!]),
  );
  const input = [1, 3, 5, 4, 7, 10];
  const source = (name: string) => values.get(name) ?? input;
  const [output] = interpret(outputs, { lanes: 1, source });
  expectNear(output!, [0.5, 2.5, 4.5, 1, 4, 7], 1e-12, 'output');
});
