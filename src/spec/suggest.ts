/** Suggestions for the words of a spec, also for those that they have elsewhere. */
import { nearestWord } from '../diagnostics/index.js';
import { vocabulary } from './vocabulary.js';

/** Undefined where nothing is near enough: a wrong suggestion is worse than none. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  return nearestWord(word, known, vocabulary);
}

/** `did you mean 'units'?` */
export function didYouMean(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}
