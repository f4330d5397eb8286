/**
 * A spec's text as plain data in which every key and value still knows its place. Everything that YAML can
 * do to a reader (bombs, cycles, tags, strange keys) is settled here: what comes out is a finite tree of
 * plain values.
 */
import { Composer, type CST, type Document, isScalar, Lexer, type ParsedNode, Parser } from 'yaml';
import type { Diagnostic, Range, SpecPath } from '../diagnostics/index.js';
import { limits } from './limits.js';
import { lineTable } from './line-table.js';
import { type TextFault, tokenFacts, yamlFaults } from './yaml-faults.js';
import { type Place, readValues } from './yaml-values.js';

export interface SpecDocument {
  /** As the user named it. */
  readonly file: string;
  readonly text: string;
  /** Plain data: objects, arrays, text, finite numbers, booleans and null. */
  readonly value: unknown;
  /** Where the value of a path stands; where there is none, the nearest value around it. */
  locate(path: SpecPath): Range;
  /** Where the key of a path stands, and the value itself for an item of a list. */
  locateKey(path: SpecPath): Range;
  /** True where the text of this value was already reported, so that what it became says nothing. */
  isFaulty(path: SpecPath): boolean;
}

/** `uniqueKeys` compares every key of a mapping with every other, and `readValues` sees to it anyway. */
const yamlOptions = {
  version: '1.2',
  schema: 'core',
  merge: false,
  resolveKnownTags: false,
  uniqueKeys: false,
  prettyErrors: false,
} as const;

/** Reads a text. There is a document wherever there is enough left of it to check further. */
export function parseSpec(
  text: string,
  file: string,
): { readonly document?: SpecDocument; readonly diagnostics: readonly Diagnostic[] } {
  const positionAt = lineTable(text);
  const rangeOf = ([start, end]: readonly [number, number]): Range => ({
    start: positionAt(start),
    end: positionAt(Math.max(start, end)),
  });
  const report = (faults: readonly TextFault[]): readonly Diagnostic[] =>
    faults.map(({ offsets, path, related, ...fault }) => ({
      severity: 'error' as const,
      ...fault,
      file,
      path: path ?? [],
      range: rangeOf(offsets),
      ...(related && { notes: [`${related.text} in line ${positionAt(related.offset).line}`] }),
    }));

  if (text.length > limits.fileBytes) {
    const message = `expected at most ${limits.fileBytes} characters, found ${text.length}`;
    return { diagnostics: report([{ code: 'spec-too-large', message, offsets: [0, 0] }]) };
  }
  const { tokens, tooLarge } = readTokens(text);
  if (tooLarge !== undefined) return { diagnostics: report([tooLarge]) };
  const facts = tokenFacts(tokens);
  if (facts.tooDeep !== undefined) return { diagnostics: report([facts.tooDeep]) };
  const documents = composeDocuments(tokens, text);
  const { faults, fatal } = yamlFaults(documents, text, facts);
  const yaml = documents[0];
  if (fatal || yaml === undefined) return { diagnostics: report(faults) };
  const { contents } = yaml;
  if (contents === null || (isScalar(contents) && contents.value === null && !contents.source)) {
    const message = 'expected a spec, found nothing but comments and white space';
    const empty: TextFault = {
      code: 'empty-spec',
      message,
      hint: '`speccc init` writes a spec to start from',
      offsets: [0, 0],
    };
    return { diagnostics: report([...faults, empty]) };
  }
  const read = readValues(contents, text);
  const diagnostics = report([...controlCharacters(text), ...faults, ...read.faults]);
  if (read.place === undefined) return { diagnostics };
  return { document: documentOf(file, text, read.value, read.place, rangeOf), diagnostics };
}

/** After so many tokens that fit nowhere, the rest of a text is not worth reading. */
const mostStrayTokens = 100;

function readTokens(text: string): { readonly tokens: readonly CST.Token[]; readonly tooLarge?: TextFault } {
  const parser = new Parser();
  const tokens: CST.Token[] = [];
  let count = 0;
  let offset = 0;
  let stray = 0;
  for (const lexeme of new Lexer().lex(text)) {
    count++;
    if (count > limits.tokens) {
      const message = `expected at most ${limits.tokens} words and marks, found more`;
      return { tokens, tooLarge: { code: 'spec-too-large', message, offsets: [offset, offset] } };
    }
    // The lexer marks the beginning of documents and values by control characters of its own.
    if (!text.startsWith(lexeme, offset)) offset -= lexeme.length;
    offset += lexeme.length;
    for (const token of parser.next(lexeme)) {
      tokens.push(token);
      if (token.type === 'error' || token.type === 'directive') stray++;
    }
    if (stray > mostStrayTokens) break;
  }
  tokens.push(...parser.end());
  return { tokens };
}

/** The first document, and the second to tell that there is one. */
function composeDocuments(
  tokens: readonly CST.Token[],
  text: string,
): readonly Document.Parsed<ParsedNode>[] {
  const documents: Document.Parsed<ParsedNode>[] = [];
  const { stackTraceLimit } = Error;
  // The parser makes an error object for each of its complaints, and there can be very many.
  Error.stackTraceLimit = 0;
  try {
    for (const document of new Composer(yamlOptions).compose(tokens, true, text.length)) {
      documents.push(document);
      if (documents.length === 2) break;
    }
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
  return documents;
}

/** What YAML allows in no text: control characters other than tabs and line breaks. */
function controlCharacters(text: string): readonly TextFault[] {
  const found = /[\p{Cc}\ufffe\uffff]/gu;
  for (const { 0: character, index } of text.matchAll(found)) {
    if ('\t\n\r\u0085'.includes(character)) continue;
    const code = character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    const message = `the character U+${code} cannot stand in YAML`;
    return [{ code: 'yaml-syntax', message, hint: 'remove it', offsets: [index, index + 1] }];
  }
  return [];
}

function documentOf(
  file: string,
  text: string,
  value: unknown,
  root: Place,
  rangeOf: (offsets: readonly [number, number]) => Range,
): SpecDocument {
  const find = (path: SpecPath) => {
    let place = root;
    for (const [depth, step] of path.entries()) {
      const next = place.children?.get(step);
      if (next === undefined) return { place, depth };
      place = next;
    }
    return { place, depth: path.length };
  };
  return {
    file,
    text,
    value,
    locate: (path) => rangeOf(find(path).place.value),
    locateKey(path) {
      const { place, depth } = find(path);
      return rangeOf(depth === path.length && place.key !== undefined ? place.key : place.value);
    },
    isFaulty(path) {
      const { place, depth } = find(path);
      return depth === path.length && place.faulty === true;
    },
  };
}
