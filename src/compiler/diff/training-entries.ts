/** A training plan as a flat list of what can be set, by the names that `--set training.…` has for it. */
import { optimizerParameters } from '../../spec/optimizers.js';
import type { TrainingPlan } from '../model-graph.js';

export function trainingEntries(plan: TrainingPlan | undefined): Readonly<Record<string, unknown>> {
  if (plan === undefined) return {};
  const {
    dataset,
    optimizerType,
    optimizer,
    loss,
    metrics,
    batchSize,
    epochs,
    validationFrequency,
    checkpoint,
  } = plan;
  const { type, ...options } = dataset;
  return {
    dataset: type,
    ...within('dataset', options),
    optimizer: optimizerType,
    ...within('optimizer', optimizerParameters(optimizerType, optimizer.args)),
    loss,
    metrics,
    batchSize,
    epochs,
    validationFrequency,
    ...within('checkpoint', checkpoint),
  };
}

function within(name: string, entries: object): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(entries).map(([key, value]) => [`${name}.${key}`, value]));
}
