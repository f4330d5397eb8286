/** `speccc import`: a saved model of TensorFlow.js or Keras as a spec. */
import { readFile } from 'node:fs/promises';
import { dirname, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InvalidArgumentError, Option } from 'commander';
import type { GivenShape } from '../../compiler/import/index.js';
import { SpecccError, SpecError } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatCount, plural } from '../format.js';
import { shellWord } from '../shell-word.js';

interface Options {
  readonly output?: string;
  readonly inputShape?: readonly GivenShape[];
  readonly dataset?: string;
  readonly seed?: number;
  readonly json?: true;
}

export function addImport(program: CommandLine, context: CommandContext): void {
  program
    .command('import')
    .summary('make a spec of a saved model')
    .description(
      'Writes a spec that builds the same model as the model.json of TensorFlow.js, the to_json() of Keras 2 or 3, or a .keras file: to NAME.yaml in the current folder, where NAME is the name of the model, or to where -o says. What no spec can say is told at once, and then nothing is written; nor is a file that is there overwritten. The weights stay where they are.',
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
  const { output, json, inputShape, dataset, seed } = options;
  if (output === '-' && json) {
    throw new SpecccError('wrong-arguments', "'--json' cannot be used together with '--output -'");
  }
  const [{ readSavedModel }, { importModel }] = await Promise.all([
    import('../../runtime/read-saved-model.js'),
    import('../../compiler/import/index.js'),
  ]);
  const { text, file } = await readSavedModel(path);
  const { model, diagnostics } = importModel(text, file, {
    ...(inputShape && { inputShapes: inputShape }),
    ...(dataset !== undefined && { dataset }),
    ...(seed !== undefined && { seed }),
  });
  if (model === undefined) throw new SpecError(diagnostics, text);
  const { out, err } = context.terminal;
  const { dim, green, yellow } = err.colors;
  const tell = () => {
    for (const note of model.notes) err.line(`${yellow('note')}  ${note}`);
  };
  if (output === '-') {
    out.write(model.text);
    tell();
    return exitCodes.fine;
  }
  const target = output ?? `${model.name}.yaml`;
  const source = `${schemaLine(target)}\n${model.text}`;
  const written = await write(target, source);
  const layers = model.graph.nodes.length;
  const parameters = model.graph.nodes
    .flatMap(({ weights }) => weights)
    .reduce((sum, { shape }) => sum + shape.reduce((size, axis) => size * axis, 1), 0);
  if (json) {
    const { name, writer, notes, weights } = model;
    const action = written ? 'written' : 'none';
    out.line(
      JSON.stringify(
        { model: path, file: target, action, name, writer, layers, parameters, weights, notes },
        null,
        2,
      ),
    );
    return exitCodes.fine;
  }
  tell();
  const what = `${plural(layers, 'layer')}, ${formatCount(parameters)} parameters`;
  out.line(written ? `${green('wrote')} ${target}  ${what}` : `${target} is up to date`);
  if (model.weights === 'fit') {
    const command = `${context.program} train ${shellWord(target)} --initial-weights ${shellWord(path)}`;
    out.line(dim(`  its weights fit: ${command}`));
  }
  if (model.weights === 'differ') {
    out.line(
      dim(
        '  its weights have other names than those of the spec, so that --initial-weights cannot take them',
      ),
    );
  }
  return exitCodes.fine;
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
  const schema = fileURLToPath(new URL('../../../schema/speccc.schema.json', import.meta.url));
  const path = relative(dirname(file), schema).split(sep).join('/');
  return `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}`;
}
