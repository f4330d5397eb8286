/** The plan of a training run, and whether the model fits its data set and its loss. */
import { formatShape, type Shape } from '../layers/index.js';
import { type DatasetPlan, planDataset } from '../spec/datasets.js';
import { listOf } from '../spec/describe.js';
import { bestOf, historyColumns } from '../spec/losses.js';
import { lowerOptimizer } from '../spec/optimizers.js';
import { defaults } from '../spec/schema.js';
import { nearest } from '../spec/suggest.js';
import type { ValidatedSpec } from '../spec/validate.js';
import type { TrainingPlan } from './model-graph.js';
import type { Report } from './resolve-graph.js';

/** `output` is the model's output shape where it is known. No plan where something needed is missing. */
export function planTraining(
  spec: ValidatedSpec,
  output: Shape | undefined,
  report: Report,
): TrainingPlan | undefined {
  const { training } = spec;
  if (training === undefined) return undefined;
  const { dataset, optimizer, loss } = training;
  const metrics = training.metrics ?? [];
  const checkpoint = training.checkpoint ?? {};
  const monitor = checkpoint.monitor ?? defaults.monitor;
  const columns = historyColumns(metrics);
  if (!columns.includes(monitor)) {
    const near = nearest(monitor, columns);
    report({
      code: 'unknown-monitor',
      message: `training.checkpoint.monitor: expected ${listOf(columns, 'or')}, found ${JSON.stringify(monitor)}`,
      path: ['training', 'checkpoint', 'monitor'],
      ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
    });
  }
  const data = dataset === undefined ? undefined : planDataset(dataset);
  if (data !== undefined) checkInput(spec, data, report);
  if (data !== undefined && loss !== undefined && output !== undefined) {
    checkOutput(spec, output, data, loss, report);
  }
  if (data === undefined || optimizer === undefined || loss === undefined) return undefined;
  const { type, call } = lowerOptimizer(optimizer);
  const mode = checkpoint.mode ?? defaults.mode;
  return {
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
}

function checkInput(spec: ValidatedSpec, data: DatasetPlan, report: Report): void {
  const { input } = spec;
  if (input === undefined || data.shape === undefined) return;
  if (formatShape(input) === formatShape(data.shape)) return;
  report({
    code: 'input-data-mismatch',
    message: `input: expected ${formatShape(data.shape)}, the shape of ${data.dataset.type}'s examples, found ${formatShape(input)}`,
    path: ['input'],
    hint: `write input: [${data.shape.join(', ')}], or name another data set`,
  });
}

function checkOutput(
  spec: ValidatedSpec,
  output: Shape,
  data: DatasetPlan,
  loss: string,
  report: Report,
): void {
  const last = spec.layers[spec.layers.length - 1]!;
  if (formatShape(output) !== formatShape([data.classes])) {
    report({
      code: 'loss-shape-mismatch',
      message: `${loss} on ${data.dataset.type} needs an output of ${data.classes} values, one a class, but ${last.type} '${last.name}' gives ${formatShape(output)}`,
      path: last.path,
    });
  }
}
