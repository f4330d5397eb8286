/** `speccc import`: a saved model of TensorFlow.js or Keras as a spec. */
import { readFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { GivenShape, ImportedModel } from '../../compiler/import/index.js';
import { SpecccError, SpecError } from '../../diagnostics/index.js';
import { sizeOf } from '../../layers/shape.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatCount, plural } from '../format.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';
import { schemaReference } from '../package-folder.js';
import { shellWord } from '../shell-word.js';

interface Options extends LayersOption {
  readonly output?: string;
  readonly inputShape?: readonly GivenShape[];
  readonly dataset?: string;
  readonly seed?: number;
  readonly weights?: string;
  readonly json?: true;
}

export function addImport(program: CommandLine, context: CommandContext): void {
  program
    .command('import')
    .summary('make a spec of a saved model')
    .description(
      'Writes a spec that builds the same model as the model.json of TensorFlow.js, the to_json() of Keras 2 or 3, or a .keras file: to NAME.yaml in the current folder, where NAME is the name of the model, or to where -o says. What no spec can say is told at once, and then nothing is written; nor is a file that is there overwritten. The weights stay where they are, and `speccc train --initial-weights model.json` goes on with them.',
    )
    .argument('<model>', 'model.json, a folder with one, or a .keras file')
    .option('-o, --output <file>', 'where to write; - is stdout')
    .addOption(
      new Option(
        '--input-shape <shape>',
        'sizes that the model leaves open: 224x224x3, or image=224x224x3 for one of several inputs',
      ).argParser(readShape),
    )
    .option('--dataset <name>', 'what to train on, if the model was saved with its training: cifar10')
    .addOption(new Option('--seed <number>', 'seed of the spec').argParser(readSeed))
    .addOption(layersOption())
    .option('--weights <folder>', 'also write the weights to a new folder, under the names that the spec has')
    .option('--json', 'print one JSON document that says what was done')
    .examples([
      { command: 'speccc import model.json', what: 'writes NAME.yaml' },
      { command: 'speccc import model.json -o - | less', what: 'to stdout' },
      {
        command: 'speccc import mobilenet.keras --input-shape 224x224x3',
        what: 'fixes the size of its images',
      },
      {
        command: 'speccc train lenet5.yaml --initial-weights model.json',
        what: 'goes on with the weights of a model of TensorFlow.js',
      },
    ])
    .action(context.action((model: string, options: Options) => importSpec(model, options, context)));
}

function readShape(text: string, earlier: readonly GivenShape[] = []): readonly GivenShape[] {
  const [, name, sizes = ''] = /^(?:(.+)=)?(\d+(?:[x,]\d+)*)$/.exec(text) ?? [];
  const shape = sizes.split(/[x,]/).map(Number);
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 1)) {
    throw new InvalidArgumentError('expected sizes such as 224x224x3');
  }
  return [...earlier, { ...(name !== undefined && { name }), shape }];
}

function readSeed(text: string): number {
  const seed = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError('expected a whole number');
  return seed;
}

async function importSpec(path: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { output, json, inputShape, dataset, seed, weights: folder } = options;
  if (output === '-' && json) {
    throw new SpecccError('wrong-arguments', "'--json' cannot be used together with '--output -'");
  }
  const [{ readSavedModel }, { importModel }, own] = await Promise.all([
    import('../../runtime/read-saved-model.js'),
    import('../../compiler/import/index.js'),
    readLayers(options),
  ]);
  const { text, file } = await readSavedModel(path);
  const { model, diagnostics } = importModel(text, file, {
    ...own,
    ...(inputShape && { inputShapes: inputShape }),
    ...(dataset !== undefined && { dataset }),
    ...(seed !== undefined && { seed }),
  });
  if (model === undefined) throw new SpecError(diagnostics, text);
  const weights = folder === undefined ? undefined : await readWeights(model, file, folder);
  const { out, err } = context.terminal;
  const target = output ?? `${model.name}.yaml`;
  const written = target === '-' || (await write(target, `${schemaLine(target)}\n${model.text}`));
  if (weights !== undefined && folder !== undefined) {
    const { writeFolderWhole } = await import('../../runtime/whole-files.js');
    await writeFolderWhole(folder, weights);
  }
  if (target === '-') out.write(model.text);
  if (json) out.line(JSON.stringify({ model: path, file: target, written, ...factsOf(model) }, null, 2));
  else for (const note of model.notes) err.line(`${err.colors.yellow('note')}  ${note}`);
  if (json || target === '-') return exitCodes.fine;
  const { layers, parameters } = factsOf(model);
  const { dim, green } = out.colors;
  const what = `${plural(layers, 'layer')}, ${formatCount(parameters)} parameters`;
  out.line(written ? `${green('wrote')} ${target}  ${what}` : `${target} is up to date`);
  if (folder !== undefined) out.line(`${green('wrote')} ${folder}  its weights, by the names of the spec`);
  const say = (words: readonly string[]) => words.map(shellWord).join(' ');
  const command = [context.program, 'train', target, '--initial-weights'];
  const { state } = model.weights;
  if (folder !== undefined || state === 'fit') {
    out.line(dim(`  to go on with its weights: ${say([...command, folder ?? file])}`));
  } else if (state === 'renamed') {
    const again = say([context.program, 'import', path, '-o', target, '--weights', 'weights']);
    out.line(dim(`  some of its weights have other names in the spec: ${again}`));
  } else if (state === 'differ') {
    out.line(dim('  the weights beside the file are not those of the spec'));
  }
  return exitCodes.fine;
}

function factsOf({ name, writer, notes, weights, graph }: ImportedModel) {
  const shapes = graph.nodes.flatMap((node) => node.weights.map(({ shape }) => shape));
  const parameters = shapes.reduce((sum, shape) => sum + sizeOf(shape), 0);
  return { name, writer, layers: graph.nodes.length, parameters, weights: weights.state, notes };
}

/** The files of the weights, before anything is written. */
async function readWeights(model: ImportedModel, file: string, folder: string) {
  const { state, names } = model.weights;
  if (state === 'none' || state === 'differ') {
    const what =
      state === 'none' ? 'there are no weights beside' : 'the weights of the spec are not those of';
    throw new SpecccError('wrong-arguments', `${what} ${file}, so that '--weights' has none to write`);
  }
  if (await readFile(folder).catch((error: NodeJS.ErrnoException) => error.code !== 'ENOENT')) {
    throw new SpecccError('output-exists', `${folder} is there already; nothing was written`, {
      hints: ['name another folder with --weights, or move this one'],
    });
  }
  const { importWeights } = await import('../../runtime/import-weights.js');
  return importWeights(file, model.graph, names);
}

/** False where the file is there already with just this content. */
async function write(file: string, text: string): Promise<boolean> {
  const current = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) =>
    error.code === 'ENOENT' ? undefined : '',
  );
  if (current === text) return false;
  if (current !== undefined) {
    throw new SpecccError('output-exists', `${file} is there already; nothing was written`, {
      hints: ['name another file with -o, or move this one'],
    });
  }
  const { writeFileWhole } = await import('../../runtime/whole-files.js');
  await writeFileWhole(file, text);
  return true;
}

/** Tells editors where the schema is, as it is seen from the spec. */
function schemaLine(file: string): string {
  return `# yaml-language-server: $schema=${schemaReference(dirname(file))}`;
}
