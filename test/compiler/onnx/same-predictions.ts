/** An exported model beside tfjs's. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import { emitOnnx } from '../../../src/compiler/onnx/emit-onnx.js';
import { readWeights } from '../../../src/runtime/build-model.js';
import { inputsFor, modelWithWeights } from '../program/covered-layers.js';
import { expectNear } from '../program/numbers.js';
import { runOnnx } from './run-onnx.js';

await tf.setBackend('cpu');

/** The bytes of the model, which predicts what tfjs does for batches of several sizes. */
export async function expectSamePredictions(graph: ModelGraph, counts = [2]): Promise<Uint8Array> {
  const model = modelWithWeights(graph);
  const bytes = await emitOnnx(graph, readWeights(model));
  for (const count of counts) {
    const inputs = inputsFor(graph, count);
    const tensors = graph.inputs.map(({ shape }, index) => tf.tensor(inputs[index]!, [count, ...shape]));
    const expected = [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat();
    const outputs = await runOnnx(bytes, graph, inputs, count);
    for (const [index, name] of graph.outputs.entries()) {
      expect(outputs[index]!.dims, name).toEqual(expected[index]!.shape);
      expectNear(outputs[index]!.data, expected[index]!.dataSync(), 1e-5, name);
    }
  }
  return bytes;
}
