/** `speccc evaluate`: how good is a trained model? */
import { Option } from 'commander';
import { SpecccError } from '../../diagnostics/index.js';
import type { EvaluationResult } from '../../runtime/evaluate.js';
import { type CommandLine, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { showDataProgress } from '../data-display.js';
import {
  backendOption,
  type EngineOptions,
  engineChoice,
  engineOption,
  relaxedOption,
  threadsOption,
} from '../engine-options.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatCount, formatMetric, formatTable, labelled } from '../format.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';
import { formatBar, openLiveLine } from '../live-line.js';
import type { Output } from '../terminal.js';
import { syntheticWarning } from '../training-display.js';

interface Options extends EngineOptions, LayersOption {
  readonly checkpoint?: string;
  readonly examples: 'train' | 'validation';
  readonly data?: string;
  readonly limitTrain?: number;
  readonly limitValidation?: number;
  readonly json?: true;
}

export function addEvaluate(program: CommandLine, context: CommandContext): void {
  program
    .command('evaluate')
    .summary('measure a trained model on its data')
    .description(
      'Computes the loss and metrics of a trained model over the examples of its data set, and how often each class is recognised.',
    )
    .argument('<run>', 'run folder, or a checkpoint in it')
    .option('--checkpoint <name>', 'best, last, epoch-3, …; best where it is left out')
    .addOption(
      new Option('--examples <which>', 'on which examples')
        .choices(['train', 'validation'])
        .default('validation'),
    )
    .option('--data <path>', 'folder or archive with the data set')
    .option('--limit-train <n>', 'only the first n training examples', wholeNumber(1))
    .option('--limit-validation <n>', 'only the first n validation examples', wholeNumber(1))
    .addOption(engineOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(relaxedOption())
    .addOption(layersOption())
    .option('--json', 'print one JSON document, with the confusion matrix')
    .examples([
      { command: 'speccc evaluate runs/lenet5', what: 'the best checkpoint on the validation examples' },
      { command: 'speccc evaluate runs/lenet5 --checkpoint last', what: 'the last one' },
      { command: 'speccc evaluate runs/lenet5 --examples train', what: 'on the training examples' },
    ])
    .action(context.action((run: string, options: Options) => evaluate(run, options, context)));
}

async function evaluate(run: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { checkpoint, examples, data, json } = options;
  const limit = limitOf(options);
  const [{ evaluateRun }, own] = await Promise.all([
    import('../../runtime/evaluate.js'),
    readLayers(options),
  ]);
  const { out, err } = context.terminal;
  const live = openLiveLine(err);
  try {
    const result = await evaluateRun(run, {
      ...own,
      examples,
      ...engineChoice(options),
      signal: context.interruptible(),
      ...(json ? {} : { onDataProgress: showDataProgress(err, live) }),
      ...(checkpoint === undefined ? {} : { checkpoint }),
      ...(data === undefined ? {} : { dataFolder: data }),
      ...(limit === undefined ? {} : { limit }),
    });
    live.settle();
    if (json) out.line(JSON.stringify(result, null, 2));
    else for (const line of evaluationLines(result, out)) out.line(line);
    return exitCodes.fine;
  } finally {
    live.close();
  }
}

function limitOf({ examples, limitTrain, limitValidation }: Options): number | undefined {
  const [limit, other, flag] =
    examples === 'train'
      ? [limitTrain, limitValidation, '--limit-validation']
      : [limitValidation, limitTrain, '--limit-train'];
  if (other !== undefined) {
    throw new SpecccError(
      'wrong-arguments',
      `'${flag}' cannot be used together with '--examples ${examples}'`,
    );
  }
  return limit;
}

function evaluationLines(result: EvaluationResult, { colors }: Output): readonly string[] {
  const { bold, dim, yellow } = colors;
  const line = (label: string, text: string) => labelled(dim(label), text);
  const { dataset, values, classification } = result;
  const which = dataset.examples === 'train' ? 'training' : 'validation';
  return [
    line('run', `${result.folder}, checkpoints/${result.checkpoint}, epoch ${result.epoch}`),
    line('data', `${dataset.name}: ${formatCount(dataset.count)} ${which} examples (${dataset.origin})`),
    ...(dataset.synthetic ? [line('', yellow(syntheticWarning))] : []),
    line('engine', `${result.engine} on ${result.backendDescription}`),
    '',
    Object.entries(values)
      .map(([name, value]) => `${dim(name)} ${bold(formatMetric(value))}`)
      .join('  '),
    ...(classification === null ? [] : ['', ...classLines(classification, colors)]),
  ];
}

function classLines(
  { classes, confusion }: NonNullable<EvaluationResult['classification']>,
  colors: Output['colors'],
): readonly string[] {
  const present = classes.filter(({ accuracy }) => accuracy !== null);
  const rows = present.map(({ name, examples, correct, accuracy }) => [
    name,
    `${formatCount(correct)} of ${formatCount(examples)}`,
    `${formatBar(accuracy ?? 0, 24, colors)} ${Math.round((accuracy ?? 0) * 100)} %`,
  ]);
  const mistakes = confusion
    .flatMap((row, label) => row.map((count, predicted) => ({ label, predicted, count })))
    .filter(({ label, predicted, count }) => label !== predicted && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 3)
    .map(({ label, predicted, count }) => {
      const share = Math.round((100 * count) / classes[label]!.examples);
      return `${classes[label]!.name} for ${classes[predicted]!.name} (${share} %)`;
    });
  return [
    ...formatTable([[colors.dim('class'), colors.dim('right')], ...rows], { right: [1] }),
    ...(mistakes.length === 0 ? [] : ['', `most often mistaken: ${mistakes.join(', ')}`]),
  ];
}
