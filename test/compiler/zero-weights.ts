/** A graph whose weights are zeros. tfjs takes a second or more to draw those of a large network. */
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { type Argument, isCall } from '../../src/layers/call.js';

export function withZeroWeights(graph: ModelGraph): ModelGraph {
  const nodes = graph.nodes.map((node) => ({ ...node, call: zeroed(node.call) as typeof node.call }));
  return { ...graph, nodes };
}

function zeroed(argument: Argument | undefined): Argument | undefined {
  if (typeof argument !== 'object' || argument === null) return argument;
  if (Array.isArray(argument)) return argument.map((part) => zeroed(part)!);
  if (isCall(argument)) {
    return argument.call.startsWith('tf.initializers.')
      ? { call: 'tf.initializers.zeros', args: [] }
      : { ...argument, args: argument.args.map((part) => zeroed(part)!) };
  }
  return Object.fromEntries(Object.entries(argument).map(([key, value]) => [key, zeroed(value)]));
}
