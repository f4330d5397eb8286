/**
 * A spec as text in the style in which people write one: a layer a line, its name and type first. Its texts are read as
 * they are: what looks like `${…}` in one stands for itself.
 */
import { Document, isCollection, isMap, isScalar, isSeq, Lexer, type Node } from 'yaml';
import { escapeTemplate } from '../../spec/expand/template.js';

export interface SpecText {
  /** Lines of comment above the spec, without `# `. */
  readonly header: readonly string[];
  readonly value: Readonly<Record<string, unknown>>;
  /** Lines of comment above sections, by the section's key. */
  readonly comments?: Readonly<Record<string, string>>;
}

const lineWidth = 110;

/** YAML that reads as `value`: sections stand below each other, and what they list in one line an item. */
export function writeSpec({ header, value, comments = {} }: SpecText): string {
  const document = new Document(escaped(value), {
    version: '1.2',
    schema: 'core',
    aliasDuplicateObjects: false,
  });
  if (isMap(document.contents)) {
    for (const { key, value: section } of document.contents.items) {
      if (!isScalar(key)) continue;
      layOut(section as Node);
      const comment = comments[String(key.value)];
      if (comment !== undefined) key.commentBefore = ` ${oneLine(comment)}`;
    }
  }
  const lines = document.toString({ lineWidth: 0, flowCollectionPadding: true }).split('\n');
  return [...header.map((line) => `# ${oneLine(line)}`), ...lines.map(layOutLine)].join('\n');
}

/** Without what is not there, and with texts that read as they are. */
function escaped(value: unknown): unknown {
  if (typeof value === 'string') return escapeTemplate(value);
  if (Array.isArray(value)) return value.map(escaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, part]) => part !== undefined)
      .map(([key, part]) => [key, escaped(part)]),
  );
}

/** A section of numbers or words is one line; of others, each entry is one. */
function layOut(section: Node): void {
  if (!isCollection(section)) return;
  const entries: readonly unknown[] = isSeq(section)
    ? section.items
    : section.items.map((pair) => (pair as { readonly value: unknown }).value);
  if (isSeq(section) && entries.every(isScalar)) section.flow = true;
  for (const entry of entries) if (isCollection(entry)) entry.flow = true;
}

/** Nothing in the name of a file or a model may end a comment. */
const oneLine = (text: string) => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ');

/** What the lexer gives beside the text: marks for the parser. */
const marks = ['\u0002', '\u0018', '\u001f'];

/**
 * Takes the padding out of lists, which mappings have and lists have not, and folds what is too long between two
 * entries of its outermost list or mapping. By tokens, so that no text is touched.
 */
function layOutLine(line: string): string {
  const bracket = /^[^"'#]*?[[{]/.exec(line);
  if (bracket === null) return line;
  const tokens = [...new Lexer().lex(line)].filter((token) => !marks.includes(token));
  const entries: string[] = [];
  let entry = '';
  let depth = 0;
  for (const [index, token] of tokens.entries()) {
    const padding = /^ +$/.test(token) && (tokens[index - 1] === '[' || tokens[index + 1] === ']');
    if (!padding) entry += token;
    if (token === '[' || token === '{') depth += 1;
    if (token === ']' || token === '}') depth -= 1;
    if (token === ',' && depth === 1) {
      entries.push(entry.trimStart());
      entry = '';
    }
  }
  entries.push(entries.length === 0 ? entry : entry.trimStart());
  const indent = ' '.repeat(/^ *(?:- )?/.exec(line)![0].length + 2);
  // The first one keeps the indentation of the line.
  const lines = [/^ */.exec(line)![0] + entries[0]!.trimStart()];
  for (const next of entries.slice(1)) {
    const longer = `${lines.at(-1)} ${next}`;
    if (longer.length <= lineWidth) lines[lines.length - 1] = longer;
    else lines.push(indent + next);
  }
  return lines.join('\n');
}
