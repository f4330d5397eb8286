/** Whole networks: the same predictions as tfjs, and nothing moved that need not move. */
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import { emitOnnx } from '../../../src/compiler/onnx/emit-onnx.js';
import { ModelProtoSchema } from '../../../src/compiler/onnx/onnx-model_pb.js';
import type { NamedArray } from '../../../src/compiler/safetensors.js';
import { type Argument, sizeOf } from '../../../src/layers/index.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { specGraphs } from '../example-graphs.js';
import { draw, expectNear } from '../program/numbers.js';
import { runOnnx } from './run-onnx.js';

const count = 2;

/** tfjs takes longer to draw the weights of a large network than to use them. */
const withoutDrawing = (graph: ModelGraph): ModelGraph => ({
  ...graph,
  nodes: graph.nodes.map((node) => {
    const [options, ...others] = node.call.args as [Readonly<Record<string, Argument>>];
    if (!node.weights.some(({ name }) => name === 'kernel')) return node;
    const kernelInitializer = { call: 'tf.initializers.zeros', args: [] } as const;
    return { ...node, call: { ...node.call, args: [{ ...options, kernelInitializer }, ...others] } };
  }),
});

/** Of about the size that a network starts with, and no zeros or ones. */
function drawnWeights(graph: ModelGraph): NamedArray[] {
  let state = 1;
  const uniform = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return graph.nodes.flatMap((node) =>
    node.weights.map(({ name, shape }) => {
      const inputs = sizeOf(shape.slice(0, -1));
      const [low, high] = {
        kernel: [-Math.sqrt(6 / inputs), Math.sqrt(6 / inputs)],
        gamma: [0.5, 1.5],
        moving_variance: [0.5, 1.5],
      }[name] ?? [-0.2, 0.2];
      const values = new Float32Array(sizeOf(shape)).map(() => low! + (high! - low!) * uniform());
      return { name: `${node.name}/${name}`, shape, values };
    }),
  );
}

test.each(specGraphs())('$title', async ({ graph }) => {
  const engine = await openTfjsEngine(withoutDrawing(graph), 'wasm');
  const weights = drawnWeights(graph);
  await engine.setWeights(weights);
  const { shape } = graph.inputs[0]!;
  const inputs = draw(1, count * sizeOf(shape), 0, 1);
  const expected = Float32Array.from(
    await engine.predictBatch({ count, inputs, labels: new Int32Array(count) }),
  );
  engine.dispose();

  const bytes = await emitOnnx(graph, weights);
  const [output] = await runOnnx(bytes, graph, [inputs], count);
  expectNear(output!.data, expected, 1e-5, 'probabilities');

  const { node } = fromBinary(ModelProtoSchema, bytes).graph!;
  const operators = node.map(({ opType }) => opType);
  // Once the channels go first, they stay there.
  expect(operators.filter((operator) => ['Transpose', 'Reshape'].includes(operator))).toHaveLength(1);
  expect(node[0]).toMatchObject({ name: expect.stringMatching(/^input\/(Transpose|Reshape)$/) });
  // Biases and normalizations are parts of what they follow.
  const joins = graph.nodes.filter(({ type }) => type === 'add');
  expect(operators.filter((operator) => operator === 'Add')).toHaveLength(joins.length);
  expect(new Set(operators)).not.toContain('Mul');
});
