/** What two models must have in common to be the same one: topology, weights and what they compute, to the bit. */
import { createHash } from 'node:crypto';
import * as tf from '@tensorflow/tfjs';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { layers } from '../../src/layers/index.js';
import { openBackend } from '../../src/runtime/backend.js';
import { canonicalWeightName } from '../../src/runtime/build-model.js';

/** Above this many multiply-adds the backend in plain JavaScript takes seconds. */
const slow = 5_000_000;

export async function identityOf(model: tf.LayersModel, graph: ModelGraph) {
  return {
    form: model.getClassName(),
    topology: model.toJSON(null, false),
    weights: model.weights.map((weight) => [canonicalWeightName(weight), weight.shape, bits(weight.read())]),
    outputs: await onFastBackend(graph, () => outputs(model, graph)),
  };
}

async function onFastBackend<Result>(graph: ModelGraph, compute: () => Result): Promise<Result> {
  const cost = graph.nodes.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0);
  if (cost < slow) return compute();
  const usual = tf.getBackend();
  await openBackend('wasm');
  try {
    return compute();
  } finally {
    await tf.setBackend(usual);
  }
}

/** A digest of the values, since models can be large. */
function bits(tensor: tf.Tensor): string {
  const { buffer, byteOffset, byteLength } = tensor.dataSync();
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}

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
