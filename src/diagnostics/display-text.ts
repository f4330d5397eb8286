/** Text as a terminal shows it: how wide it is, and nothing in it that a terminal would obey. */

/** Shown as two columns: East Asian wide and fullwidth characters, and emoji. */
const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\u3000-\u303e\uff01-\uff60\uffe0-\uffe6\p{Emoji_Presentation}]/u;
/** Joins the character before it. */
const joining = /\p{Mn}|\p{Me}|[\u200b-\u200d]/u;
/** Control characters, and those that turn the direction of a line around. */
const dangerous = /[\p{Cc}\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]/u;

/** Columns that one character takes. */
export function characterWidth(character: string): number {
  if (character === '') return 0;
  // Nearly every character of a spec is one of these.
  if (character >= ' ' && character <= '~') return 1;
  if (joining.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

export function textWidth(text: string): number {
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** One visible character, or a few, for each of a line: a tab is an arrow and a space. */
export function visible(character: string): string {
  if (character === '\t') return '→ ';
  return dangerous.test(character) || /^[\ud800-\udfff]$/.test(character) ? '\ufffd' : character;
}

/** A message that may quote anything, on one line. */
export function visibleText(text: string): string {
  let result = '';
  for (const character of text) result += character === '\n' || character === '\t' ? ' ' : visible(character);
  return result;
}
