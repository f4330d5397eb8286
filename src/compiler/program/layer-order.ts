/** The order in which tfjs keeps the layers of a model, and so their weights: that of saved models. */
import type { GraphNode, ModelGraph } from '../model-graph.js';

/**
 * Layers far from the outputs come first; those equally far, in the order in which a walk back from the outputs finds
 * them (the constructor of tfjs-layers' container.ts).
 */
export function layerOrder(graph: ModelGraph): readonly GraphNode[] {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const found = new Set<GraphNode>();
  const visit = (name: string): void => {
    const node = nodes.get(name);
    if (node === undefined || found.has(node)) return;
    found.add(node);
    node.inputs.forEach(visit);
  };
  graph.outputs.forEach(visit);

  const distances = new Map<string, number>();
  for (const { name, inputs } of graph.nodes.toReversed()) {
    const distance = distances.get(name) ?? 0;
    distances.set(name, distance);
    for (const input of inputs) distances.set(input, Math.max(distances.get(input) ?? 0, distance + 1));
  }
  return [...found].sort((one, other) => distances.get(other.name)! - distances.get(one.name)!);
}
