/** `speccc init`: start from a spec that works. */
import { readFile, writeFile } from 'node:fs/promises';
import { SpecccError } from '../../diagnostics/index.js';
import { findBundledSpec, listBundledSpecs } from '../bundled-specs.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatTable } from '../format.js';
import { schemaReference } from '../package-folder.js';

interface Options {
  readonly json?: true;
}

export function addInit(program: CommandLine, context: CommandContext): void {
  program
    .command('init')
    .summary('start from a spec that comes with speccc')
    .description(
      'Copies a spec that comes with speccc into the current folder, and never over a file that is there. Without a name it lists what there is.',
    )
    .argument('[name]', 'which spec')
    .option('--json', 'print one JSON document')
    .examples([
      { command: 'speccc init', what: 'what is there?' },
      { command: 'speccc init lenet5', what: 'writes lenet5.yaml' },
    ])
    .action(
      context.action((name: string | undefined, options: Options) =>
        name === undefined ? list(options, context) : copy(name, options, context),
      ),
    );
}

async function list({ json }: Options, { terminal: { out }, program }: CommandContext): Promise<ExitCode> {
  const specs = await listBundledSpecs();
  if (json) {
    out.line(JSON.stringify({ specs }, null, 2));
    return exitCodes.fine;
  }
  const rows = specs.map(({ name, description }) => [out.colors.cyan(name), description]);
  for (const line of formatTable(rows)) out.line(line);
  out.line();
  out.line(`\`${program} init NAME\` copies one into the current folder`);
  return exitCodes.fine;
}

async function copy(name: string, { json }: Options, context: CommandContext): Promise<ExitCode> {
  const { out } = context.terminal;
  const spec = await findBundledSpec(name);
  const file = `${spec.name}.yaml`;
  const text = await readFile(spec.path, 'utf8');
  try {
    await writeFile(file, withSchemaHere(text), { flag: 'wx' });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') {
      throw new SpecccError('output-exists', `${file} is there already; nothing was written`, {
        hints: ['move it, or go to another folder'],
      });
    }
    const { diskError } = await import('../../runtime/whole-files.js');
    throw diskError(file, error);
  }
  if (json) {
    out.line(JSON.stringify({ spec: spec.name, file }, null, 2));
    return exitCodes.fine;
  }
  out.line(`${out.colors.green('wrote')} ${file}  ${spec.description}`);
  out.line(`  ${context.program} train ${file}`);
  return exitCodes.fine;
}

/** The first line tells editors where the schema is; from the new place that is somewhere else. */
function withSchemaHere(text: string): string {
  const reference = schemaReference(process.cwd());
  return text.replace(/^(# yaml-language-server: \$schema=).*$/m, (_, start: string) => start + reference);
}
