/** Forward passes of all layers against tfjs, in inference. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compileSpec } from '../../../src/compiler/check-spec.js';
import { forwardPass, uncoveredLayers } from '../../../src/compiler/program/forward-pass.js';
import { createRegistry, defineLayer, type ForwardContext, Type } from '../../../src/layers/index.js';
import { programBuilder, type Value } from '../../../src/program/index.js';
import { canonicalWeightName } from '../../../src/runtime/build-model.js';
import { interpret } from '../../program/interpret.js';
import { graphOf, specGraphs } from '../example-graphs.js';
import { examples, inputsFor, modelWithWeights, variants } from './covered-layers.js';
import { expectNear } from './numbers.js';

await tf.setBackend('cpu');

test.each([...examples, ...variants])('$title computes what tfjs computes', ({ graph }) => {
  const lanes = 2;
  const model = modelWithWeights(graph);
  const inputs = inputsFor(graph, lanes);
  const tensors = graph.inputs.map(({ shape }, index) => tf.tensor(inputs[index]!, [lanes, ...shape]));
  const predicted = [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat();

  const pass = forwardPass(graph, programBuilder(), false);
  expect(pass.updates).toEqual([]);
  const known = new Map<string, ArrayLike<number>>([
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

test('batchNormalization along another axis', () => {
  const graph = graphOf({ name: 'rows', input: [2, 3], layers: [{ type: 'batchNormalization', axis: 1 }] });
  const { outputs, weights } = forwardPass(graph, programBuilder(), false);
  const values = [
    [2, 3],
    [0.5, 1],
    [1, 4],
    [3.999, 8.999],
  ];
  const known = new Map(weights.map(({ name }, index) => [`weight/${name}`, values[index]!]));
  const source = (name: string) => known.get(name) ?? [1, 3, 5, 4, 7, 10];
  const [output] = interpret(outputs, { lanes: 1, source });
  expectNear(output!, [0.5, 2.5, 4.5, 1, 4, 7], 1e-12, 'output');
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

test('layers that need tfjs are told with their places', () => {
  const graph = graphOf({
    name: 'sequence',
    input: [4, 3],
    layers: [
      { type: 'lstm', name: 'memory', units: 2, returnSequences: true },
      { type: 'timeDistributed', layer: { type: 'embedding', inputDim: 3, outputDim: 2 } },
      { type: 'flatten' },
    ],
  });
  expect(uncoveredLayers(graph)).toMatchObject([
    { code: 'not-compilable', message: "lstm 'memory' is a layer that only tfjs can compute" },
    {
      code: 'not-compilable',
      message:
        "timeDistributed 'timeDistributed_1' has a embedding in it, which is a layer that only tfjs can compute",
    },
  ]);
});

describe('a layer of your own', () => {
  class Scale {}
  const scale = (forward: object) =>
    defineLayer({
      type: 'scale',
      summary: 'Multiplies all values by a factor.',
      options: { factor: Type.Number({ description: 'The factor.' }) },
      outputShape: (_options, input) => input,
      implementation: { className: 'Scale', module: './scale.js', class: Scale },
      examples: [{ input: [4], options: { factor: 2 } }],
      ...forward,
    });
  const text = 'name: own\ninput: [3]\nlayers:\n  - { type: scale, factor: 2, name: double }\n';
  const compiled = (forward: object) =>
    compileSpec(text, 'own.yaml', { layers: createRegistry([scale(forward)]) });

  test('is covered where it says how it computes', () => {
    const graph = compiled({
      forward: ({ factor }: { factor: number }, x: Value, { program }: ForwardContext) =>
        program.mul(x, factor),
    });
    expect(uncoveredLayers(graph)).toEqual([]);
    const { outputs } = forwardPass(graph, programBuilder(), false);
    const [output] = interpret(outputs, { lanes: 1, source: () => [1, 2, 3] });
    expect([...output!]).toEqual([2, 4, 6]);
  });

  test('needs tfjs where it does not', () => {
    const [problem] = uncoveredLayers(compiled({}));
    expect(problem).toMatchObject({
      code: 'not-compilable',
      file: 'own.yaml',
      range: { start: { line: 4 } },
    });
    expect(problem!.message).toBe("scale 'double' is a layer that only tfjs can compute");
  });
});
