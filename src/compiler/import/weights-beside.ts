/** The weights that lie beside a saved model: what their names and shapes tell of it, and whether a spec's fit them. */
import type { ModelGraph } from '../model-graph.js';
import type { SavedLayer } from './saved-graph.js';
import type { SavedWeight } from './saved-model.js';

/**
 * What tfjs forgets to save of a layer, by the shapes of its weights: `depth_multiplier` of a separable convolution.
 * As a part of the layer's config.
 */
export function forgottenConfig(
  { name, className, config }: SavedLayer,
  weights: readonly SavedWeight[],
): Readonly<Record<string, unknown>> {
  if (className !== 'SeparableConv2D' || 'depth_multiplier' in config) return {};
  const kernel = weights.find((weight) => weight.name === `${name}/depthwise_kernel`);
  const multiplier = kernel?.shape[3];
  return multiplier === undefined ? {} : { depth_multiplier: multiplier };
}

/** Whether the weights of the file are those of the graph, by name and shape. */
export function compareWeights(
  graph: ModelGraph,
  saved: readonly SavedWeight[] | undefined,
): 'none' | 'fit' | 'differ' {
  if (saved === undefined || saved.length === 0) return 'none';
  const shapes = new Map(saved.map(({ name, shape }) => [name, shape.join()]));
  const wanted = graph.nodes.flatMap(({ name, weights }) =>
    weights.map((weight) => [`${name}/${weight.name}`, weight.shape.join()] as const),
  );
  const fits = wanted.length === shapes.size && wanted.every(([name, shape]) => shapes.get(name) === shape);
  return fits ? 'fit' : 'differ';
}
