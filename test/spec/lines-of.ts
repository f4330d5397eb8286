import type { Diagnostic } from '../../src/diagnostics/index.js';

/** `yaml-syntax this '{' is never closed (add '}')` */
export const messagesOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  diagnostics.map(({ code, message, hint, notes, severity }) => {
    const after = [hint, ...(notes ?? [])].filter((text) => text !== undefined);
    const mark = severity === 'warning' ? '(warning) ' : '';
    return `${mark}${code} ${message}${after.length === 0 ? '' : ` (${after.join('; ')})`}`;
  });

/** The same after its place: `3:5 yaml-syntax …`. */
export const linesOf = (diagnostics: readonly Diagnostic[]): readonly string[] =>
  messagesOf(diagnostics).map((message, i) => {
    const { line, column } = diagnostics[i]!.range.start;
    return `${line}:${column} ${message}`;
  });
