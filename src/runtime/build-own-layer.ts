/** Layers of classes that users wrote: what is wrong with one is told as a fault of it, and not as one of speccc. */
import type { GraphNode } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import { formatShape, type NewCall, type Shape } from '../layers/index.js';
import type { Tf } from './backend.js';

type Layer = ReturnType<Tf['layers']['dense']>;

/** An object of a user's own class, whose faults are told as that. */
export function makeOwnLayer(tf: Tf, call: NewCall, options: unknown): Layer {
  const layer = reportedAs(call, () => new call.class(options as never)) as Layer;
  if (!(layer instanceof tf.layers.Layer)) {
    throw invalidClass(call, 'extends no layer of the TensorFlow.js that speccc uses', [
      'let it extend tf.layers.Layer',
      'install speccc beside @tensorflow/tfjs, so that there is one copy of that, and run that speccc',
    ]);
  }
  const compute = layer.call.bind(layer);
  layer.call = (inputs, options) => reportedAs(call, () => compute(inputs, options));
  return layer;
}

function reportedAs<Result>(call: NewCall, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    throw invalidClass(call, `fails: ${(error as Error).message}`, [], error);
  }
}

function invalidClass(
  { className, module }: NewCall,
  what: string,
  hints: readonly string[],
  cause?: unknown,
) {
  return new SpecccError('invalid-layer-definition', `the class ${className} of ${module} ${what}`, {
    hints: [...hints],
    cause,
  });
}

/** Whether a user's own class makes of its input what its definition says, on which everything else relies. */
export function checkOwnLayer({ call, outputShape, weights }: GraphNode, layer: Layer): void {
  if (call.call !== 'new') return;
  const expected = [outputShape, ...weights.map(({ shape }) => shape)].map(formatShape);
  const found = [
    (layer.outputShape as Shape).slice(1),
    ...layer.weights.map(({ shape }) => shape as Shape),
  ].map(formatShape);
  if (expected.join() === found.join()) return;
  const words = ([output, ...others]: readonly string[]) =>
    `an output of ${output} and ${others.length === 0 ? 'no weights' : `weights of ${others.join(', ')}`}`;
  throw invalidClass(call, `gives ${words(found)}, but its definition says ${words(expected)}`, [
    'computeOutputShape and build of the class must agree with outputShape and weights of the definition',
  ]);
}
