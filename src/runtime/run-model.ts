/** A trained model from its run: as an engine, to evaluate or predict with, or for any other tfjs program. */
import type { io } from '@tensorflow/tfjs';
import type { BackendName } from './backend.js';
import { checkWeightsFit, readCheckpoint } from './checkpoint.js';
import type { EngineFactory, TrainingEngine } from './engine.js';
import { type EngineName, openEngine } from './open-engine.js';
import { checkpointFolder, type Run } from './run-folder.js';

export interface RunModelOptions {
  /** `best`, `last`, `epoch-3`; what the run was opened by where it is left out. */
  readonly checkpoint?: string | undefined;
  readonly engine?: EngineFactory | EngineName | undefined;
  readonly backend?: BackendName | 'auto' | undefined;
  readonly threads?: number | undefined;
  readonly relaxed?: boolean | undefined;
}

export interface RunModel {
  readonly engine: TrainingEngine;
  readonly checkpoint: string;
  /** Whole epochs that the checkpoint has. */
  readonly epoch: number;
}

/** The caller disposes the engine. @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged', … */
export async function openRunModel(run: Run, options: RunModelOptions): Promise<RunModel> {
  const checkpoint = options.checkpoint ?? run.checkpoint;
  const { weights, state } = await run.readCheckpoint(checkpoint);
  const { engine } = await openEngine(run.graph, options);
  try {
    const place = checkpointFolder(run.folder, checkpoint);
    checkWeightsFit(weights, engine.describeWeights(), place, run.graph.name);
    await engine.setWeights(weights);
    return { engine, checkpoint, epoch: state.epoch };
  } catch (error) {
    engine.dispose();
    throw error;
  }
}

/**
 * A checkpoint folder for `tf.loadLayersModel`, which has no handler for files in Node without tfjs-node.
 * The digests of the files are checked.
 *
 *     const model = await tf.loadLayersModel(checkpointHandler('runs/lenet5/checkpoints/best'));
 */
export function checkpointHandler(folder: string): io.IOHandler {
  return {
    load: async () => {
      const { topology, weights } = await readCheckpoint(folder);
      return {
        modelTopology: topology as object,
        format: 'layers-model',
        weightSpecs: weights.map(({ name, shape }) => ({
          name,
          shape: [...shape],
          dtype: 'float32' as const,
        })),
        weightData: weights.map(({ values }) => values.slice().buffer as ArrayBuffer),
      };
    },
  };
}
