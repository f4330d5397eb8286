/** The results as a table. */
import { formatMachine, type Machine } from '../machine.js';
import type { Task } from './arguments.js';
import { countedThreads, describeContestant } from './contestants.js';
import type { Measured, Row } from './measure.js';

export interface Report {
  /** ISO 8601. */
  readonly date: string;
  readonly machine: Machine;
  /** Processes that wanted a processor in the minute before, on average: more than a little spoils the times. */
  readonly load: number;
  /** What the machine reaches in a large product of matrices. */
  readonly peaks: readonly Peak[];
  readonly results: readonly TaskResult[];
}

export interface Peak {
  readonly threads: number;
  /** In single precision, a second. */
  readonly multiplyAdds: number;
}

export interface TaskResult extends Task {
  readonly parameters: number;
  /** Of a training step, for one image. */
  readonly multiplyAdds: number;
  readonly rows: readonly Row[];
}

const columns = [
  'network',
  'batch',
  'trained by',
  'threads',
  'ms a step',
  'rounds',
  'images/s',
  'to the fastest peer',
  'multiply-adds/s',
  'of the peak',
];
const textColumns = [0, 2];

/** Markdown that is readable as it is. The fastest of a network comes first. */
export function formatReport({ date, machine, load, peaks, results }: Report): string {
  const lines = results.flatMap((result) => rowsOf(result, peaks));
  const notes = results.flatMap(({ network, batchSize, rows }) =>
    rows.flatMap((row) =>
      'reason' in row ? [`${network}, batch ${batchSize}: no ${describeContestant(row)}: ${row.reason}`] : [],
    ),
  );
  return [
    `${date.slice(0, 10)}, ${formatMachine(machine)}, load ${load.toFixed(1)} before`,
    versionsOf(results),
    ...peaks.map(
      ({ threads, multiplyAdds }) =>
        `${giga(multiplyAdds)} multiply-adds/s at most on ${countedThreads(threads)} (a product of 1024x1024 matrices)`,
    ),
    '',
    ...markdownTable([columns, ...lines]),
    ...(notes.length === 0 ? [] : ['', ...notes]),
  ].join('\n');
}

function rowsOf({ network, batchSize, multiplyAdds, rows }: TaskResult, peaks: readonly Peak[]): string[][] {
  const measured = rows
    .filter((row): row is Extract<Row, Measured> => 'rounds' in row)
    .map((row) => ({ ...row, times: timesOf(row) }))
    .sort((a, b) => a.times.median - b.times.median);
  const fastest = measured.find(({ kind }) => kind === 'peer')?.times.median;
  return measured.map(({ title, setting, threads, times: { median, least, most } }) => {
    const imagesPerSecond = (batchSize / median) * 1000;
    const rate = imagesPerSecond * multiplyAdds;
    const peak = peaks.find((candidate) => candidate.threads === threads)?.multiplyAdds;
    return [
      network,
      String(batchSize),
      setting === '' ? title : `${title}, ${setting}`,
      String(threads),
      milliseconds(median),
      `${milliseconds(least)}–${milliseconds(most)}`,
      Math.round(imagesPerSecond).toLocaleString('en-US'),
      fastest === undefined ? '' : (median / fastest).toFixed(2),
      giga(rate),
      peak === undefined ? '' : `${Math.round((100 * rate) / peak)} %`,
    ];
  });
}

/** Milliseconds a step. */
function timesOf({ rounds }: Measured) {
  const times = rounds.map(({ steps, seconds }) => (1000 * seconds) / steps).sort((a, b) => a - b);
  const middle = Math.floor(times.length / 2);
  const median = times.length % 2 === 1 ? times[middle]! : (times[middle - 1]! + times[middle]!) / 2;
  return { median, least: times[0]!, most: times.at(-1)! };
}

/** `jax 0.10.2, keras 3.15.1, tfjs 4.22.0` */
function versionsOf(results: readonly TaskResult[]): string {
  const versions = results.flatMap(({ rows }) =>
    rows.flatMap((row) => ('versions' in row ? Object.entries(row.versions) : [])),
  );
  return [...new Set(versions.map(([name, version]) => `${name} ${version}`))].sort().join(', ');
}

const milliseconds = (value: number) => value.toFixed(value < 100 ? 2 : 0);
const giga = (value: number) => `${(value / 1e9).toFixed(1)} G`;

function markdownTable(rows: readonly (readonly string[])[]): string[] {
  const widths = columns.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const lines = rows.map((row) => {
    const cells = row.map((cell, column) =>
      textColumns.includes(column) ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    return `| ${cells.join(' | ')} |`;
  });
  const rule = widths.map((width, column) =>
    textColumns.includes(column) ? '-'.repeat(width + 2) : `${'-'.repeat(width + 1)}:`,
  );
  return [lines[0]!, `|${rule.join('|')}|`, ...lines.slice(1)];
}
