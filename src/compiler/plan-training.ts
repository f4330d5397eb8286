/** The plan of a training run: the spec's training section with every default filled in. */
import { type DatasetPlan, planDataset } from '../spec/datasets.js';
import { listOf } from '../spec/describe.js';
import { bestOf, historyColumns, metricNames } from '../spec/losses.js';
import { lowerOptimizer } from '../spec/optimizers.js';
import { didYouMean } from '../spec/suggest.js';
import { defaults, type TrainingSection } from '../spec/training-schema.js';
import type { TrainingPlan } from './model-graph.js';
import type { Report } from './report.js';

/** What is known of a training section: `plan` where nothing needed is missing. */
export interface PlannedTraining {
  readonly data: DatasetPlan | undefined;
  readonly loss: TrainingSection['loss'] | undefined;
  readonly plan: TrainingPlan | undefined;
}

/** `metricsKnown` is false where the metrics have faults of their own, so that the history's columns are unknown. */
export function planTraining(
  training: Partial<TrainingSection>,
  metricsKnown: boolean,
  report: Report,
): PlannedTraining {
  const { dataset, optimizer, loss, metrics = [], checkpoint = {} } = training;
  const monitor = checkpoint.monitor ?? defaults.monitor;
  if (metricsKnown) checkMonitor(monitor, metrics, report);
  const data = dataset === undefined ? undefined : planDataset(dataset);
  if (data === undefined || optimizer === undefined || loss === undefined) {
    return { data, loss, plan: undefined };
  }
  const { type, call } = lowerOptimizer(optimizer);
  const mode = checkpoint.mode ?? defaults.mode;
  const plan: TrainingPlan = {
    dataset: data.dataset,
    classes: data.classes,
    classNames: data.classNames,
    optimizer: call,
    optimizerType: type,
    loss,
    metrics,
    batchSize: training.batchSize ?? defaults.batchSize,
    epochs: training.epochs ?? defaults.epochs,
    validationFrequency: training.validationFrequency ?? defaults.validationFrequency,
    checkpoint: {
      monitor,
      mode: mode === 'auto' ? bestOf(monitor) : mode,
      saveBestOnly: checkpoint.saveBestOnly ?? defaults.saveBestOnly,
    },
  };
  return { data, loss, plan };
}

function checkMonitor(monitor: string, metrics: readonly string[], report: Report): void {
  const columns = historyColumns(metrics);
  if (columns.includes(monitor)) return;
  const metric = monitor.replace(/^val_/, '');
  const isMetric = (metricNames as readonly string[]).includes(metric);
  report({
    code: 'unknown-monitor',
    message: `training.checkpoint.monitor: the history has no column ${JSON.stringify(monitor)}`,
    path: ['training', 'checkpoint', 'monitor'],
    hint:
      didYouMean(monitor, columns) ??
      `its columns are ${listOf(columns, 'and')}${isMetric ? `; add ${metric} to the metrics to have this one` : ''}`,
  });
}
