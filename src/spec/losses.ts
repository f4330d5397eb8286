/** The losses and metrics that tfjs knows by name, and which way each of them is better. */

/** The names of `lossesMap` in tfjs-layers' losses.ts. */
export const lossNames = [
  'binaryCrossentropy',
  'categoricalCrossentropy',
  'categoricalHinge',
  'cosineProximity',
  'hinge',
  'kullbackLeiblerDivergence',
  'logcosh',
  'meanAbsoluteError',
  'meanAbsolutePercentageError',
  'meanSquaredError',
  'meanSquaredLogarithmicError',
  'poisson',
  'sparseCategoricalCrossentropy',
  'squaredHinge',
] as const;

export type LossName = (typeof lossNames)[number];

/**
 * The names of `metricsMap` in tfjs-layers' metrics.ts, and the four words that `model.compile` turns into the
 * metric that goes with the loss.
 */
export const metricNames = [
  'accuracy',
  'acc',
  'crossentropy',
  'ce',
  'binaryAccuracy',
  'categoricalAccuracy',
  'precision',
  'categoricalCrossentropy',
  'sparseCategoricalCrossentropy',
  'mse',
  'MSE',
  'mae',
  'MAE',
  'mape',
  'MAPE',
  'cosine',
] as const;

const largerIsBetter: ReadonlySet<string> = new Set([
  'accuracy',
  'acc',
  'binaryAccuracy',
  'categoricalAccuracy',
  'precision',
]);

/** The columns of a run's history that a checkpoint can watch. */
export function historyColumns(metrics: readonly string[]): readonly string[] {
  const columns = ['loss', ...metrics];
  return [...columns, ...columns.map((column) => `val_${column}`)];
}

/** Whether the best value of a column is its smallest or its largest. */
export function bestOf(column: string): 'min' | 'max' {
  return largerIsBetter.has(column.replace(/^val_/, '')) ? 'max' : 'min';
}
