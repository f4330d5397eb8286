/** `speccc expand`: a spec written out in full, without blocks, repeats, params and other files. */
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';

export function addExpand(program: CommandLine, context: CommandContext): void {
  program
    .command('expand')
    .summary('write a spec out in full')
    .description(
      'Prints the plain spec that a spec with blocks, branches, repeats, params, or files that it includes or extends stands for: the same model, with the same names and seeds, of layers only.',
    )
    .argument('<spec>', 'YAML file')
    .addOption(layersOption())
    .examples([
      { command: 'speccc expand resnet18.yaml', what: 'every layer of it' },
      { command: 'speccc expand resnet18.yaml > plain.yaml', what: 'a valid spec that needs no other file' },
    ])
    .action(context.action((spec: string, options: LayersOption) => expand(spec, options, context)));
}

async function expand(spec: string, options: LayersOption, { terminal }: CommandContext): Promise<ExitCode> {
  const [{ readSpecFile, specFolder }, { expandedText }, own] = await Promise.all([
    import('../../spec/read-spec-file.js'),
    import('../../compiler/check-spec.js'),
    readLayers(options),
  ]);
  const { text, file } = await readSpecFile(spec);
  terminal.out.write(expandedText(text, file, { ...own, readFile: specFolder(file) }));
  return exitCodes.fine;
}
