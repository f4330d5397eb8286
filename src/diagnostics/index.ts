export { type FormatOptions, formatDiagnostics } from './code-frame.js';
export { type CodeEntry, type CodeKind, codes, type DiagnosticCode } from './codes.js';
export {
  type Diagnostic,
  formatPath,
  type Position,
  type Range,
  type Severity,
  type SourceTexts,
  type SpecPath,
} from './diagnostic.js';
export { SpecccError, SpecError } from './errors.js';
export { nearestWord, type OtherWords, sameWord } from './nearest-word.js';
