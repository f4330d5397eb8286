/** The weights of a model for targets that hold them: trained ones, or those that a run would start from. */
import type { ModelGraph } from '../compiler/model-graph.js';
import type { NamedArray } from '../compiler/safetensors.js';
import { SpecccError } from '../diagnostics/index.js';
import { checkWeightsFit } from './checkpoint.js';
import { initialModel } from './compiled-engine/initial-model.js';
import { readInitialWeights } from './initial-weights.js';
import { openRunFiles, type RunRecord } from './run-folder.js';

export interface ModelWeights {
  readonly weights: readonly NamedArray[];
  /** What the run was trained on, where they are of a run. */
  readonly data: RunRecord['data'] | undefined;
}

/**
 * The weights at a path, as `readInitialWeights` finds them, or those that the graph's seed gives.
 *
 * @throws SpecccError of `readInitialWeights`, and 'checkpoint-of-another-model'
 */
export async function modelWeights(graph: ModelGraph, path: string | undefined): Promise<ModelWeights> {
  if (path === undefined) return { weights: (await initialModel(graph)()).weights, data: undefined };
  const weights = await readInitialWeights(path);
  const wanted = graph.nodes.flatMap((node) =>
    node.weights.map(({ name, shape }) => ({ name: `${node.name}/${name}`, shape })),
  );
  checkWeightsFit(weights, wanted, path, graph.name);
  return { weights, data: await dataOfRun(path) };
}

async function dataOfRun(path: string): Promise<RunRecord['data'] | undefined> {
  try {
    return (await openRunFiles(path)).record.data;
  } catch (error) {
    if (error instanceof SpecccError && error.code === 'run-not-found') return undefined;
    throw error;
  }
}
