/** The train command at work: a thin layer over `train`, which does everything but talk. */
import { basename, relative } from 'node:path';
import { formatSummary } from '../compiler/format-summary.js';
import type { ModelGraph } from '../compiler/index.js';
import { exampleNoun, summarizeGraph } from '../compiler/summary.js';
import type { LayerRegistry } from '../layers/index.js';
import type { DataProgress } from '../runtime/datasets/index.js';
import { train } from '../runtime/trainer.js';
import type { EndEvent, StartEvent, TrainEvent, TrainOptions } from '../runtime/training/events.js';
import type { Override } from '../spec/apply-overrides.js';
import type { TrainCommandOptions } from './commands/train.js';
import type { CommandContext } from './context.js';
import { showDataProgress } from './data-display.js';
import { engineChoice } from './engine-options.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { formatCount, formatDuration, formatLarge, formatMetric, labelled, plural } from './format.js';
import { type LiveLine, openLiveLine } from './live-line.js';
import { loadGraph } from './load-graph.js';
import { shellCommand, shellWord } from './shell-word.js';
import type { Output } from './terminal.js';
import { showTraining, syntheticWarning } from './training-display.js';

/** No spec was named where it is the `bundled` one. */
export interface SpecToTrain {
  readonly path: string;
  readonly bundled: boolean;
}

export async function runTraining(
  { path, bundled }: SpecToTrain,
  options: TrainCommandOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const { graph, layers } = await loadGraph(path, context, options, overridesOf(options));
  const { out } = context.terminal;
  const live = openLiveLine(out);
  const listener = options.json ? jsonEvents(out) : drawnEvents(graph, bundled, options, context, live);
  let start: StartEvent | undefined;
  let end: EndEvent | undefined;
  try {
    await train({
      graph,
      ...(layers && { layers }),
      ...trainOptions(options),
      command: shellCommand(context.program, context.argv),
      signal: context.interruptible(),
      onDataProgress: listener.onData,
      onEvent: (event) => {
        if (event.type === 'start') start = event;
        if (event.type === 'end') end = event;
        listener.onEvent(event);
      },
    });
  } finally {
    live.close();
  }
  if (start === undefined || end === undefined) throw new Error('the trainer told neither start nor end');
  const again = goOnCommand(context);
  if (options.json) {
    out.line(JSON.stringify({ type: 'next', command: again }));
  } else if (end.status === 'interrupted') {
    for (const line of interruptedLines(end, again, out)) out.line(line);
  } else {
    for (const line of await finishedLines(start, end, layers, context)) out.line(line);
  }
  return end.status === 'interrupted' ? exitCodes.interrupted : exitCodes.fine;
}

/** In the order of the command line's help; `--set` comes last and so wins. */
function overridesOf({ seed, epochs, batchSize, set = [] }: TrainCommandOptions): readonly Override[] {
  const shorthand = (path: string, origin: string, value: number | undefined) =>
    value === undefined ? [] : [{ path, origin, value: String(value) }];
  return [
    ...shorthand('training.epochs', '--epochs', epochs),
    ...shorthand('training.batchSize', '--batch-size', batchSize),
    ...shorthand('seed', '--seed', seed),
    ...set,
  ];
}

function trainOptions(options: TrainCommandOptions): Omit<TrainOptions, 'graph'> {
  const { out, data, limitTrain, limitValidation, fresh, initialWeights, onChange, resumeFrom } = options;
  return {
    ...engineChoice(options),
    ...(out === undefined ? {} : { folder: out }),
    ...(data === undefined ? {} : { dataFolder: data }),
    ...(limitTrain === undefined ? {} : { limitTrain }),
    ...(limitValidation === undefined ? {} : { limitValidation }),
    ...(fresh === undefined ? {} : { fresh }),
    ...(initialWeights === undefined ? {} : { initialWeights }),
    ...(onChange === undefined ? {} : { onChange }),
    ...(resumeFrom === undefined ? {} : { resumeFrom }),
  };
}

interface Listener {
  readonly onData: (progress: DataProgress) => void;
  readonly onEvent: (event: TrainEvent) => void;
}

const pauseBetweenSteps = 100;

function jsonEvents(out: Output): Listener {
  let steppedAt = Number.NEGATIVE_INFINITY;
  return {
    onData: (progress) => out.line(JSON.stringify({ type: 'data', ...progress })),
    onEvent: (event) => {
      if (event.type === 'step' && event.step < event.stepsPerEpoch) {
        const now = performance.now();
        if (now - steppedAt < pauseBetweenSteps) return;
        steppedAt = now;
      }
      out.line(JSON.stringify(event));
    },
  };
}

function drawnEvents(
  graph: ModelGraph,
  bundled: boolean,
  { onChange }: TrainCommandOptions,
  { terminal: { out }, program }: CommandContext,
  live: LiveLine,
): Listener {
  const summary = summarizeGraph(graph);
  const noun = exampleNoun(summary);
  const cost = `${formatLarge(summary.totals.multiplyAdds)} multiply-adds an ${noun}`;
  return {
    onData: showDataProgress(out, live),
    onEvent: showTraining(out, live, {
      noun,
      program,
      bundled,
      cost: onChange === 'keep-run' ? undefined : cost,
    }),
  };
}

/** The same command without what would begin anew instead of going on. */
function goOnCommand({ program, argv }: CommandContext): string {
  const words: string[] = [];
  for (let index = 0; index < argv.length; index++) {
    const word = argv[index]!;
    if (word === '--fresh') continue;
    if (/^--(initial-weights|resume-from)$/.test(word)) index++;
    else if (!/^--(initial-weights|resume-from)=/.test(word)) words.push(word);
  }
  return shellCommand(program, words);
}

function interruptedLines(end: EndEvent, again: string, { colors }: Output): readonly string[] {
  const where =
    end.steps > 0
      ? `in epoch ${end.epochs + 1} after step ${formatCount(end.steps)}`
      : end.epochs > 0
        ? `after epoch ${end.epochs}`
        : 'before the first step';
  return [
    `${colors.yellow('interrupted')} ${where}, and saved in ${end.folder}; to go on:`,
    `  ${colors.cyan(again)}`,
  ];
}

async function finishedLines(
  start: StartEvent,
  end: EndEvent,
  layers: LayerRegistry | undefined,
  { terminal: { out }, program }: CommandContext,
): Promise<readonly string[]> {
  const { bold, cyan, dim, green, yellow } = out.colors;
  const { openRun } = await import('../runtime/run-folder.js');
  const run = await openRun(end.folder, { layers });
  const summary = summarizeGraph(run.graph);
  const columns = out.live ? out.columns() - 1 : undefined;
  const line = (label: string, text: string) => labelled(dim(label), text, columns);
  const folder = shellWord(relative('', end.folder) || '.');
  const now = end.epochs - start.firstEpoch + 1;
  const epochs = green(plural(end.epochs, 'epoch'));
  const duration = formatDuration(end.seconds);
  const { best, files } = end;
  const next = exampleNoun(summary) === 'image' ? `predict ${folder} photo.png` : `evaluate ${folder}`;
  return [
    '',
    formatSummary(summary, { color: out.colors.isColorSupported, width: columns ?? 120 }),
    '',
    line(
      'trained',
      now === end.epochs ? `${epochs} in ${duration}` : `${epochs}, ${now} of them now in ${duration}`,
    ),
    ...(best === null
      ? []
      : [line('best', `epoch ${best.epoch}, ${end.monitor} ${bold(formatMetric(best.value))}`)]),
    ...(start.dataset.synthetic ? [line('data', yellow(`${start.dataset.name}, ${syntheticWarning}`))] : []),
    line('files', `in ${end.folder}: ${files.map((file) => basename(file)).join(', ')}`),
    line('', 'checkpoints/best/model.json is read by any tfjs program'),
    line('next', cyan(`${program} ${next}`)),
    line('', cyan(`${program} export ${folder} --format txt`)),
  ];
}
