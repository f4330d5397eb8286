/** Every layer that can be exported: what ONNX Runtime predicts is what tfjs predicts. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { emitOnnx } from '../../../src/compiler/onnx/emit-onnx.js';
import { readWeights } from '../../../src/runtime/build-model.js';
import { examples, inputsFor, modelWithWeights, variants } from '../program/covered-layers.js';
import { expectNear } from '../program/numbers.js';
import { runOnnx } from './run-onnx.js';

await tf.setBackend('cpu');

const count = 2;

test.each([...examples, ...variants])('$title', async ({ graph }) => {
  const model = modelWithWeights(graph);
  const inputs = inputsFor(graph, count);
  const tensors = graph.inputs.map(({ shape }, index) => tf.tensor(inputs[index]!, [count, ...shape]));
  const expected = [model.predict(tensors.length === 1 ? tensors[0]! : tensors)].flat();
  const outputs = await runOnnx(await emitOnnx(graph, readWeights(model)), graph, inputs, count);
  for (const [index, name] of graph.outputs.entries()) {
    expect(outputs[index]!.dims, name).toEqual(expected[index]!.shape);
    expectNear(outputs[index]!.data, expected[index]!.dataSync(), 1e-5, name);
  }
});
