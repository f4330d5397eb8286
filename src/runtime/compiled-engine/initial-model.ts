/** What a model starts with: the weights that tfjs draws for it, and the topology that checkpoints hold. */
import type { ModelGraph } from '../../compiler/model-graph.js';
import { openBackend } from '../backend.js';
import { buildModel, readWeights } from '../build-model.js';
import type { Weight } from '../engine.js';

export interface InitialModel {
  readonly weights: readonly Weight[];
  readonly topology: unknown;
}

/** Made when somebody asks for it, since that loads tfjs: who evaluates a checkpoint need not wait for it. */
export function initialModel(graph: ModelGraph): () => Promise<InitialModel> {
  let made: Promise<InitialModel> | undefined;
  return () => {
    made ??= makeInitialModel(graph);
    return made;
  };
}

async function makeInitialModel(graph: ModelGraph): Promise<InitialModel> {
  const { tf } = await openBackend('cpu');
  const model = buildModel(tf, graph);
  try {
    return { weights: readWeights(model), topology: model.toJSON(null, false) as unknown };
  } finally {
    model.dispose();
  }
}
