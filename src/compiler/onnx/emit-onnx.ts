/** The ONNX target: a trained model as a file that predicts in any runtime which reads ONNX. */
import { SpecccError, SpecError } from '../../diagnostics/index.js';
import { programBuilder, sizeOf } from '../../program/index.js';
import { version } from '../../version.js';
import type { ModelGraph } from '../model-graph.js';
import { forwardPass, uncoveredLayers } from '../program/forward-pass.js';
import type { NamedArray } from '../safetensors.js';
import { lowerGraph } from './lower-graph.js';
import { type EmitOnnxOptions, modelMetadata } from './metadata.js';
import type { OnnxGraph } from './onnx-graph.js';

/** A protocol buffer has no more bytes. */
const mostBytes = 2 ** 31 - 1;

/**
 * The bytes of an ONNX model that predicts: its inputs and outputs are those of the spec, under their names, as floats
 * of [batch, ...shape]. `weights` are all of the model's, by the names of checkpoints; what depends on them alone is
 * computed here. The same arguments give the same bytes.
 *
 * @throws SpecError 'not-compilable' where a layer has no forward pass in primitives
 * @throws SpecccError 'onnx-too-large'
 */
export async function emitOnnx(
  graph: ModelGraph,
  weights: readonly NamedArray[],
  options: EmitOnnxOptions = {},
): Promise<Uint8Array> {
  checkExportable(graph);
  const onnx = toOnnx(graph, weights);
  const bytes = onnx.initializers.reduce((sum, { shape }) => sum + sizeOf(shape) * 4, 0);
  if (bytes > mostBytes) {
    throw new SpecccError(
      'onnx-too-large',
      `the weights of ${graph.name} take ${bytes} bytes, and an ONNX file has ${mostBytes} at most`,
    );
  }
  const { encodeModel } = await import('./encode-model.js');
  return encodeModel(onnx, {
    producerVersion: version,
    description: graph.description,
    metadata: modelMetadata(graph, version, options),
  });
}

/** @throws SpecError 'not-compilable' where a layer has no forward pass in primitives */
export function checkExportable(graph: ModelGraph): void {
  const uncovered = uncoveredLayers(graph);
  if (uncovered.length === 0) return;
  const hint =
    'leave the layer out: the spec reference says which layers are compiled, and so can be exported';
  throw new SpecError(
    uncovered.map((diagnostic) => ({ ...diagnostic, hint })),
    graph.source.files,
  );
}

/** The graph of operators that is written. */
function toOnnx(graph: ModelGraph, weights: readonly NamedArray[]): OnnxGraph {
  const program = programBuilder();
  const pass = forwardPass(graph, program, false);
  const values = new Map(weights.map((weight) => [weight.name, weight.values]));
  for (const { name, value } of pass.weights) {
    const [found, wanted] = [values.get(name)?.length ?? 0, sizeOf(value.shape)];
    if (found !== wanted)
      throw new Error(`the weight ${name} needs ${wanted} numbers, and ${found} are given`);
  }
  return lowerGraph(graph, pass, program, (name) => values.get(name.replace('weight/', ''))!);
}
