/** "Did you mean": the known word that was most likely meant, where there is one that is really near. */
import leven from 'leven';

/** What words are called elsewhere, in lower case and without separators, and what they may be called here. */
export type OtherWords = Readonly<Record<string, readonly string[]>>;

const longestWord = 64;

/** Case, and what people put between the parts of a word, do not count as differences. */
const plain = (word: string) => word.toLowerCase().replace(/[\s_.-]/g, '');

/** The known word that differs in nothing but case and separators: there is no doubt that it was meant. */
export function sameWord(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word.slice(0, longestWord));
  for (const name of known) if (plain(name) === wanted) return name;
  return undefined;
}

/** Undefined where nothing is near enough: a wrong suggestion is worse than none. */
export function nearestWord(
  word: string,
  known: readonly string[],
  others: OtherWords = {},
): string | undefined {
  if (word.length > longestWord) return undefined;
  const wanted = plain(word);
  const same = sameWord(word, known);
  if (same !== undefined) return same;
  const translated = Object.hasOwn(others, wanted) ? others[wanted]! : [];
  const named = translated.find((name) => known.includes(name));
  if (named !== undefined) return named;
  let best: string | undefined;
  let bestDistance = allowance(wanted.length) + 1;
  for (const name of known) {
    const candidate = plain(name);
    // As many edits it takes at least.
    const longer = Math.abs(candidate.length - wanted.length);
    if (longer >= bestDistance) continue;
    // Two letters the wrong way round are one slip, though two edits.
    const swapped = wanted.length > 3 && longer === 0 && letters(candidate) === letters(wanted) ? 1 : 0;
    const distance = leven(wanted, candidate, { maxDistance: bestDistance + swapped }) - swapped;
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

const letters = (word: string) => [...word].sort().join('');

/** How many letters may be wrong: more, and it would be another word. */
function allowance(length: number): number {
  if (length < 3) return 0;
  if (length < 6) return 1;
  return length < 9 ? 2 : 3;
}
