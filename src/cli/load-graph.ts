/** From a spec's path to a model graph, with `--layers`, `--set` and its shorthands. Reports warnings, throws errors. */
import type { ModelGraph } from '../compiler/index.js';
import { SpecError } from '../diagnostics/index.js';
import type { LayerRegistry } from '../layers/index.js';
import type { Override } from '../spec/apply-overrides.js';
import type { CommandContext } from './context.js';
import { type LayersOption, readLayers } from './layers-option.js';
import { writeDiagnostics } from './report-failure.js';

export interface LoadedSpec {
  readonly graph: ModelGraph;
  /** Where the user brought some along. */
  readonly layers?: LayerRegistry;
}

/** @throws SpecError where the spec has errors, SpecccError where a file cannot be read. */
export async function loadGraph(
  path: string,
  context: CommandContext,
  options: LayersOption = {},
  set: readonly Override[] = [],
): Promise<LoadedSpec> {
  const [{ readSpecFile, specFolder }, { checkSpec }, own] = await Promise.all([
    import('../spec/read-spec-file.js'),
    import('../compiler/check-spec.js'),
    readLayers(options),
  ]);
  const { text, file } = await readSpecFile(path);
  const readFile = specFolder(file);
  const { graph, diagnostics, sources } = checkSpec(text, file, { ...own, readFile, set });
  if (graph === undefined) throw new SpecError(diagnostics, sources);
  await writeDiagnostics(diagnostics, sources, context.terminal.err);
  return { graph, ...own };
}
