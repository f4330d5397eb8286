/** What an import has to say: faults, each at its place in the JSON, and notes about what came out differently. */
import type { Diagnostic, DiagnosticCode, SpecPath } from '../../diagnostics/index.js';
import type { JsonDocument } from './json-document.js';

export interface ImportFault {
  readonly code: DiagnosticCode;
  /** The value in the JSON that is meant; where it does not exist, the nearest one around it. */
  readonly path: SpecPath;
  readonly message: string;
  readonly hint?: string;
}

/** Gathers, so that everything that is wrong with a file is told at once. */
export class Findings {
  readonly faults: ImportFault[] = [];
  private readonly noted = new Map<string, string[]>();

  /** What the language of specs has no words for. */
  cannot(path: SpecPath, message: string, hint?: string): void {
    this.faults.push({ code: 'cannot-import', path, message, ...(hint !== undefined && { hint }) });
  }

  /** What no program would have written. */
  damaged(path: SpecPath, message: string): void {
    this.faults.push({ code: 'damaged-model', path, message });
  }

  /** `layer` where it is about one of them: a note about many is told once. */
  note(text: string, layer?: string): void {
    const layers = this.noted.get(text) ?? [];
    if (layer !== undefined) layers.push(layer);
    this.noted.set(text, layers);
  }

  get notes(): readonly string[] {
    return [...this.noted].map(([text, layers]) => (layers.length === 0 ? text : `${some(layers)}: ${text}`));
  }
}

const shown = 3;

/** `c1, c2, c3 and 5 more` */
function some(names: readonly string[]): string {
  if (names.length <= shown + 1) return names.join(', ');
  return `${names.slice(0, shown).join(', ')} and ${names.length - shown} more`;
}

/** In the order of the file. A fault of an object shows where it begins, since objects are long. */
export function locateFaults(faults: readonly ImportFault[], document: JsonDocument): readonly Diagnostic[] {
  return faults
    .map((fault): Diagnostic => {
      const value = document.locate(fault.path);
      const isLong = value.end.line > value.start.line || value.end.offset - value.start.offset > 60;
      const key = document.locateKey(fault.path);
      const range = isLong
        ? key.start.offset === value.start.offset
          ? {
              start: value.start,
              end: { ...value.start, column: value.start.column + 1, offset: value.start.offset + 1 },
            }
          : key
        : value;
      return { severity: 'error', file: document.file, range, ...fault };
    })
    .sort((a, b) => a.range.start.offset - b.range.start.offset);
}
