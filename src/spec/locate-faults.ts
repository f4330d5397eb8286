/** From faults of values to diagnostics with places in the files that the values come from. */
import type { Diagnostic, Position, Range, SpecPath } from '../diagnostics/index.js';
import type { SpecDocument } from './document.js';
import type { Fault } from './fault.js';
import type { SpecSource } from './source.js';

/** What was reported with the text itself is not reported again for its value. */
export function locateFaults(source: SpecSource, faults: readonly Fault[]): readonly Diagnostic[] {
  return faults.flatMap((fault) => {
    const located = locateFault(source, fault);
    return located === undefined ? [] : [located];
  });
}

/** Nothing where the text of the value has been reported already. */
export function locateFault(
  source: SpecSource,
  { at, related, part, severity, structural: _structural, notes = [], ...fault }: Fault,
): Diagnostic | undefined {
  const document = source.ownerOf(fault.path);
  if (document.isFaulty(fault.path)) return undefined;
  const all = [...(related === undefined ? [] : [noteOf(source, document, related)]), ...notes];
  return {
    severity: severity ?? 'error',
    ...fault,
    file: document.file,
    range: (part && rangeOfPart(document, fault.path, part)) ?? rangeOf(document, fault.path, at),
    ...(all.length > 0 && { notes: all }),
  };
}

/** `resnet18.yaml:31:7`, of the beginning of a value. */
export function placeOf(source: SpecSource, path: SpecPath): string {
  const document = source.ownerOf(path);
  const { line, column } = document.locate(path).start;
  return `${document.file}:${line}:${column}`;
}

function noteOf(
  source: SpecSource,
  near: SpecDocument,
  { text, path }: NonNullable<Fault['related']>,
): string {
  const document = source.ownerOf(path);
  const { line } = rangeOf(document, path, 'use').start;
  return document === near ? `${text} in line ${line}` : `${text} in line ${line} of ${document.file}`;
}

function rangeOf(document: SpecDocument, path: SpecPath, at: Fault['at']): Range {
  const value = document.locate(path);
  const around = document.locate(path.slice(0, -1));
  switch (at) {
    case 'key':
      return document.locateKey(path);
    case 'value':
      return value;
    case 'use':
      return isInside(value, around) ? value : around;
    case 'inside': {
      // What is missing has no place of its own: its type's is the next best, then its key's, then its beginning.
      for (const key of ['type', 'use']) {
        const named = document.locate([...path, key]);
        if (named.start.offset !== value.start.offset || named.end.offset !== value.end.offset) return named;
      }
      const key = document.locateKey(path);
      return key.start.offset === value.start.offset ? { start: value.start, end: value.start } : key;
    }
  }
}

const isInside = (inner: Range, outer: Range) =>
  inner.start.offset >= outer.start.offset && inner.end.offset <= outer.end.offset;

/** The part of a text, where the text is written as it reads: on one line, without escapes. */
function rangeOfPart(
  document: SpecDocument,
  path: SpecPath,
  { text, start, end }: NonNullable<Fault['part']>,
): Range | undefined {
  const whole = document.locate(path);
  const written = document.text.slice(whole.start.offset, whole.end.offset);
  const quotes = written === text ? 0 : written.slice(1, -1) === text ? 1 : undefined;
  if (quotes === undefined || written.includes('\n')) return undefined;
  const at = (offset: number): Position => ({
    line: whole.start.line,
    column: whole.start.column + quotes + offset,
    offset: whole.start.offset + quotes + offset,
  });
  return { start: at(start), end: at(end) };
}
