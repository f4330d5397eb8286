/** A spec as text in the style in which people write one: a layer a line, its name and type first. */
import { Document, isCollection, isMap, isScalar, isSeq, Lexer, type Node } from 'yaml';

export interface SpecText {
  /** Lines of comment above the spec, without `# `. */
  readonly header: readonly string[];
  readonly value: Readonly<Record<string, unknown>>;
  /** Lines of comment above sections, by the section's key. */
  readonly comments?: Readonly<Record<string, string>>;
}

/** Columns of a layer's line, without the four before its bracket and the comma behind it. */
const lineWidth = 105;

/** YAML that reads as `value`: sections stand below each other, and what they list in one line an item. */
export function writeSpec({ header, value, comments = {} }: SpecText): string {
  const document = new Document(value, { version: '1.2', schema: 'core', aliasDuplicateObjects: false });
  if (isMap(document.contents)) {
    for (const { key, value: section } of document.contents.items) {
      if (!isScalar(key)) continue;
      layOut(section as Node);
      const comment = comments[String(key.value)];
      if (comment !== undefined) key.commentBefore = ` ${oneLine(comment)}`;
    }
  }
  const text = document.toString({ lineWidth, flowCollectionPadding: true });
  return header.map((line) => `# ${oneLine(line)}\n`).join('') + unpadLists(text);
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

/** `[ 3, 3 ]` → `[3, 3]`: the padding that mappings have, lists have not. By tokens, so that no text is touched. */
function unpadLists(text: string): string {
  // The lexer also gives marks for the parser, which are in no text.
  const tokens = [...new Lexer().lex(text)].filter(
    (token) => !['\u0002', '\u0018', '\u001f'].includes(token),
  );
  return tokens
    .filter((token, index) => {
      const padded = tokens[index - 1] === '[' || tokens[index + 1] === ']';
      return !(padded && /^ +$/.test(token));
    })
    .join('');
}
