/**
 * The calls that make a model, in order, as every target makes them: one place decides what may be called, which
 * form a graph takes and where `inputShape` goes, so that a built and a printed model cannot differ in it.
 */
import type { Argument, Call } from '../layers/index.js';
import { type GraphNode, isChain, type ModelGraph } from './model-graph.js';

/** What a graph may call of tfjs, as namespace and function. */
export const callable = /^tf\.(layers|initializers|regularizers|constraints|train)\.([a-z][A-Za-z0-9]*)$/;

export interface ModelCalls {
  /** `sequential` for a chain of layers, `functional` (`tf.model`) for everything else. */
  readonly form: 'sequential' | 'functional';
  /** In a sequential model the first layer's call carries `inputShape`. */
  readonly layers: readonly { readonly node: GraphNode; readonly call: Call }[];
}

export function modelCalls(graph: ModelGraph): ModelCalls {
  const [input] = graph.inputs;
  const sequential = input !== undefined && graph.nodes.length > 0 && isChain(graph);
  return {
    form: sequential ? 'sequential' : 'functional',
    layers: graph.nodes.map((node, index) => ({
      node,
      call: sequential && index === 0 ? withInputShape(node.call, input.shape) : node.call,
    })),
  };
}

/** `name` first, then `inputShape`, then the layer's own options: the order in which people write them. */
function withInputShape(call: Call, inputShape: readonly number[]): Call {
  const [config = {}, ...others] = call.args;
  const { name, ...options } = config as { readonly [key: string]: Argument | undefined };
  return { ...call, args: [{ name, inputShape, ...options }, ...others] };
}
