/** `speccc export`: the weights of a trained model, for people and other programs. */
import { join } from 'node:path';
import { Option } from 'commander';
import { SpecccError } from '../../diagnostics/index.js';
import type { ExportFormat } from '../../runtime/export-weights.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatBytes, formatCount, plural } from '../format.js';
import { syntheticModel } from '../training-display.js';

interface Options {
  readonly format: ExportFormat;
  readonly output?: string;
  readonly checkpoint?: string;
  readonly json?: true;
}

const formatChoices = ['txt', 'json', 'csv', 'npy', 'safetensors'] as const satisfies readonly ExportFormat[];

export function addExport(program: CommandLine, context: CommandContext): void {
  program
    .command('export')
    .summary('write the weights of a trained model')
    .description(
      'Writes the weights of a trained model into one file of the run folder, or to where -o says: txt has every trainable variable with its name, shape and all values for people to read, the other formats have all weights for programs. npy is a folder with one file a weight.',
    )
    .argument('<run>', 'run folder, or a checkpoint in it')
    .addOption(new Option('--format <format>', 'as what').choices(formatChoices).default('txt'))
    .option('-o, --output <file>', 'where to write (a folder for npy); - is stdout')
    .option('--checkpoint <name>', 'best, last, epoch-3, …; best where it is left out')
    .option('--json', 'print one JSON document that says what was written')
    .examples([
      { command: 'speccc export runs/lenet5', what: 'writes runs/lenet5/weights.txt' },
      { command: 'speccc export runs/lenet5 --format safetensors -o lenet5.safetensors', what: 'for Python' },
      { command: 'speccc export runs/lenet5 -o - | less', what: 'to stdout' },
    ])
    .action(context.action((run: string, options: Options) => exportRun(run, options, context)));
}

async function exportRun(
  run: string,
  options: Options,
  { terminal: { out, err } }: CommandContext,
): Promise<ExitCode> {
  const { format, output, checkpoint, json } = options;
  if (output === '-' && (format === 'npy' || json)) {
    const other = json ? '--json' : '--format npy';
    throw new SpecccError('wrong-arguments', `'${other}' cannot be used together with '--output -'`);
  }
  const [{ exportWeights }, { openRunFiles }, { writeFileWhole }] = await Promise.all([
    import('../../runtime/export-weights.js'),
    import('../../runtime/run-folder.js'),
    import('../../runtime/whole-files.js'),
  ]);
  const exported = await exportWeights(run, format, checkpoint === undefined ? {} : { checkpoint });
  const { synthetic } = (await openRunFiles(exported.folder)).record.data;
  const files = Object.entries(exported.files);
  const folder = format === 'npy' ? (output ?? join(exported.folder, 'weights')) : exported.folder;
  const written: string[] = [];
  let bytes = 0;
  for (const [name, content] of files) {
    if (output === '-') {
      out.write(content);
      continue;
    }
    const file = format === 'npy' ? join(folder, name) : (output ?? join(folder, name));
    await writeFileWhole(file, content);
    written.push(file);
    bytes += Buffer.byteLength(content);
  }
  if (synthetic) err.line(err.colors.yellow(syntheticModel));
  if (output === '-') return exitCodes.fine;
  const { weights, values, epoch } = exported;
  if (json) {
    const { folder, checkpoint } = exported;
    out.line(
      JSON.stringify(
        { run: folder, checkpoint, epoch, synthetic, format, weights, values, files: written },
        null,
        2,
      ),
    );
    return exitCodes.fine;
  }
  const place = format === 'npy' ? `${files.length} files in ${folder}` : written.join(', ');
  const what = `${plural(weights, 'weight')}, ${formatCount(values)} values, ${formatBytes(bytes)}`;
  out.line(
    `${out.colors.green('wrote')} ${place}  ${what}, from checkpoints/${exported.checkpoint}, epoch ${epoch}`,
  );
  return exitCodes.fine;
}
