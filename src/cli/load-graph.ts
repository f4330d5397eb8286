/** From a spec's path to a model graph, with `--set` and its shorthands applied. Reports warnings, throws errors. */
import type { ModelGraph } from '../compiler/index.js';
import { type Diagnostic, SpecError } from '../diagnostics/index.js';
import type { Override } from '../spec/apply-overrides.js';
import type { CommandContext } from './context.js';
import { writeDiagnostics } from './report-failure.js';

export interface LoadedSpec {
  readonly graph: ModelGraph;
  /** Warnings only. */
  readonly diagnostics: readonly Diagnostic[];
  readonly text: string;
}

/** @throws SpecError where the spec has errors, SpecccError where the file cannot be read. */
export async function loadGraph(
  path: string,
  context: CommandContext,
  overrides: readonly Override[] = [],
): Promise<LoadedSpec> {
  const [{ readSpecFile, specFolder }, { checkSpec }] = await Promise.all([
    import('../spec/read-spec-file.js'),
    import('../compiler/check-spec.js'),
  ]);
  const read = await readSpecFile(path);
  const readFile = specFolder(read.file);
  const text =
    overrides.length === 0
      ? read.text
      : (await import('../spec/apply-overrides.js')).applyOverrides(read.text, read.file, overrides, {
          readFile,
        });
  const { graph, diagnostics, sources } = checkSpec(text, read.file, { readFile });
  if (graph === undefined) throw new SpecError(diagnostics, sources);
  await writeDiagnostics(diagnostics, sources, context.terminal.err);
  return { graph, diagnostics, text };
}
