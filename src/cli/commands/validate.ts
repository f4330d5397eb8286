/** `speccc validate`: is a spec right? Loads the spec and compiler rooms and nothing heavier. */
import { type Diagnostic, SpecccError } from '../../diagnostics/index.js';
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { plural } from '../format.js';
import { type LayersOption, layersOption, readLayers } from '../layers-option.js';
import { countDiagnostics, reportFailure, writeDiagnostics } from '../report-failure.js';

interface Options extends LayersOption {
  readonly json?: true;
}

interface CheckedFile {
  readonly file: string;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** Where the file could not be read at all. */
  readonly error?: { readonly code: string; readonly message: string; readonly hints: readonly string[] };
}

export function addValidate(program: CommandLine, context: CommandContext): void {
  program
    .command('validate')
    .summary('check specs')
    .description('Checks specs in full and reports all faults of all files at once. Nothing is written.')
    .argument('<spec...>', 'YAML files')
    .addOption(layersOption())
    .option('--json', 'print one JSON document with all diagnostics')
    .examples([
      { command: 'speccc validate lenet5.yaml', what: 'one spec' },
      { command: 'speccc validate specs/*.yaml', what: 'many files' },
      { command: 'speccc validate draft.yaml --json', what: 'for editors and scripts' },
    ])
    .action(context.action((specs: string[], options: Options) => validate(specs, options, context)));
}

async function validate(
  specs: readonly string[],
  options: Options,
  context: CommandContext,
): Promise<ExitCode> {
  const { json } = options;
  const [{ readSpecFile, specFolder }, { checkSpec }, own] = await Promise.all([
    import('../../spec/read-spec-file.js'),
    import('../../compiler/check-spec.js'),
    readLayers(options),
  ]);
  const { out, err } = context.terminal;
  const checked: CheckedFile[] = [];
  let exitCode: ExitCode = exitCodes.fine;
  for (const spec of specs) {
    try {
      const { text, file } = await readSpecFile(spec);
      const { graph, diagnostics, sources } = checkSpec(text, file, {
        ...own,
        readFile: specFolder(file),
      });
      checked.push({ file, ok: graph !== undefined, diagnostics });
      if (graph === undefined && exitCode === exitCodes.fine) exitCode = exitCodes.specIsWrong;
      if (json) continue;
      await writeDiagnostics(diagnostics, sources, err);
      if (graph !== undefined) {
        const warnings = diagnostics.length === 0 ? '' : ` with ${countDiagnostics(diagnostics)}`;
        out.line(`${out.colors.green('ok')}  ${file}  ${plural(graph.nodes.length, 'layer')}${warnings}`);
      }
    } catch (failure) {
      if (!(failure instanceof SpecccError)) throw failure;
      const { code, message, hints } = failure;
      checked.push({ file: spec, ok: false, diagnostics: [], error: { code, message, hints } });
      const failed = await reportFailure(failure, context.terminal, { json: false, verbose: false });
      if (exitCode < failed) exitCode = failed;
    }
  }
  if (json) {
    const all = checked.flatMap(({ diagnostics }) => diagnostics);
    const errors = all.filter(({ severity }) => severity === 'error').length;
    const ok = checked.every((file) => file.ok);
    out.line(JSON.stringify({ ok, errors, warnings: all.length - errors, files: checked }, null, 2));
  } else if (specs.length > 1) {
    const wrong = checked.filter(({ ok }) => !ok).length;
    const text =
      wrong === 0 ? `all ${specs.length} specs are fine` : `${wrong} of ${specs.length} specs are wrong`;
    err.line(text);
  }
  return exitCode;
}
