/** The front door of the compiler: a text in, a model graph or everything that is wrong with it out. */
import { type Diagnostic, SpecError } from '../diagnostics/index.js';
import { parseSpec } from '../spec/document.js';
import { validateSpec } from '../spec/validate.js';
import type { ModelGraph } from './model-graph.js';
import { resolveGraph } from './resolve-graph.js';

export interface CheckResult {
  /** Present exactly where no diagnostic is an error. */
  readonly graph?: ModelGraph;
  /** In the order of the text; warnings among them. */
  readonly diagnostics: readonly Diagnostic[];
}

/** Checks a spec in full. Faults of the spec never throw. `file` is how messages name it. */
export function checkSpec(text: string, file: string): CheckResult {
  const parsed = parseSpec(text, file);
  const validated = parsed.document === undefined ? undefined : validateSpec(parsed.document);
  const resolved = validated?.spec === undefined ? undefined : resolveGraph(validated.spec);
  const diagnostics = inOrder([
    ...parsed.diagnostics,
    ...(validated?.diagnostics ?? []),
    ...(resolved?.diagnostics ?? []),
  ]);
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  return faulty || resolved?.graph === undefined ? { diagnostics } : { graph: resolved.graph, diagnostics };
}

/** In the order of the text, and once where aliases repeat a part of the text with its faults. */
function inOrder(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>();
  return diagnostics
    .filter(({ code, range, message }) => {
      // Only the path at the beginning of a message tells two uses of one text apart.
      const key = `${code} ${range.start.offset} ${range.end.offset} ${message.replace(/^[\w.[\]]+: /, '')}`;
      if (seen.has(key)) return false;
      seen.add(key);
      return true;
    })
    .sort((a, b) => a.range.start.offset - b.range.start.offset);
}

/**
 * A spec as a model graph.
 *
 * @throws SpecError with all diagnostics, where the spec has errors. Warnings alone throw nothing.
 */
export function compileSpec(text: string, file: string): ModelGraph {
  const { graph, diagnostics } = checkSpec(text, file);
  if (graph === undefined) throw new SpecError(diagnostics, text);
  return graph;
}
