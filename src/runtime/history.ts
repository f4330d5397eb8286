/**
 * The record of a run: one row an epoch. It holds no wall-clock times, so that two runs of the same spec,
 * data, seed and backend have the same history to the byte.
 */
import type { TrainingPlan } from '../compiler/model-graph.js';
import { SpecccError } from '../diagnostics/index.js';
import { historyColumns } from '../spec/losses.js';

/**
 * `{ epoch: 1, loss: 2.07, accuracy: 0.21, val_loss: 1.91, val_accuracy: 0.29 }`: epochs count from 1, metrics
 * have the names of the spec, and `null` stands where an epoch was not validated.
 */
export type HistoryRow = { readonly epoch: number } & Readonly<Record<string, number | null>>;

export interface Best {
  readonly epoch: number;
  /** Of the monitored column. */
  readonly value: number;
}

/** `loss` and the metrics of the spec: the order in which engines return values. */
export function valueNames(plan: Pick<TrainingPlan, 'metrics'>): readonly string[] {
  return ['loss', ...plan.metrics];
}

/** The columns of a history after `epoch`; without validation examples none of them starts with `val_`. */
export function columnsOf(plan: Pick<TrainingPlan, 'metrics'>, validated: boolean): readonly string[] {
  return validated ? historyColumns(plan.metrics) : valueNames(plan);
}

/**
 * A row of a finished epoch; `validation` is undefined where it was not validated. A metric that is not a
 * finite number (a precision of nothing over nothing) has no value.
 */
export function historyRow(
  epoch: number,
  plan: Pick<TrainingPlan, 'metrics'>,
  training: readonly number[],
  validation: readonly number[] | undefined,
): HistoryRow {
  const names = valueNames(plan);
  return Object.fromEntries([
    ['epoch', epoch],
    ...names.map((name, i) => [name, finiteOrNull(training[i])]),
    ...names.map((name, i) => [`val_${name}`, finiteOrNull(validation?.[i])]),
  ]) as HistoryRow;
}

function finiteOrNull(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}

/** The better of the best so far and a new row; a row without the monitored value is never better. */
export function betterOf(
  best: Best | undefined,
  row: HistoryRow,
  { monitor, mode }: Pick<TrainingPlan['checkpoint'], 'monitor' | 'mode'>,
): Best | undefined {
  const value = row[monitor];
  if (typeof value !== 'number') return best;
  const better = best === undefined || (mode === 'min' ? value < best.value : value > best.value);
  return better ? { epoch: row.epoch, value } : best;
}

/**
 * `history.csv`: a header and a line an epoch. Numbers are the shortest decimals that read back as the same
 * double; an empty field stands for an epoch that was not validated.
 */
export function formatHistory(rows: readonly HistoryRow[], columns: readonly string[]): string {
  const names = ['epoch', ...columns];
  const lines = rows.map((row) => names.map((name) => row[name] ?? '').join(','));
  return `${[names.join(','), ...lines].join('\n')}\n`;
}

/** Reads what `formatHistory` wrote. @throws SpecccError 'run-damaged' */
export function parseHistory(text: string, file: string): HistoryRow[] {
  const [header, ...lines] = text.trimEnd().split('\n');
  const names = header?.split(',') ?? [];
  return lines.map((line, i) => {
    const fields = line.split(',');
    const values = fields.map((field) => (field === '' ? null : Number(field)));
    if (names[0] !== 'epoch' || fields.length !== names.length || values.some(Number.isNaN)) {
      throw new SpecccError('run-damaged', `${file}:${i + 2} is not a row of a history`, {
        hints: ['run the training command again: it writes the history anew from the last checkpoint'],
      });
    }
    return Object.fromEntries(names.map((name, column) => [name, values[column]!])) as HistoryRow;
  });
}
