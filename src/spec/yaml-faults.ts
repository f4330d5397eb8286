/** What YAML's parser finds wrong with a text, in our words and at the place where the mistake was made. */
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
  /** Offset of another place that has to do with it, and how the note about it begins. */
  readonly related?: { readonly text: string; readonly offset: number };
}

/** What the tokens of a text tell that the parser's errors do not. */
export interface TokenFacts {
  /** Where brackets and braces were opened that are never closed. */
  readonly unclosed: readonly number[];
  /** Where quoted texts begin, in order. */
  readonly quotes: readonly number[];
  readonly tooDeep: TextFault | undefined;
}

/** Looks at the tokens one by one, since all later steps follow the nesting by recursion. */
export function tokenFacts(tokens: readonly CST.Token[]): TokenFacts {
  const unclosed: number[] = [];
  const quotes: number[] = [];
  const stack: { readonly token: CST.Token; readonly depth: number }[] = [];
  for (const token of tokens) stack.push({ token, depth: 0 });
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { token, depth } = next;
    if (depth > limits.depth) {
      const message = `expected values nested at most ${limits.depth} deep`;
      const tooDeep: TextFault = {
        code: 'spec-too-deep',
        message,
        offsets: [token.offset, token.offset + 1],
      };
      return { unclosed, quotes, tooDeep };
    }
    if (token.type === 'document' && token.value) stack.push({ token: token.value, depth });
    if (token.type === 'double-quoted-scalar' || token.type === 'single-quoted-scalar') {
      quotes.push(token.offset);
    }
    if (token.type === 'flow-collection') {
      const closing = token.start.type === 'flow-map-start' ? 'flow-map-end' : 'flow-seq-end';
      if (!token.end.some(({ type }) => type === closing)) unclosed.push(token.start.offset);
    }
    if ('items' in token) {
      for (const { key, value } of token.items) {
        if (key) stack.push({ token: key, depth: depth + 1 });
        if (value) stack.push({ token: value, depth: depth + 1 });
      }
    }
  }
  return {
    unclosed: unclosed.sort((a, b) => a - b),
    quotes: quotes.sort((a, b) => a - b),
    tooDeep: undefined,
  };
}

/** After these the rest of the document still means what it says. */
const recoverable: ReadonlySet<string> = new Set([
  'BAD_DQ_ESCAPE',
  'KEY_OVER_1024_CHARS',
  'MULTIPLE_ANCHORS',
  'MULTIPLE_TAGS',
  'TAG_RESOLVE_FAILED',
]);

/** One mistake confuses the parser about what follows, so not everything it says is worth hearing. */
const mostFaults = 10;
const mostErrors = 200;

export function yamlFaults(
  documents: readonly Document.Parsed<ParsedNode>[],
  text: string,
  facts: TokenFacts,
): { readonly faults: readonly TextFault[]; readonly fatal: boolean } {
  const [first, second] = documents;
  const found: YAMLError[] = [...(first?.errors ?? []), ...(first?.warnings ?? [])].sort(
    (a, b) => a.pos[0] - b.pos[0],
  );
  const faults: TextFault[] = [];
  const seen = new Set<number>();
  let lost = false;
  for (const error of found.slice(0, mostErrors)) {
    if (seen.has(error.pos[0])) continue;
    seen.add(error.pos[0]);
    // What stands after the end of the only value is reported token by token.
    const outside = error.message.includes('in YAML stream');
    if (outside && lost) continue;
    lost ||= outside;
    const fault = explain(error, text, facts, found);
    const line = lineStart(text, fault.offsets[0]);
    if (faults.length === mostFaults) break;
    if (faults.every(({ offsets }) => lineStart(text, offsets[0]) !== line)) faults.push(fault);
  }
  const version = first?.directives.yaml;
  if (version?.explicit && version.version !== '1.2') {
    const start = Math.max(0, text.indexOf('%YAML'));
    const message = `expected YAML 1.2, found ${version.version}`;
    faults.push({ code: 'yaml-syntax', message, offsets: [start, lineEnd(text, start)] });
  }
  if (second !== undefined) {
    faults.push({
      code: 'multiple-documents',
      message: 'expected one document, found a second one',
      hint: "remove the line '---', or put each spec into a file of its own",
      offsets: placeAt(text, second.range[0]),
    });
  }
  return { faults, fatal: found.some((error) => !recoverable.has(error.code)) };
}

const lineStart = (text: string, offset: number) => text.lastIndexOf('\n', offset - 1) + 1;

function lineEnd(text: string, offset: number): number {
  const end = text.indexOf('\n', offset);
  return end < 0 ? text.length : end;
}

/** The word at an offset, or the first one after it in the same line. */
function placeAt(text: string, offset: number): readonly [number, number] {
  const end = lineEnd(text, offset);
  const blank = /^[ \t]*/.exec(text.slice(offset, end))![0].length;
  const start = offset + blank < end ? offset + blank : offset;
  const word = /^[^\s,:[\]{}]+/.exec(text.slice(start, end))?.[0].length ?? 1;
  return [start, Math.min(start + word, text.length)];
}

function explain(error: YAMLError, text: string, facts: TokenFacts, all: readonly YAMLError[]): TextFault {
  const [start, end] = error.pos;
  const slice = text.slice(start, end);
  const at = (code: DiagnosticCode, message: string, hint?: string, offset = start): TextFault => ({
    code,
    message,
    offsets: placeAt(text, offset),
    ...(hint === undefined ? {} : { hint }),
  });
  switch (error.code) {
    case 'TAB_AS_INDENT': {
      const tabs = /^\t+/.exec(text.slice(start))?.[0].length ?? 1;
      return {
        code: 'tab-indentation',
        message: 'expected spaces, found a tab',
        hint: 'replace each tab by spaces, two a level',
        offsets: [start, start + tabs],
      };
    }
    case 'TAG_RESOLVE_FAILED': {
      const tag = /^!\S*/.exec(text.slice(start))?.[0] ?? slice;
      const standard = tag.startsWith('!!') || tag.startsWith('!<');
      return {
        code: 'unknown-tag',
        message: standard ? `the tag '${tag}' cannot stand here` : `there is no tag '${tag}'`,
        hint: "a spec is plain data: remove the tag, or put text that starts with '!' into quotes",
        offsets: [start, start + tag.length],
      };
    }
    case 'BAD_DQ_ESCAPE':
      return {
        code: 'yaml-syntax',
        message: `'${slice.slice(0, 2)}' is not an escape sequence`,
        hint: 'write two backslashes for one, or use single quotes',
        offsets: [start, Math.max(start + 1, end)],
      };
    case 'KEY_OVER_1024_CHARS':
      return at('yaml-syntax', 'a key is at most 1024 characters long');
    case 'BAD_DIRECTIVE':
      return at('yaml-syntax', `there is no directive ${slice.split(/\s/)[0]}`, 'remove the line');
    case 'BAD_SCALAR_START':
      return at('yaml-syntax', `text cannot start with '${text[start]}'`, 'put it into quotes');
    case 'BLOCK_AS_IMPLICIT_KEY':
    case 'MULTILINE_IMPLICIT_KEY':
      return explainKey(error, text, all, at);
    case 'BLOCK_IN_FLOW': {
      const [, before, after] = /^(\S+)\s+([^\s:]+):/.exec(slice) ?? [];
      if (before === undefined || after === undefined || before.startsWith('-')) {
        const message = 'a list or mapping in lines cannot stand inside brackets or braces';
        return at('yaml-syntax', message, 'write it in one line: [a, b] or { key: value }');
      }
      const message = `expected a comma between ${quote(before)} and ${quote(after)}`;
      return at('yaml-syntax', message, undefined, start + slice.indexOf(after, before.length));
    }
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return explainShape(error, text, facts, at);
    case 'BAD_ALIAS':
    case 'ALIAS_PROPS':
    case 'MULTIPLE_ANCHORS':
    case 'MULTIPLE_TAGS':
    case 'BAD_PROP_ORDER':
      return at(
        'yaml-syntax',
        "this anchor, alias or tag ('&', '*', '!') is not where one can stand",
        'put text that starts with one of these characters into quotes',
      );
    default:
      return at(
        'yaml-syntax',
        `this is not YAML: ${error.message[0]!.toLowerCase()}${error.message.slice(1)}`,
      );
  }
}

type At = (code: DiagnosticCode, message: string, hint?: string, offset?: number) => TextFault;

const quote = (word: string) => `'${word.length > 30 ? `${word.slice(0, 29)}…` : word}'`;

/** A line that the parser took for a key, or for a part of one. */
function explainKey(error: YAMLError, text: string, all: readonly YAMLError[], at: At): TextFault {
  const start = error.pos[0];
  const longest = Math.max(...all.filter(({ pos }) => pos[0] === start).map(({ pos }) => pos[1]));
  const [line, next] = text.slice(start, longest).split('\n');
  if (/^[\w-]+:[^\s]/.test(line!)) {
    const [key] = line!.split(':');
    return at(
      'yaml-syntax',
      `expected a space after '${key}:'`,
      `write '${line!.trim().replace(':', ': ')}'`,
    );
  }
  if (error.code === 'MULTILINE_IMPLICIT_KEY') {
    return at('yaml-syntax', "expected 'key: value', found a line without a colon");
  }
  if (next !== undefined) {
    return at(
      'yaml-syntax',
      'this line is indented further than the one before it, which YAML reads as its continuation',
      'start it in the same column as the keys that it belongs to',
      start + line!.length + 1,
    );
  }
  return at(
    'yaml-syntax',
    "text with ': ' in it needs quotes",
    `write "${text.slice(start, lineEnd(text, start)).trim()}"`,
  );
}

/** Brackets, quotes, dashes and columns. */
function explainShape(error: YAMLError, text: string, facts: TokenFacts, at: At): TextFault {
  const { message } = error;
  const [start] = error.pos;
  if (/must be sufficiently indented|Expected flow|Missing , or :|end with a/i.test(message)) {
    const opened = facts.unclosed.findLast((offset) => offset < start);
    if (opened !== undefined) {
      const closing = text[opened] === '{' ? '}' : ']';
      const fault = at('yaml-syntax', `this '${text[opened]}' is never closed`, `add '${closing}'`, opened);
      return { ...fault, offsets: [opened, opened + 1] };
    }
    if (/sufficiently indented/.test(message)) {
      const hint = 'indent it further than the key that it belongs to';
      return at('yaml-syntax', 'this line stands too far to the left', hint);
    }
  }
  if (/Missing closing/.test(message)) {
    const opened = facts.quotes.findLast((offset) => offset < Math.max(start, 1)) ?? start;
    return at(
      'yaml-syntax',
      `this quoted text never ends`,
      `add ${text[opened]} after its last character`,
      opened,
    );
  }
  if (/Sequence item without - |must start at the same column/.test(message)) {
    return at(
      'yaml-syntax',
      'this line does not start in the same column as the ones before it',
      "items of one list, and keys of one mapping, start in the same column; items start with '- '",
    );
  }
  if (/Implicit map keys need/.test(message)) {
    return at('yaml-syntax', "expected 'key: value', found something without a colon");
  }
  if (/Comments must be separated/.test(message)) {
    return at('yaml-syntax', "expected a space before '#'");
  }
  if (text.slice(start - 1, start + 1) === '${') return unquotedExpression(text, start - 1, at);
  const unexpected = text.slice(...placeAtOrEnd(text, start));
  if (unexpected === '') return at('yaml-syntax', 'the text ends too early');
  return at(
    'yaml-syntax',
    `${quote(unexpected)} cannot stand here`,
    unexpectedHint(unexpected, text[start - 1]),
  );
}

/** `{ filters: ${n} }`: the brace of an expression is one of YAML's own inside brackets. */
function unquotedExpression(text: string, start: number, at: At): TextFault {
  const written = text.slice(start, lineEnd(text, start));
  const length = written.indexOf('}') + 1 || 2;
  const fault = at(
    'yaml-syntax',
    "inside brackets, '${…}' needs quotes",
    length > 2 ? `write "${written.slice(0, length)}"` : undefined,
    start,
  );
  return { ...fault, offsets: [start, start + length] };
}

function unexpectedHint(unexpected: string, before: string | undefined): string | undefined {
  if (/^[\]}]/.test(unexpected)) return 'nothing was opened that it could close';
  if (before === "'") return "inside single quotes, write '' for one";
  if (before === '"') return 'inside double quotes, write \\" for one';
  return undefined;
}

const placeAtOrEnd = (text: string, offset: number): readonly [number, number] =>
  offset >= text.length ? [text.length, text.length] : placeAt(text, offset);
