/**
 * Whole training steps of an engine, as the trainer takes them: the examples of a batch are gathered in the
 * order of the epoch, and loss and metrics come out.
 */
import type { ModelGraph } from '../src/compiler/index.js';
import type { Examples, StepValues, TrainingEngine } from '../src/runtime/index.js';
import { batchFiller } from '../src/runtime/training/batches.js';
import { trainingPlan } from '../src/runtime/training/check-data.js';
import { epochOrder, stepSeed } from '../src/runtime/training/random.js';

/** Returns a function that takes the next step, epoch after epoch, on whole batches of the plan's size. */
export function trainingSteps(
  engine: TrainingEngine,
  graph: ModelGraph,
  examples: Examples,
  scale: number,
): () => Promise<StepValues> {
  const { batchSize } = trainingPlan(graph);
  const fill = batchFiller(examples, graph.inputs[0]!.shape, scale, batchSize);
  const stepsPerEpoch = Math.floor(examples.count / batchSize);
  let taken = 0;
  let order: Uint32Array;
  return async () => {
    const epoch = Math.floor(taken / stepsPerEpoch) + 1;
    const step = taken % stepsPerEpoch;
    if (step === 0) order = epochOrder(examples.count, graph.seed, epoch);
    taken++;
    const batch = fill(step * batchSize, (step + 1) * batchSize, order);
    return engine.trainStep(batch, stepSeed(graph.seed, epoch, step));
  };
}
