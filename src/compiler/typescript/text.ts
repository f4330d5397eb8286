/**
 * Text of a spec inside source code. Whatever a person writes as a name or a description stays inside its
 * string or comment: it can neither end it, nor start a line, nor be obeyed by a tool, nor make the source look
 * other than it is.
 */

/** Control characters, line separators, lone surrogates, and marks that hide or reorder text ("Trojan Source"). */
const unprintable = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu;

const lineBreaks = /\r\n|[\n\v\f\r\u0085\u2028\u2029]/;

/** Tags of JSDoc, and what TypeScript obeys wherever it stands in a comment: `@jsx`, `@ts-ignore`. */
const toolMarks = /(?<!\w)@(?=\w)|@(?=jsx|ts-)/gi;

function escaped(character: string): string {
  const code = character.codePointAt(0)!.toString(16);
  return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
}

/** A string literal as formatters write it: in single quotes, unless double ones need fewer escapes. */
export function quote(text: string): string {
  const single = text.split("'").length;
  const double = text.split('"').length;
  const mark = single > double ? '"' : "'";
  const inside = text.replace(/[\\'"]|\n|\r|\t/g, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\r') return '\\r';
    if (character === '\t') return '\\t';
    return character === '\\' || character === mark ? `\\${character}` : character;
  });
  return mark + inside.replace(unprintable, escaped) + mark;
}

/** A part of a text: itself, or an expression that gives it. */
export type TextPiece = string | { readonly code: string };

/** A string literal, or a template literal where expressions are in it. */
export function textOf(pieces: readonly TextPiece[]): string {
  const texts = pieces.filter((piece) => typeof piece === 'string');
  if (texts.length === pieces.length) return quote(texts.join(''));
  const inside = pieces.map((piece) =>
    typeof piece === 'string' ? templateText(piece) : `\${${piece.code}}`,
  );
  return `\`${inside.join('')}\``;
}

function templateText(text: string): string {
  return text.replace(/[\\`$]/g, (character) => `\\${character}`).replace(unprintable, escaped);
}

/** A text as one line of a comment of either kind. */
export function commentText(text: string): string {
  return text
    .split(lineBreaks)
    .join(' ')
    .replace(/\t/g, ' ')
    .replace(unprintable, escaped)
    .replace(/\*\//g, '*\\/')
    .replace(toolMarks, '@ ')
    .trim();
}

/** A text as the lines of a block comment, its own line breaks kept, wrapped to `width` columns. */
export function commentLines(text: string, width: number): string[] {
  return text.split(lineBreaks).flatMap((line) => wrap(commentText(line), width));
}

function wrap(line: string, width: number): string[] {
  const lines = [''];
  for (const word of line.split(/ +/)) {
    const last = lines[lines.length - 1]!;
    if (last === '') lines[lines.length - 1] = word;
    else if (last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
