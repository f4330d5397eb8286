/** The weights of a model for targets that hold them: trained ones, or those that a run would start from. */
import type { ModelGraph } from '../compiler/model-graph.js';
import type { NamedArray } from '../compiler/safetensors.js';
import { SpecccError } from '../diagnostics/index.js';
import { checkWeightsFit } from './checkpoint.js';
import { initialModel } from './compiled-engine/initial-model.js';
import { readInitialWeights } from './initial-weights.js';
import { openRun } from './run-folder.js';

export interface ModelWeights {
  readonly weights: readonly NamedArray[];
  /** They are of a run on data that was made up. */
  readonly synthetic: boolean;
}

/**
 * The weights at a path, as `readInitialWeights` finds them, or those that the graph's seed gives.
 *
 * @throws SpecccError of `readInitialWeights`, and 'checkpoint-of-another-model'
 */
export async function modelWeights(graph: ModelGraph, path: string | undefined): Promise<ModelWeights> {
  if (path === undefined) return { weights: (await initialModel(graph)()).weights, synthetic: false };
  const weights = await readInitialWeights(path);
  const wanted = graph.nodes.flatMap((node) =>
    node.weights.map(({ name, shape }) => ({ name: `${node.name}/${name}`, shape })),
  );
  checkWeightsFit(weights, wanted, path, graph.name);
  return { weights, synthetic: await isOfSyntheticRun(path) };
}

async function isOfSyntheticRun(path: string): Promise<boolean> {
  try {
    return (await openRun(path)).record.data.synthetic;
  } catch (error) {
    if (error instanceof SpecccError && error.code === 'run-not-found') return false;
    throw error;
  }
}
