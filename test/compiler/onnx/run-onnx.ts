/** Predictions of ONNX Runtime, which knows nothing of us. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';

/** The outputs, in the graph's order, for inputs of `count` examples. */
export async function runOnnx(
  model: Uint8Array,
  graph: ModelGraph,
  inputs: readonly Float32Array[],
  count: number,
): Promise<readonly { readonly dims: readonly number[]; readonly data: Float32Array }[]> {
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const feeds = graph.inputs.map(({ name, shape }, index) => [
    name,
    new Tensor('float32', inputs[index]!, [count, ...shape]),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds));
  await session.release();
  return graph.outputs.map((name) => {
    const { dims, data } = outputs[name]!;
    return { dims, data: data as Float32Array };
  });
}
