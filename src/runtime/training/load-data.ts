/** The data of a run: the user's own or what the spec names, cut to the limits. */
import type { ModelGraph } from '../../compiler/model-graph.js';
import { SpecccError } from '../../diagnostics/index.js';
import type { Dataset, Examples } from '../datasets/dataset.js';
import { loadDataset } from '../datasets/index.js';
import { trainingPlan } from './check-data.js';
import type { TrainOptions } from './events.js';

export type DataOptions = Pick<
  TrainOptions,
  'dataset' | 'dataFolder' | 'cacheFolder' | 'onDataProgress' | 'signal' | 'limitTrain' | 'limitValidation'
>;

/** @throws SpecccError of `loadDataset`, 'wrong-train-option' */
export async function loadData(graph: ModelGraph, options: DataOptions): Promise<Dataset> {
  const limits = {
    train: wholeNumber('limitTrain', options.limitTrain),
    validation: wholeNumber('limitValidation', options.limitValidation),
  };
  const dataset =
    options.dataset ??
    (await loadDataset(trainingPlan(graph).dataset, {
      folder: options.dataFolder,
      cacheFolder: options.cacheFolder,
      onProgress: options.onDataProgress,
      signal: options.signal,
      inputShape: graph.inputs[0]!.shape,
      seed: graph.seed,
    }));
  return {
    ...dataset,
    train: firstOf(dataset.train, limits.train),
    validation: firstOf(dataset.validation, limits.validation),
  };
}

function firstOf(examples: Examples, limit: number | undefined): Examples {
  return { ...examples, count: Math.min(examples.count, limit ?? examples.count) };
}

/** @throws SpecccError 'wrong-train-option' */
export function wholeNumber(option: string, value: number | undefined): number | undefined {
  if (value === undefined || (Number.isSafeInteger(value) && value >= 1)) return value;
  throw new SpecccError('wrong-train-option', `${option} must be a whole number from 1, but is ${value}`);
}
