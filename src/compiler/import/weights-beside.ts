/** The weights that lie beside a saved model: what their names and shapes tell of it, and whether a spec's fit them. */
import type { ModelGraph } from '../model-graph.js';
import type { PlacedLayer } from './import-steps.js';
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

/** The weights beside a file and what a spec calls them. */
export interface WeightsBeside {
  /**
   * `none`: the file announces none. `fit`: all have the names and shapes of the spec's. `renamed`: they are the
   * spec's, of which some have other names. `differ`: they are not, or it cannot be told which is which.
   */
  readonly state: 'none' | 'fit' | 'renamed' | 'differ';
  /** By the names of the file, the spec's: all of them where the state is `fit` or `renamed`. */
  readonly names: ReadonlyMap<string, string>;
}

/** Compares the weights of a file with those of the graph that was made of it. */
export function compareWeights(
  graph: ModelGraph,
  layers: readonly PlacedLayer[],
  saved: readonly SavedWeight[] | undefined,
): WeightsBeside {
  if (saved === undefined || saved.length === 0) return { state: 'none', names: new Map() };
  const differ: WeightsBeside = { state: 'differ', names: new Map() };
  const shapes = new Map(
    saved.map(({ name, shape }) => [plainWeightName(name), { name, shape: shape.join() }]),
  );
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const names = new Map<string, string>();
  for (const { layer, name } of layers) {
    for (const weight of nodes.get(name)?.weights ?? []) {
      const found = shapes.get(plainWeightName(`${layer.name}/${weight.name}`));
      if (found === undefined || found.shape !== weight.shape.join()) return differ;
      names.set(found.name, `${name}/${weight.name}`);
    }
  }
  // Fewer names than weights: two of the file had the same one, or two of the spec had the same of the file.
  const wanted = graph.nodes.reduce((count, { weights }) => count + weights.length, 0);
  if (names.size !== saved.length || names.size !== wanted) return differ;
  const fit = [...names].every(([theirs, ours]) => theirs === ours);
  return { state: fit ? 'fit' : 'renamed', names };
}

/** Without the name that tfjs makes up for a layer that runs both ways: `bi/forward_lstm_LSTM1/kernel`. */
const plainWeightName = (name: string) => name.replace(/\/(forward|backward)_[^/]+\/([^/]+)$/, '/$1/$2');
