/** "Did you mean": the nearest known word, where there is one that is really near. */
import leven from 'leven';

/** Case, and what people put between the parts of a word, do not count as differences. */
const plain = (word: string) => word.toLowerCase().replace(/[\s_-]/g, '');

/** The candidate that a misspelt word most likely stands for; none where all are too far. */
export function nearest(word: string, candidates: Iterable<string>): string | undefined {
  const wanted = plain(word);
  if (wanted === '' || word.length > 64) return undefined;
  // A third of a word may be wrong: more, and the suggestion is another word.
  const limit = Math.min(3, Math.floor(wanted.length / 3));
  let best: string | undefined;
  let bestDistance = limit + 1;
  for (const candidate of candidates) {
    const distance = leven(wanted, plain(candidate));
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}
