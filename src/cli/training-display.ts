/** A training run as a person sees it: the header, a bar an epoch that becomes a line, notices, the end. */
import type { EpochEvent, StartEvent, StepEvent, TrainEvent } from '../runtime/training/events.js';
import {
  formatClock,
  formatCount,
  formatDuration,
  formatMetric,
  labelled,
  visibleWidth,
  wrapText,
} from './format.js';
import { formatBar, type LiveLine } from './live-line.js';
import type { Output } from './terminal.js';

/** What the header says beyond the events. */
export interface RunHeader {
  /** `0.65 M multiply-adds an image`; left out where the model that runs is not the one of the spec. */
  readonly cost: string | undefined;
  /** `image` or `example` */
  readonly noun: string;
  readonly program: string;
  /** No spec was named, and the one that comes with speccc is used. */
  readonly bundled: boolean;
}

/** Draws events on `output`; `live` is its bottom line, which the caller closes. */
export function showTraining(output: Output, live: LiveLine, header: RunHeader): (event: TrainEvent) => void {
  let start: StartEvent | undefined;
  return (event) => {
    switch (event.type) {
      case 'start':
        start = event;
        live.settle(headerLines(event, header, output).join('\n'));
        return;
      case 'step':
        if (start !== undefined) drawStep(event, start, output, live);
        return;
      case 'epoch':
        if (start !== undefined) {
          const width = output.live ? output.columns() : Number.POSITIVE_INFINITY;
          live.settle(epochLine(event, start.stepsPerEpoch, width, output));
        }
        return;
      case 'notice':
        live.settle(`${output.colors.yellow('note')}     ${event.message}`);
        return;
      case 'checkpoint':
      case 'end':
        return;
    }
  };
}

export function headerLines(start: StartEvent, header: RunHeader, output: Output): readonly string[] {
  const { bold, dim, yellow } = output.colors;
  const columns = output.live ? output.columns() - 1 : undefined;
  const line = (label: string, text: string) => labelled(dim(label), text, columns);
  const { dataset, resumed } = start;
  const images = header.noun === 'image' ? 'images' : 'examples';
  const counts = `${formatCount(dataset.train)} training and ${formatCount(dataset.validation)} validation ${images}`;
  const model = [
    `${formatCount(start.parameters)} parameters`,
    ...(header.cost === undefined ? [] : [header.cost]),
    `seed ${start.seed}`,
  ].join(', ');
  return [
    line('model', `${bold(start.name)}: ${model}`),
    ...(header.bundled
      ? [line('spec', `lenet5, which comes with speccc (${header.program} init lenet5 copies it)`)]
      : []),
    line('data', `${dataset.name}: ${counts} (${dataset.origin})`),
    ...(dataset.synthetic ? [line('', yellow(syntheticWarning))] : []),
    line('engine', `${start.engine} on ${start.backendDescription}${reasonWord(start, header, dim)}`),
    line('run', `${start.folder}${resumed === null ? '' : `, ${resumedText(start)}`}`),
    ...(start.movedOld === null ? [] : [line('', `the old run is now ${start.movedOld}`)]),
    '',
  ];
}

/** For every output of a run on made-up data. */
export const syntheticWarning = 'made up by a program: its numbers say nothing about real images';
export const syntheticModel = `the model learned from synthetic data, ${syntheticWarning}`;

/** An engine that we chose deserves a word, and a slow one a hint. */
function reasonWord(
  { backend, engineReason }: StartEvent,
  header: RunHeader,
  dim: (text: string) => string,
): string {
  if (engineReason === null) return '';
  const isSlow = backend === 'wasm' || backend === 'cpu';
  const hint = isSlow ? `; no native TensorFlow here, \`${header.program} doctor\` says why` : '';
  return dim(` (${engineReason}${hint})`);
}

function resumedText({ resumed, firstEpoch }: StartEvent): string {
  if (resumed === null) return '';
  const from = resumed.checkpoint === 'last' ? '' : ` from checkpoints/${resumed.checkpoint}`;
  return resumed.steps > 0
    ? `going on${from} in epoch ${firstEpoch} after step ${formatCount(resumed.steps)}`
    : `going on${from} after epoch ${resumed.epochs}`;
}

function drawStep(event: StepEvent, start: StartEvent, output: Output, live: LiveLine): void {
  const done = event.step === event.stepsPerEpoch;
  live.draw((columns) => stepLine(event, start, columns, output), done);
}

/** The richest of several forms that fits; the last one is cut. */
function richest(forms: readonly (readonly string[])[], columns: number): string {
  for (const form of forms) {
    const line = form.filter((part) => part !== '').join('  ');
    if (visibleWidth(line) <= columns) return line;
  }
  return '';
}

export function stepLine(event: StepEvent, start: StartEvent, columns: number, { colors }: Output): string {
  const { epoch, step, stepsPerEpoch, stepsPerSecond } = event;
  const head = epochHead(epoch, start.lastEpoch);
  const total = String(stepsPerEpoch);
  const count = `${String(step).padStart(total.length)}/${total}`;
  const bar = (width: number) => `${formatBar(step / stepsPerEpoch, width, colors)} ${count}`;
  const validating = step === stepsPerEpoch && start.dataset.validation > 0;
  const left = validating ? 'validating' : timeLeft(stepsPerEpoch - step, stepsPerSecond);
  const rate = formatRate(stepsPerSecond);
  const values = metricTexts(event.values, colors);
  return richest(
    [
      [head, bar(20), rate, left, ...values],
      [head, bar(12), rate, left, ...values],
      [head, bar(12), left, ...values],
      [head, bar(8), left, ...values.slice(0, 2)],
      [head, count, left, ...values.slice(0, 2)],
      [head, count, left, ...values.slice(0, 1)],
      [head, count],
      [count],
    ],
    columns,
  );
}

export function epochLine(
  event: EpochEvent,
  stepsPerEpoch: number,
  columns: number,
  { colors, live }: Output,
): string {
  const head = epochHead(event.epoch, event.lastEpoch);
  const count = `${stepsPerEpoch}/${stepsPerEpoch}`;
  const { epoch: _, ...row } = event.values;
  // An epoch that is not the best gets as many columns, so that the lines stand alike.
  const best = event.best ? colors.green('best') : ' '.repeat('best'.length);
  const values = [...metricTexts(row, colors), best];
  const rate = formatRate(event.stepsPerSecond);
  const time = formatDuration(event.seconds);
  if (!live)
    return [head, time, rate, ...values]
      .filter((part) => part !== '')
      .join('  ')
      .trimEnd();
  const bar = (width: number) => `${formatBar(1, width, colors)} ${count}`;
  const short = [...metricTexts(row, colors, 3), best];
  const forms = [
    [head, bar(20), rate, ...values],
    [head, bar(12), rate, ...values],
    [head, bar(8), ...values],
    [head, count, ...values],
    [head, ...values],
    [head, ...short],
    [head.replace('epoch ', ''), ...short],
  ];
  // These lines stay, so where no form fits the numbers go on in further lines instead of being cut.
  const line = richest(forms, columns - 1).trimEnd();
  return line || wrapText([head, ...short].join(' '), columns - 1).join('\n');
}

function epochHead(epoch: number, last: number): string {
  return `epoch ${String(epoch).padStart(String(last).length)}/${last}`;
}

function metricTexts(
  values: Readonly<Record<string, number | null>>,
  colors: Output['colors'],
  decimals = 4,
): readonly string[] {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${colors.dim(name)} ${formatMetric(value, decimals)}`);
}

function formatRate(stepsPerSecond: number): string {
  if (!(stepsPerSecond > 0)) return '';
  if (stepsPerSecond < 1) return `${formatDuration(1 / stepsPerSecond)}/step`;
  return `${stepsPerSecond < 10 ? stepsPerSecond.toFixed(1) : stepsPerSecond.toFixed(0)} steps/s`;
}

function timeLeft(steps: number, stepsPerSecond: number): string {
  return stepsPerSecond > 0 ? `${formatClock(steps / stepsPerSecond)} left` : '';
}
