/** `speccc schema`: the language of specs as JSON schema. */
import { SpecccError } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';

interface Options {
  readonly output?: string;
}

export function addSchema(program: CommandLine, context: CommandContext): void {
  program
    .command('schema')
    .summary('print the JSON schema of specs')
    .description(
      'Prints the JSON schema (draft 2020-12) that specs are checked against; editors complete by it.',
    )
    .option('-o, --output <file>', 'where to write; - is stdout', '-')
    .examples([
      { command: 'speccc schema -o speccc.schema.json', what: 'into a file' },
      { command: 'speccc schema | jq .required', what: 'which keys must a spec have?' },
    ])
    .action(context.action((options: Options) => printSchema(options, context)));
}

async function printSchema({ output }: Options, { terminal }: CommandContext): Promise<ExitCode> {
  const { specSchema } = await import('../../spec/index.js');
  const text = `${JSON.stringify(specSchema(), null, 2)}\n`;
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
