/** `speccc schema`: the language of specs as JSON schema. */
import { SpecccError } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';

interface Options extends LayersOption {
  readonly output?: string;
}

export function addSchema(program: CommandLine, context: CommandContext): void {
  program
    .command('schema')
    .summary('print the JSON schema of specs')
    .description(
      'Prints the JSON schema (draft 2020-12) that specs are checked against; editors complete by it. With --layers it has the layers of your own, too.',
    )
    .option('-o, --output <file>', 'where to write; - is stdout', '-')
    .addOption(layersOption())
    .examples([
      { command: 'speccc schema -o speccc.schema.json', what: 'into a file' },
      { command: `speccc schema | jq '."$defs"["layer-conv2d"]'`, what: 'the options of a layer' },
    ])
    .action(context.action((options: Options) => printSchema(options, context)));
}

async function printSchema(options: Options, { terminal }: CommandContext): Promise<ExitCode> {
  const { output } = options;
  const [{ specSchema }, own] = await Promise.all([import('../../spec/index.js'), readLayers(options)]);
  const text = `${JSON.stringify(specSchema(own.layers), null, 2)}\n`;
  if (output === undefined || output === '-') {
    terminal.out.write(text);
    return exitCodes.fine;
  }
  await writeSchema(output, text);
  terminal.out.line(`${terminal.out.colors.green('wrote')} ${output}`);
  return exitCodes.fine;
}

/** Over an older schema of ours, but over nothing else. */
async function writeSchema(file: string, text: string): Promise<void> {
  const { readFile } = await import('node:fs/promises');
  const current = await readFile(file, 'utf8').catch(() => '');
  const ours = '"$id": ';
  if (current !== '' && !(current.includes(ours) && current.includes('speccc'))) {
    throw new SpecccError('output-exists', `${file} is no schema of speccc, so it is not overwritten`, {
      hints: ['name another file with -o, or move this one'],
    });
  }
  const { writeFileWhole } = await import('../../runtime/whole-files.js');
  await writeFileWhole(file, text);
}
