/** `speccc train`: fit a model, going on with a run that is there. */
import { existsSync } from 'node:fs';
import { Option } from 'commander';
import { SpecccError } from '../../diagnostics/index.js';
import type { Override } from '../../spec/apply-overrides.js';
import { type CommandLine, collect, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import {
  backendOption,
  type EngineOptions,
  engineOption,
  relaxedOption,
  threadsOption,
} from '../engine-options.js';
import { type LayersOption, layersOption } from '../layers-option.js';
import type { SpecToTrain } from '../run-training.js';

export interface TrainCommandOptions extends EngineOptions, LayersOption {
  readonly out?: string;
  readonly epochs?: number;
  readonly batchSize?: number;
  readonly seed?: number;
  readonly set?: readonly Override[];
  readonly data?: string;
  readonly limitTrain?: number;
  readonly limitValidation?: number;
  readonly fresh?: true;
  readonly initialWeights?: string;
  readonly onChange?: 'keep-run' | 'use-spec';
  readonly resumeFrom?: 'last' | 'best';
  readonly json?: true;
}

const defaultSpec = 'specs/lenet5.yaml';

export function addTrain(program: CommandLine, context: CommandContext): void {
  program
    .command('train')
    .summary('train a model')
    .description(
      'Trains a model and keeps checkpoints, history and curves in a run folder. Run again, it goes on from the last checkpoint: an interrupted run is finished, a finished one trains as many epochs more. Ctrl-C finishes the step, saves, and says how to go on.',
    )
    .argument(
      '[spec]',
      `YAML file; ${defaultSpec} where it is left out, or the LeNet-5 that comes with speccc`,
    )
    .optionsGroup('What to train:')
    .option('--epochs <n>', 'how many epochs (training.epochs)', wholeNumber(1))
    .option('--batch-size <n>', 'examples a step (training.batchSize)', wholeNumber(1))
    .option('--seed <n>', 'seed of weights, order and random layers (seed)', wholeNumber(1, 2147483647))
    .option(
      '--set <path=value>',
      'set any value of the spec; can be given several times',
      collect(parseSetting),
    )
    .addOption(layersOption())
    .optionsGroup('Data:')
    .option(
      '--data <path>',
      'folder or archive with the data set; fetched and kept in a cache where left out',
    )
    .option('--limit-train <n>', 'only the first n training examples', wholeNumber(1))
    .option('--limit-validation <n>', 'only the first n validation examples', wholeNumber(1))
    .optionsGroup('Run:')
    .option('--out <folder>', 'run folder; runs/NAME where it is left out')
    .addOption(engineOption())
    .addOption(backendOption())
    .addOption(threadsOption())
    .addOption(relaxedOption())
    .addOption(
      new Option('--fresh', 'start over; an earlier run is moved aside, not deleted').conflicts([
        'onChange',
        'resumeFrom',
      ]),
    )
    .option(
      '--initial-weights <file>',
      'start a new run from the weights of a run, a checkpoint, a model.json or a safetensors file',
    )
    .addOption(
      new Option(
        '--on-change <side>',
        'where the spec has changed since the run began, go on with which',
      ).choices(['keep-run', 'use-spec']),
    )
    .addOption(
      new Option(
        '--resume-from <checkpoint>',
        'checkpoint to go on from (last where it is left out)',
      ).choices(['last', 'best']),
    )
    .optionsGroup('Output:')
    .option('--json', 'print one JSON object an event and line, step events at most ten a second')
    .examples([
      { command: 'speccc train', what: 'LeNet-5 on CIFAR-10, 5 epochs' },
      { command: 'speccc train my.yaml --epochs 20', what: 'a spec of yours, for longer' },
      { command: 'speccc train my.yaml --seed 7 --out runs/seed7', what: 'the same from another seed' },
      { command: 'speccc train my.yaml --set layers.c1.filters=16 --out runs/wide', what: 'a variant' },
      { command: 'speccc train --set training.dataset.type=synthetic', what: 'a trial without data' },
    ])
    .action(
      context.action(async (spec: string | undefined, options: TrainCommandOptions) => {
        const { runTraining } = await import('../run-training.js');
        const named = spec === undefined ? await specToTrain() : { path: spec, bundled: false };
        return runTraining(named, options, context);
      }),
    );
}

async function specToTrain(): Promise<SpecToTrain> {
  if (existsSync(defaultSpec)) return { path: defaultSpec, bundled: false };
  const { findBundledSpec } = await import('../bundled-specs.js');
  return { path: (await findBundledSpec('lenet5')).path, bundled: true };
}

function parseSetting(text: string): Override {
  const sign = text.indexOf('=');
  if (sign < 1) {
    throw new SpecccError('wrong-arguments', `'--set' needs PATH=VALUE, but got '${text}'`, {
      hints: ['for example: --set training.epochs=3'],
    });
  }
  return { path: text.slice(0, sign), value: text.slice(sign + 1) };
}
