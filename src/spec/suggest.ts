/** "Did you mean": the known word that was most likely meant, where there is one that is really near. */
import leven from 'leven';
import { vocabulary } from './vocabulary.js';

/** Case, and what people put between the parts of a word, do not count as differences. */
const plain = (word: string) => word.toLowerCase().replace(/[\s_.-]/g, '');

/** The known word that differs in nothing but case and separators: there is no doubt that it was meant. */
export function sameWord(word: string, known: Iterable<string>): string | undefined {
  const wanted = plain(word.slice(0, longestWord));
  for (const name of known) if (plain(name) === wanted) return name;
  return undefined;
}

const longestWord = 64;

const letters = (word: string) => [...word].sort().join('');

/** How many letters may be wrong: more, and it would be another word. */
function allowance(length: number): number {
  if (length < 3) return 0;
  if (length < 6) return 1;
  return length < 9 ? 2 : 3;
}

/** Undefined where nothing is near enough: a wrong suggestion is worse than none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > longestWord) return undefined;
  const wanted = plain(word);
  const candidates = [...known].map((name) => ({ name, plain: plain(name) }));
  const same = sameWord(word, known);
  if (same !== undefined) return same;
  const translated = Object.hasOwn(vocabulary, wanted) ? vocabulary[wanted]! : [];
  const named = translated.find((name) => candidates.some((candidate) => candidate.name === name));
  if (named !== undefined) return named;
  let best: string | undefined;
  let bestDistance = allowance(wanted.length) + 1;
  for (const candidate of candidates) {
    // Two letters the wrong way round are one slip, though two edits.
    const swapped = wanted.length > 3 && letters(candidate.plain) === letters(wanted) ? 1 : 0;
    const distance = leven(wanted, candidate.plain) - swapped;
    if (distance < bestDistance) {
      best = candidate.name;
      bestDistance = distance;
    }
  }
  return best;
}

/** `did you mean 'units'?` */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}
