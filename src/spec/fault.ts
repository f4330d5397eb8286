/** What is wrong with a value, before it is located in a text. */
import type { DiagnosticCode, SpecPath } from '../diagnostics/index.js';
import { describeValue, type JsonSchema, listOf } from './describe.js';
import { didYouMean } from './suggest.js';

export interface Fault {
  readonly code: DiagnosticCode;
  readonly path: SpecPath;
  /**
   * What of the path's place is meant: its key, its value, where it is used (for what is right where it is
   * written, but not where an alias repeats it), or where something is missing inside it.
   */
  readonly at: 'key' | 'value' | 'use' | 'inside';
  readonly message: string;
  readonly hint?: string;
  /** The part of a text that is meant, where it is not the whole: offsets in the text as it was read. */
  readonly part?: { readonly text: string; readonly start: number; readonly end: number };
  /** Another place that has to do with it, and how the note about it begins. */
  readonly related?: { readonly text: string; readonly path: SpecPath };
  /** True where no number, word or truth value at all could be right, so that none that is computed is either. */
  readonly structural?: boolean;
  /** Warnings are said to be one. */
  readonly severity?: 'warning';
  readonly notes?: readonly string[];
}

/** To be spread into a fault. */
export const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint });

/** True for the items of lists of steps: `layers`, and the branches of `parallel`, at any depth. */
export function isStepPath(path: SpecPath): boolean {
  const [above, list, item] = path.slice(-3);
  if (typeof path[path.length - 1] !== 'number') return false;
  return path.length === 2 ? path[0] === 'layers' : list === 'layers' || isBranch(above, list, item);
}

const isBranch = (above: unknown, list: unknown, item: unknown) =>
  above === 'parallel' && typeof list === 'number' && typeof item === 'number';

/** A word that is none of those known at its place; `name` says which place that is. */
export function unknownValue(value: string, known: readonly string[], path: SpecPath, name: string): Fault {
  return {
    code: 'unknown-value',
    path,
    at: 'value',
    message: `${name}: expected ${listOf(known, 'or')}, found ${describeValue(value)}`,
    ...hinted(didYouMean(value, known)),
  };
}

/** Whose options a mapping holds: `conv2d`, `truncatedNormal`, `checkpoint`, `a spec`. */
export function ownerOf(schema: JsonSchema, path: SpecPath): string {
  const type = schema.properties?.type?.const;
  if (typeof type === 'string') return type;
  return schema.title ?? (path.length === 0 ? 'a spec' : String(path[path.length - 1]));
}
