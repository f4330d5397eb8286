import type { DiagnosticCode } from './codes.js';

/** A place in a text: `line` and `column` count from 1, `offset` from 0, in UTF-16 code units. */
export interface Position {
  readonly line: number;
  readonly column: number;
  readonly offset: number;
}

/** Half-open: `end` is the first position after the text meant. */
export interface Range {
  readonly start: Position;
  readonly end: Position;
}

export type Severity = 'error' | 'warning';

/** The way to a value inside a spec: `['layers', 2, 'units']`. */
export type SpecPath = readonly (string | number)[];

/** One problem of a spec, at its place. */
export interface Diagnostic {
  readonly code: DiagnosticCode;
  readonly severity: Severity;
  /** What was expected and what was found, in one sentence without a full stop. */
  readonly message: string;
  /** The file as the user named it. */
  readonly file: string;
  readonly path: SpecPath;
  readonly range: Range;
  /** What to do: "did you mean 'activation'?". */
  readonly hint?: string;
  /** What led there, a line each: `32x32x3 → c1 28x28x6 → p1 14x14x6`. */
  readonly notes?: readonly string[];
}

/** The text that diagnostics point into; for diagnostics in several files, the text of each by the file's name. */
export type SourceTexts = string | ReadonlyMap<string, string>;

/** `layers[2].units` */
export function formatPath(path: SpecPath): string {
  return path.reduce<string>(
    (text, step) => (typeof step === 'number' ? `${text}[${step}]` : text === '' ? step : `${text}.${step}`),
    '',
  );
}
