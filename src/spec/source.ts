/**
 * What a spec says, whichever file says it: one document, or several of which the later ones extend the earlier.
 * A value stands at the same path in the whole and in the file that it comes from.
 */
import type { SpecPath } from '../diagnostics/index.js';
import { isMapping } from './describe.js';
import type { SpecDocument } from './document.js';

export interface SpecSource {
  readonly value: unknown;
  /** The file that the value at a path comes from; where there is none, that of the value around it. */
  ownerOf(path: SpecPath): SpecDocument;
}

export function sourceOf(document: SpecDocument): SpecSource {
  return { value: document.value, ownerOf: () => document };
}

/**
 * The base first. Mappings are merged key by key, in the order of the base; everything else, lists too, is replaced.
 * The keys in `own` belong to each file alone and are left out.
 */
export function mergeSources(documents: readonly SpecDocument[], own: readonly string[]): SpecSource {
  const values = documents.map(({ value }) => without(value, own));
  return {
    value: values.reduce(merge),
    ownerOf(path) {
      if (documents.length === 1) return documents[0]!;
      let candidates = documents.map((document, index) => ({ document, value: values[index] }));
      for (const step of path) {
        // A value that is no mapping hides all before it.
        const first = candidates.findLastIndex(({ value }) => !isMapping(value));
        const merged = candidates.slice(Math.max(first, 0));
        const next = merged.flatMap(({ document, value }) => {
          const inside = value as Readonly<Record<string | number, unknown>> | null;
          return typeof value === 'object' && inside !== null && Object.hasOwn(inside, step)
            ? [{ document, value: inside[step] }]
            : [];
        });
        if (next.length === 0) break;
        candidates = next;
      }
      return candidates[candidates.length - 1]!.document;
    },
  };
}

function without(value: unknown, keys: readonly string[]): unknown {
  if (!isMapping(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)));
}

function merge(base: unknown, top: unknown): unknown {
  if (!isMapping(base) || !isMapping(top)) return top;
  const merged = new Map(Object.entries(base));
  for (const [key, value] of Object.entries(top)) {
    merged.set(key, merged.has(key) ? merge(merged.get(key), value) : value);
  }
  return Object.fromEntries(merged);
}
