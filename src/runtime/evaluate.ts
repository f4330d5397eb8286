/** How good a trained model is on the examples of a data set. */
import { setImmediate } from 'node:timers/promises';
import type { Dataset } from './datasets/dataset.js';
import { valueNames } from './history.js';
import { type OpenRunOptions, openRun } from './run-folder.js';
import { openRunModel, type RunModelOptions } from './run-model.js';
import { addToMeans, batchFiller, meanValues } from './training/batches.js';
import { checkData, outputShape, trainingPlan } from './training/check-data.js';
import { type DataOptions, loadData, wholeNumber } from './training/load-data.js';
import { noMeans } from './training/trainer-state.js';

export interface EvaluateOptions
  extends RunModelOptions,
    OpenRunOptions,
    Omit<DataOptions, 'limitTrain' | 'limitValidation'> {
  /** `validation` where it is left out. */
  readonly examples?: 'train' | 'validation';
  /** Only the first so many examples. */
  readonly limit?: number;
}

export interface EvaluationResult {
  readonly folder: string;
  readonly checkpoint: string;
  /** Whole epochs that the checkpoint has. */
  readonly epoch: number;
  /** `compiled` or `tfjs`, and what it runs on. */
  readonly engine: string;
  readonly backend: string;
  readonly backendDescription: string;
  readonly dataset: {
    readonly name: string;
    readonly origin: string;
    readonly synthetic: boolean;
    readonly examples: 'train' | 'validation';
    readonly count: number;
  };
  /** `{ loss: 1.49, accuracy: 0.46 }`: as in the history, without `val_`. */
  readonly values: Readonly<Record<string, number>>;
  /** Null where the model has one output value. */
  readonly classification: Classification | null;
}

export interface Classification {
  /** The share of examples whose largest output is their class. */
  readonly accuracy: number;
  readonly classes: readonly ClassResult[];
  /** `confusion[label][predicted]`: numbers of examples. */
  readonly confusion: readonly (readonly number[])[];
}

export interface ClassResult {
  readonly name: string;
  readonly examples: number;
  readonly correct: number;
  /** Null where there are no examples of the class. */
  readonly accuracy: number | null;
}

/**
 * Evaluates a run, or one of its checkpoints, by its path.
 *
 * @throws SpecccError of `openRun` and `loadDataset`, 'checkpoint-not-found', 'checkpoint-damaged',
 *   'data-does-not-fit'; the signal's reason where it is aborted
 */
export async function evaluateRun(path: string, options: EvaluateOptions = {}): Promise<EvaluationResult> {
  const run = await openRun(path, options);
  const which = options.examples ?? 'validation';
  const limit = wholeNumber('limit', options.limit);
  const dataset = await loadData(run.graph, {
    ...options,
    ...(limit === undefined ? {} : { [which === 'train' ? 'limitTrain' : 'limitValidation']: limit }),
  });
  checkData(run.graph, dataset);
  const { engine, checkpoint, epoch } = await openRunModel(run, options);
  try {
    const plan = trainingPlan(run.graph);
    const outputs = outputShape(run.graph)[0]!;
    const examples = dataset[which];
    const fill = batchFiller(examples, dataset.shape, dataset.scale, plan.batchSize);
    const confusion = Array.from({ length: outputs }, () => new Array<number>(outputs).fill(0));
    const means = noMeans();
    for (let from = 0; from < examples.count; from += plan.batchSize) {
      options.signal?.throwIfAborted();
      const batch = fill(from, Math.min(from + plan.batchSize, examples.count));
      const evaluation = await engine.evaluateBatch(batch);
      addToMeans(means, evaluation.values, batch.count);
      for (let i = 0; outputs > 1 && i < batch.count; i += 1) {
        const row = confusion[batch.labels[i]!]!;
        row[largest(evaluation.outputs, i * outputs, outputs)]! += 1;
      }
      await setImmediate();
    }
    const values = meanValues(means);
    return {
      folder: run.folder,
      checkpoint,
      epoch,
      engine: engine.name,
      backend: engine.backend,
      backendDescription: engine.description,
      dataset: {
        name: dataset.name,
        origin: dataset.origin,
        synthetic: dataset.synthetic,
        examples: which,
        count: examples.count,
      },
      values: Object.fromEntries(valueNames(plan).map((name, i) => [name, values[i]!])),
      classification: outputs > 1 ? classify(confusion, dataset) : null,
    };
  } finally {
    engine.dispose();
  }
}

/** The index, within the group, of the largest of `count` values from `start`; the first of equals. */
function largest(values: Float32Array, start: number, count: number): number {
  let found = 0;
  for (let i = 1; i < count; i += 1) if (values[start + i]! > values[start + found]!) found = i;
  return found;
}

function classify(confusion: readonly (readonly number[])[], { classNames }: Dataset): Classification {
  const sum = (counts: readonly number[]) => counts.reduce((total, count) => total + count, 0);
  const classes = confusion.map((row, label): ClassResult => {
    const examples = sum(row);
    const correct = row[label]!;
    const accuracy = examples === 0 ? null : correct / examples;
    return { name: classNames[label] ?? String(label), examples, correct, accuracy };
  });
  const correct = sum(classes.map((one) => one.correct));
  return { accuracy: correct / sum(confusion.map(sum)), classes, confusion };
}
