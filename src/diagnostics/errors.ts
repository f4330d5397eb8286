import { type CodeKind, codes, type DiagnosticCode } from './codes.js';
import type { Diagnostic, SourceTexts } from './diagnostic.js';

/** Thrown by the façade functions for a spec with errors; carries all of its diagnostics. */
export class SpecError extends Error {
  override readonly name = 'SpecError';

  constructor(
    readonly diagnostics: readonly Diagnostic[],
    /** What the diagnostics point into, for code frames. */
    readonly source: SourceTexts,
  ) {
    super(
      diagnostics
        .map(
          (d) =>
            `${d.file}:${d.range.start.line}:${d.range.start.column} ${d.severity} ${d.code} ${d.message}`,
        )
        .join('\n'),
    );
  }
}

/**
 * A problem that a person can do something about and that has no place in a spec: a missing file, a full
 * disk, a damaged checkpoint, no network. Anything else that is thrown is a bug.
 */
export class SpecccError extends Error {
  override readonly name = 'SpecccError';
  readonly code: DiagnosticCode;
  /** What to do about it, one way out a line. */
  readonly hints: readonly string[];

  constructor(
    code: DiagnosticCode,
    message: string,
    options: { hints?: readonly string[]; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hints = options.hints ?? [];
  }

  get kind(): CodeKind {
    return codes[this.code].kind;
  }
}
