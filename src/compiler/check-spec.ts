/** The front door of the compiler: a text in, a model graph or everything that is wrong with it out. */
import { type Diagnostic, SpecError } from '../diagnostics/index.js';
import { builtInRegistry, type LayerRegistry } from '../layers/index.js';
import { applyOverrides, type Override } from '../spec/apply-overrides.js';
import { parseSpec } from '../spec/document.js';
import { expandSpec } from '../spec/expand/expand-spec.js';
import type { ExpandedSpec } from '../spec/expand/expanded-spec.js';
import { languageOf } from '../spec/language.js';
import { loadProgram, type ReadFile } from '../spec/program.js';
import { validateSpec } from '../spec/validate.js';
import type { ModelGraph } from './model-graph.js';
import { printExpanded } from './print-expanded.js';
import { resolveGraph } from './resolve-graph.js';

export interface CheckOptions {
  /** The kinds of layers that specs may use; the built-in ones where left out. */
  readonly layers?: LayerRegistry;
  /**
   * The files that the spec includes or extends, by their paths from its folder: `specFolder` reads them from a disk.
   * Where it is left out, a spec that has such files is refused.
   */
  readonly readFile?: ReadFile;
  /** Values to set in the text first, as `applyOverrides` does. */
  readonly set?: readonly Override[];
}

export interface CheckResult {
  /** Present exactly where no diagnostic is an error. */
  readonly graph?: ModelGraph;
  /** File by file, in the order of the text; warnings among them. */
  readonly diagnostics: readonly Diagnostic[];
  /** The texts of all files that were read, by the names that diagnostics have for them. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Checks a spec in full. Faults of the spec never throw. `file` is how messages name it. */
export function checkSpec(text: string, file: string, options: CheckOptions = {}): CheckResult {
  const { graph, diagnostics, sources } = check(text, file, options);
  return { ...(graph && { graph }), diagnostics, sources };
}

/**
 * A spec as a model graph.
 *
 * @throws SpecError with all diagnostics, where the spec has errors. Warnings alone throw nothing.
 */
export function compileSpec(text: string, file: string, options: CheckOptions = {}): ModelGraph {
  const { graph, diagnostics, sources } = check(text, file, options);
  if (graph === undefined) throw new SpecError(diagnostics, sources);
  return graph;
}

/**
 * A spec written out in full, as a valid spec: blocks, branches, repeats, params and other files are gone, and its
 * layers have the names that they have in the graph, so that it is the very same model, seeds and all.
 *
 * @throws SpecError where the spec has errors.
 */
export function expandedText(text: string, file: string, options: CheckOptions = {}): string {
  const { graph, expanded, diagnostics, sources } = check(text, file, options);
  if (graph === undefined || expanded === undefined) throw new SpecError(diagnostics, sources);
  return printExpanded(expanded);
}

function check(
  given: string,
  file: string,
  options: CheckOptions,
): CheckResult & { readonly expanded?: ExpandedSpec } {
  const { layers = builtInRegistry, readFile, set = [] } = options;
  const text = set.length === 0 ? given : applyOverrides(given, file, set, options);
  const language = languageOf(layers);
  const parsed = parseSpec(text, file);
  if (parsed.document === undefined) {
    return { diagnostics: parsed.diagnostics, sources: new Map([[file, text]]) };
  }
  const loaded = loadProgram(parsed.document, language, readFile);
  const { texts } = loaded.program;
  const validated = validateSpec(loaded.program, language);
  const expanded = validated.spec === undefined ? undefined : expandSpec(validated.spec);
  const resolved = expanded === undefined ? undefined : resolveGraph(expanded.expanded);
  const diagnostics = inOrder(
    [
      ...parsed.diagnostics,
      ...loaded.diagnostics,
      ...validated.diagnostics,
      ...(expanded?.diagnostics ?? []),
      ...(resolved?.diagnostics ?? []),
    ],
    [...texts.keys()],
  );
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  return {
    ...(faulty || resolved?.graph === undefined ? {} : { graph: resolved.graph }),
    ...(expanded && { expanded: expanded.expanded }),
    diagnostics,
    sources: texts,
  };
}

/** In the order of the files and their texts, and once where aliases repeat a part of a text with its faults. */
function inOrder(diagnostics: readonly Diagnostic[], files: readonly string[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  const placeOf = (file: string) => (files.includes(file) ? files.indexOf(file) : files.length);
  return diagnostics
    .filter(({ code, file, range, message }) => {
      // Only the path at the beginning of a message tells two uses of one text apart.
      const plain = message.replace(/^[\w.[\]]+: /, '');
      const key = `${code} ${file} ${range.start.offset} ${range.end.offset} ${plain}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => placeOf(a.file) - placeOf(b.file) || a.range.start.offset - b.range.start.offset);
}
