/** The two targets make the same model: the printed file is run, and held against what buildModel makes. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import { layers } from '../../src/layers/index.js';
import { buildModel, canonicalWeightName, compileModel } from '../../src/runtime/build-model.js';
import { layerGraphs, specGraphs, trainingGraphs, variantGraphs } from './example-graphs.js';
import { runPrinted } from './printed-modules.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const topology = (model: tf.LayersModel) => model.toJSON(null, false);

/** Names, shapes and the bits of the values. */
const weights = (model: tf.LayersModel) =>
  model.weights.map((weight) => [canonicalWeightName(weight), weight.shape, bits(weight.read())]);

const bits = (tensor: tf.Tensor) => Buffer.from(Uint8Array.from(new Uint8Array(tensor.dataSync().buffer)));

function outputs(model: tf.LayersModel, graph: ModelGraph) {
  const inputs = graph.inputs.map(({ name, shape }, index) => {
    const reader = graph.nodes.find((node) => node.inputs.includes(name));
    const below = reader && layers.get(reader.type)?.integersBelow?.(reader.options);
    return below === undefined
      ? tf.randomUniform([2, ...shape], -1, 1, 'float32', 11 + index)
      : tf.randomUniform([2, ...shape], 0, below, 'float32', 11 + index).floor();
  });
  const made = model.predict(inputs.length === 1 ? inputs[0]! : inputs);
  return [made].flat().map((tensor) => [tensor.shape, bits(tensor)]);
}

describe.each([...specGraphs(), ...layerGraphs(), ...variantGraphs()])('$title', ({ graph }) => {
  test('printed and built models are the same', async () => {
    const built = buildModel(tf, graph);
    const printed = runPrinted(await emitTypeScript(graph), tf).create();
    expect(topology(printed)).toEqual(topology(built));
    expect(weights(printed)).toEqual(weights(built));
    expect(outputs(printed, graph)).toEqual(outputs(built, graph));
    built.dispose();
    printed.dispose();
  });
});

describe.each(trainingGraphs())('$title', ({ graph }) => {
  test('printed and built models are compiled the same', async () => {
    const built = buildModel(tf, graph);
    compileModel(tf, built, graph);
    const module = runPrinted(await emitTypeScript(graph), tf);
    const printed = module.create();
    module.compile!(printed);
    expect(printed.loss).toBe(graph.training!.loss);
    expect(printed.loss).toBe(built.loss);
    expect(printed.metrics).toEqual(built.metrics);
    expect(printed.metricsNames).toEqual(built.metricsNames);
    expect(printed.optimizer.getClassName()).toBe(built.optimizer.getClassName());
    expect(printed.optimizer.getConfig()).toEqual(built.optimizer.getConfig());
    built.dispose();
    printed.dispose();
  });
});
