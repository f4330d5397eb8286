/**
 * A network as the peers get it: resolved layers with all their options set, so that the spec stays the only
 * place where the network is described. Their words are few, and a spec with any other is refused.
 */
import { type GraphNode, type ModelGraph, summarizeGraph } from '../../src/compiler/index.js';
import { builtInRegistry, type Shape } from '../../src/layers/index.js';
import type { NamedChoice } from '../../src/layers/named-choice.js';
import { regularizers } from '../../src/layers/regularizers.js';
import { optimizerParameters } from '../../src/spec/optimizers.js';

export interface NetworkDescription {
  readonly input: { readonly name: string; readonly shape: Shape };
  /** Values in the weights, trained or not. */
  readonly parameters: number;
  /** Parameters of the optimizer by their names in a spec. */
  readonly adam: Readonly<Record<string, unknown>>;
  readonly layers: readonly DescribedLayer[];
}

interface DescribedLayer {
  readonly name: string;
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
}

/** The layers and options that all peers know. */
const vocabulary: Readonly<Record<string, readonly string[]>> = {
  add: [],
  batchNormalization: ['momentum', 'epsilon'],
  concatenate: [],
  conv2d: ['filters', 'kernelSize', 'strides', 'padding', 'useBias', 'activation'],
  dense: ['units', 'useBias', 'activation', 'kernelRegularizer'],
  dropout: ['rate'],
  flatten: [],
  globalAveragePooling2d: [],
  maxPooling2d: ['poolSize', 'strides', 'padding'],
  reLU: [],
};

export function describeNetwork(graph: ModelGraph): NetworkDescription {
  const { training } = graph;
  if (training?.optimizerType !== 'adam' || training.loss !== 'sparseCategoricalCrossentropy') {
    throw new Error(`${graph.name}: the peers train with adam and sparseCategoricalCrossentropy only`);
  }
  return {
    input: graph.inputs[0]!,
    parameters: summarizeGraph(graph).totals.parameters,
    adam: optimizerParameters('adam', training.optimizer.args),
    layers: graph.nodes.map((node) => {
      const { name, type, inputs, inputShapes, outputShape } = node;
      return { name, type, options: describeOptions(node), inputs, inputShapes, outputShape };
    }),
  };
}

function describeOptions({ name, type, options }: GraphNode): Readonly<Record<string, unknown>> {
  const known = vocabulary[type];
  if (known === undefined) throw new Error(`${name}: the peers have no layer '${type}'`);
  const unknown = Object.keys(options).find((option) => !known.includes(option));
  if (unknown !== undefined) throw new Error(`${name}: the peers have no option '${unknown}' of ${type}`);
  const { properties } = builtInRegistry.layers.get(type)!.options;
  return Object.fromEntries(
    known.map((option) =>
      option === 'kernelRegularizer'
        ? ['l2', l2Factor(options[option] as NamedChoice | undefined)]
        : [option, options[option] ?? (properties[option] as { default?: unknown }).default],
    ),
  );
}

/** What the sum of squares is multiplied by in the loss: 0 without a regularizer. */
function l2Factor(regularizer: NamedChoice | undefined): number {
  if (regularizer === undefined) return 0;
  const { type, ...options } = typeof regularizer === 'string' ? { type: regularizer } : regularizer;
  if (type !== 'l2') throw new Error(`the peers have no regularizer '${type}'`);
  const { default: factor } = regularizers.kinds.l2!.options.l2 as { default?: number };
  return ((options as { l2?: number }).l2 ?? factor)!;
}
