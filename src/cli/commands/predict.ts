/** `speccc predict`: what does a trained model see in a picture? */
import type { Prediction, PredictResult } from '../../runtime/predict.js';
import { type CommandLine, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import {
  backendOption,
  type EngineOptions,
  engineChoice,
  engineOption,
  relaxedOption,
  threadsOption,
} from '../engine-options.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatMetric, formatTable } from '../format.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';
import { formatBar } from '../live-line.js';
import type { Output } from '../terminal.js';
import { syntheticModel } from '../training-display.js';

interface Options extends EngineOptions, LayersOption {
  readonly checkpoint?: string;
  readonly top: number;
  readonly json?: true;
}

export function addPredict(program: CommandLine, context: CommandContext): void {
  program
    .command('predict')
    .summary('let a trained model look at pictures')
    .description(
      'Prints the classes that a trained model finds most probable for each picture. PNG, JPEG and other pictures of any size are brought to the size that the model takes.',
    )
    .argument('<run>', 'run folder, or a checkpoint in it')
    .argument('<image...>', 'pictures')
    .option('--checkpoint <name>', 'best, last, epoch-3, …; best where it is left out')
    .option('--top <n>', 'how many classes to print (3 where it is left out)', wholeNumber(1), 3)
    .addOption(engineOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(relaxedOption())
    .addOption(layersOption())
    .option('--json', 'print one JSON document with all outputs')
    .examples([
      { command: 'speccc predict runs/lenet5 cat.jpg', what: 'one picture' },
      { command: 'speccc predict runs/lenet5 photos/*.png --top 5', what: 'many, five classes each' },
    ])
    .action(
      context.action((run: string, images: string[], options: Options) =>
        predict(run, images, options, context),
      ),
    );
}

async function predict(
  run: string,
  images: readonly string[],
  options: Options,
  { terminal: { out, err } }: CommandContext,
): Promise<ExitCode> {
  const { checkpoint, top, json } = options;
  const [{ predictRun }, own] = await Promise.all([import('../../runtime/predict.js'), readLayers(options)]);
  const result = await predictRun(run, images, {
    ...own,
    top,
    ...engineChoice(options),
    ...(checkpoint === undefined ? {} : { checkpoint }),
  });
  if (json) {
    out.line(JSON.stringify(result, null, 2));
    return exitCodes.fine;
  }
  for (const line of predictionLines(result, out)) out.line(line);
  if (result.synthetic) {
    err.line(err.colors.yellow(syntheticModel));
  }
  return exitCodes.fine;
}

function predictionLines({ predictions }: PredictResult, { colors }: Output): readonly string[] {
  return predictions.flatMap((prediction, index) => [
    ...(index === 0 ? [] : ['']),
    colors.bold(prediction.image ?? ''),
    ...formatTable(
      prediction.top.map((one, rank) => classRow(one, rank, prediction, colors)),
      { indent: '  ' },
    ),
  ]);
}

function classRow(
  { name, value }: Prediction['top'][number],
  rank: number,
  { probabilities }: Prediction,
  colors: Output['colors'],
): readonly string[] {
  const shown = rank === 0 ? colors.bold(name) : name;
  // A bar says something only where the outputs are shares of one.
  if (!probabilities) return [shown, formatMetric(value)];
  return [shown, `${(100 * value).toFixed(1).padStart(5)} %`, formatBar(value, 30, colors)];
}
