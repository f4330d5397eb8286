/** `speccc compile`: a spec as source, as a program, or as a model for other runtimes. */
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import { SpecccError } from '../../diagnostics/index.js';
import { type CommandLine, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type LayersOption, layersOption } from '../layers-option.js';
import { loadGraph } from '../load-graph.js';
import { shellWord } from '../shell-word.js';
import { checkEnding, type TargetName, targetFor, targetNames, targetsWith } from '../targets/index.js';
import type { Target, TargetFile, TargetOptions } from '../targets/target.js';
import { watTarget } from '../targets/wasm.js';

interface Options extends TargetOptions, LayersOption {
  readonly target?: TargetName;
  readonly output?: string;
  readonly emit?: 'wat';
  readonly check?: true;
  readonly json?: true;
}

export function addCompile(program: CommandLine, context: CommandContext): void {
  program
    .command('compile')
    .summary('turn a model into TypeScript, wasm or ONNX')
    .description(
      [
        'Writes TypeScript that builds the very same model with @tensorflow/tfjs alone: to NAME.ts in the current folder, where NAME is the name of the model, or to where -o says.',
        'With --target wasm, a program that predicts and trains by itself, in Node and in browsers: NAME.wasm, and beside it NAME.ts, which loads it and needs no package at all.',
        'With --target onnx and --weights, a trained model that predicts in any runtime which reads ONNX: NAME.onnx.',
        'Nothing is written for a spec with errors, and a file that speccc did not make is never overwritten.',
      ].join(' '),
    )
    .argument('<spec>', 'YAML file')
    .addOption(
      new Option('--target <target>', 'what to make, where the ending of the file does not say it').choices(
        targetNames,
      ),
    )
    .option('-o, --output <file>', 'where to write; - is stdout')
    .addOption(layersOption())
    .option(
      '--weights <run>',
      'wasm, onnx: the weights of a run, a checkpoint, a model.json or a safetensors file; wasm takes untrained ones where it is left out',
    )
    .option(
      '--batch <n>',
      "wasm: so many examples a training step, at most; the spec's batch size where it is left out",
      wholeNumber(1, 4096),
    )
    .option('--predict-only', 'wasm: leave training out, for a smaller program that needs less memory')
    .addOption(new Option('--emit <what>', 'wasm: print the text of the program').choices(['wat']))
    .option('--check', 'write nothing; exit with 1 where a file is missing or not up to date')
    .option('--json', 'print one JSON document that says what was done')
    .examples([
      { command: 'speccc compile lenet5.yaml', what: 'writes lenet5.ts' },
      { command: 'speccc compile lenet5.yaml -o src/model.ts', what: 'writes src/model.ts' },
      { command: 'speccc compile lenet5.yaml -o - | less', what: 'to stdout' },
      { command: 'speccc compile lenet5.yaml --check', what: 'for CI: is lenet5.ts up to date?' },
      {
        command: 'speccc compile lenet5.yaml --target wasm --weights runs/lenet5',
        what: 'writes lenet5.wasm and lenet5.ts',
      },
      {
        command: 'speccc compile lenet5.yaml --weights runs/lenet5 -o lenet5.onnx',
        what: 'for other runtimes',
      },
    ])
    .action(context.action((spec: string, options: Options) => compile(spec, options, context)));
}

async function compile(spec: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const target = chosenTarget(options);
  // Text for people goes to them, where they say nothing else.
  const output = options.output ?? (options.emit === undefined ? undefined : '-');
  const { out, err } = context.terminal;
  if (output === '-') checkStdout(options, target);
  const { graph } = await loadGraph(spec, context, options);
  if (output === '-') {
    const { files } = await target.compile(graph, output, options);
    out.write(files[0].content);
    return exitCodes.fine;
  }
  const path = output ?? `${graph.name}${target.endings[0]}`;
  const { files, notes } = await target.compile(graph, path, options);
  const compared = await Promise.all(
    files.map(async (file) => ({ ...file, state: await stateOf(file, target) })),
  );
  if (options.check) return check(spec, options, compared, context);

  const foreign = compared.find(({ state }) => state === 'foreign');
  if (foreign !== undefined) {
    throw new SpecccError(
      'output-exists',
      `${foreign.path} was not made by this command, so it is not overwritten`,
      { hints: ['name another file with -o, or move this one'] },
    );
  }
  const { writeFileWhole } = await import('../../runtime/whole-files.js');
  for (const { path, content, state } of compared) {
    if (state !== 'current') await writeFileWhole(path, content);
  }
  if (options.json) {
    out.line(jsonReport(spec, compared, (state) => (state === 'current' ? 'none' : 'written')));
    return exitCodes.fine;
  }
  for (const { path, size, state } of compared) {
    const wrote = `${out.colors.green('wrote')} ${path}  ${size} from ${spec}`;
    out.line(state === 'current' ? `${path} is up to date` : wrote);
  }
  for (const note of notes) err.line(err.colors.yellow(note));
  return exitCodes.fine;
}

type FileState = 'missing' | 'current' | 'stale' | 'foreign';

interface ComparedFile extends TargetFile {
  /** Of what is there under its name. */
  readonly state: FileState;
}

function check(
  spec: string,
  options: Options,
  files: readonly ComparedFile[],
  { program, terminal: { out, err } }: CommandContext,
): ExitCode {
  const wrong = files.filter(({ state }) => state !== 'current');
  if (options.json) {
    const actions = { current: 'none', missing: 'missing', stale: 'stale', foreign: 'stale' };
    out.line(jsonReport(spec, files, (state) => actions[state]));
  }
  if (wrong.length === 0) {
    if (!options.json) for (const { path } of files) out.line(`${path} is up to date`);
    return exitCodes.fine;
  }
  for (const { path, state } of wrong) {
    const what = state === 'missing' ? 'is missing' : 'is not up to date';
    err.line(`${err.colors.bold(err.colors.red('error'))}  ${path} ${what}`);
  }
  err.line(`  ${program} compile ${shellWord(spec)}${flagsOf(options)}`);
  return exitCodes.specIsWrong;
}

function jsonReport(
  spec: string,
  files: readonly ComparedFile[],
  actionOf: (state: FileState) => string,
): string {
  const entries = files.map(({ path, state }) => ({ file: path, action: actionOf(state) }));
  return JSON.stringify({ spec, files: entries }, null, 2);
}

function chosenTarget(options: Options): Target {
  const { emit, output } = options;
  const named = options.target ?? (emit === undefined ? undefined : 'wasm');
  if (emit !== undefined && named !== 'wasm') {
    throw new SpecccError('wrong-arguments', `'--emit ${emit}' is for '--target wasm'`);
  }
  const target = emit === undefined ? targetFor(named, output) : watTarget;
  for (const option of ['weights', 'batch', 'predictOnly'] as const) {
    if (options[option] === undefined || target.options.includes(option)) continue;
    const fitting = targetsWith(option).map((name) => `'--target ${name}'`);
    throw new SpecccError('wrong-arguments', `'--${flagName(option)}' is for programs`, {
      hints: [`add ${fitting.join(' or ')}`],
    });
  }
  checkEnding(target, output);
  return target;
}

function checkStdout({ check, json }: Options, { endings }: Target): void {
  if (check || json) {
    const other = check ? '--check' : '--json';
    throw new SpecccError('wrong-arguments', `'${other}' cannot be used together with '--output -'`);
  }
  if (endings.length > 1) {
    throw new SpecccError('wrong-arguments', `stdout cannot take two files: ${endings.join(' and ')}`, {
      hints: ['name a file with -o'],
    });
  }
}

/** The options that make the same files again. */
function flagsOf({ target, emit, output, weights, batch, predictOnly, layers }: Options): string {
  return Object.entries({ target, emit, o: output, weights, batch, predictOnly, layers })
    .flatMap(([name, value]) => {
      const flag = name.length === 1 ? `-${name}` : `--${flagName(name)}`;
      return [value ?? []]
        .flat()
        .map((one) => (one === true ? ` ${flag}` : ` ${flag} ${shellWord(String(one))}`));
    })
    .join('');
}

const flagName = (option: string) => option.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

async function stateOf({ path, content }: TargetFile, target: Target): Promise<FileState> {
  const current = await readIfThere(path);
  if (current === undefined) return 'missing';
  if (current.equals(Buffer.from(content as string))) return 'current';
  return current.length === 0 || target.isOwn(current, path) ? 'stale' : 'foreign';
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    // Whatever else is wrong with the place is said when the file is written.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') {
      throw new SpecccError('output-exists', `${file} is a folder`, { hints: ['name a file with -o'] });
    }
    return undefined;
  }
}
