/** Lists that are parts of one list, as that list. */
import { NotMergeable } from './not-mergeable.js';

/** With more different lists than this, what comes out has more conditions than anybody wants to read. */
const mostLists = 8;

/**
 * All keys, in an order that agrees with every list. Keys that only some lists have stand where they stand there.
 *
 * @throws NotMergeable where there is no such order.
 */
export function alignKeys(lists: readonly (readonly string[])[]): readonly string[] {
  const different = [...new Map(lists.map((list) => [JSON.stringify(list), list])).values()];
  if (different.length > mostLists) throw new NotMergeable();
  const [longest = [], ...others] = different.sort((a, b) => b.length - a.length);
  return others.reduce(insertKeys, longest);
}

function insertKeys(keys: readonly string[], list: readonly string[]): readonly string[] {
  const places = new Map(keys.map((key, place) => [key, place]));
  const inserted = new Map<number, string[]>();
  let last = -1;
  for (const key of list) {
    const place = places.get(key);
    if (place === undefined) inserted.set(last, [...(inserted.get(last) ?? []), key]);
    else if (place > last) last = place;
    else throw new NotMergeable();
  }
  return [
    ...(inserted.get(-1) ?? []),
    ...keys.flatMap((key, place) => [key, ...(inserted.get(place) ?? [])]),
  ];
}
