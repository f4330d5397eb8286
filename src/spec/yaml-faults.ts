/** What YAML's parser finds wrong with a text, in our words. */
import type { CST, Document, ParsedNode, YAMLError } from 'yaml';
import type { DiagnosticCode, SpecPath } from '../diagnostics/index.js';
import { limits } from './limits.js';

/** A fault before it has a file: `offsets` count UTF-16 code units, first and after the last. */
export interface TextFault {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint?: string;
  readonly offsets: readonly [number, number];
  readonly path?: SpecPath;
}

/** After these the rest of the document still means what it says. */
const recoverable: ReadonlySet<string> = new Set([
  'DUPLICATE_KEY',
  'TAG_RESOLVE_FAILED',
  'MULTIPLE_DOCS',
  'KEY_OVER_1024_CHARS',
  'BAD_DQ_ESCAPE',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
]);

export function yamlFaults(
  documents: readonly Document.Parsed<ParsedNode>[],
  text: string,
): { readonly faults: readonly TextFault[]; readonly fatal: boolean } {
  const [first, second] = documents;
  const found: YAMLError[] = [...(first?.errors ?? []), ...(first?.warnings ?? [])];
  const faults = found.map((error) => explain(error, text));
  if (second !== undefined) {
    faults.push({
      code: 'multiple-documents',
      message: 'expected one document, found a second one here',
      hint: "remove the line '---', or put each spec into its own file",
      offsets: [second.range[0], second.range[0] + 1],
    });
  }
  return { faults, fatal: found.some((error) => !recoverable.has(error.code)) };
}

function explain(error: YAMLError, text: string): TextFault {
  const offsets = error.pos;
  switch (error.code) {
    case 'DUPLICATE_KEY':
      return { code: 'duplicate-key', message: 'this key is there already', offsets };
    case 'TAG_RESOLVE_FAILED':
      return {
        code: 'unknown-tag',
        message: `the tag ${text.slice(...offsets)} means nothing here`,
        offsets,
      };
    case 'TAB_AS_INDENT':
      return { code: 'tab-indentation', message: 'expected spaces, found a tab', offsets };
    default:
      return { code: 'yaml-syntax', message: error.message, offsets };
  }
}

/** Checked on the tokens, since the next step follows the nesting by recursion. */
export function nestingFault(tokens: readonly CST.Token[]): TextFault | undefined {
  const stack: { token: CST.Token; depth: number }[] = tokens.map((token) => ({ token, depth: 0 }));
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > limits.depth) {
      const message = `expected values nested at most ${limits.depth} deep`;
      return { code: 'spec-too-deep', message, offsets: [token.offset, token.offset + 1] };
    }
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth });
    if ('items' in token) {
      for (const item of token.items) {
        if (item.key) stack.push({ token: item.key, depth: depth + 1 });
        if (item.value) stack.push({ token: item.value, depth: depth + 1 });
      }
    }
  }
  return undefined;
}
