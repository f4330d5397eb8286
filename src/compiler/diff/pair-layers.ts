/** Which layer of one model is which of another. */
import type { GraphNode } from '../model-graph.js';
import { settledOptions, stableText } from './settled-options.js';

/** Places in the two lists of layers. */
export type Pair = readonly [before: number, after: number];

/**
 * By name where a person gave it. The others so that the pairs, which keep their order, are alike in as much as possible
 * (an alignment of two sequences: Needleman and Wunsch, 1970), of one type, and with equal options unless only their
 * made names say that they are others. A layer that moved past others keeps its partner if it keeps its name.
 */
export function pairLayers(before: readonly GraphNode[], after: readonly GraphNode[]): readonly Pair[] {
  const [ones, others] = factsOf([before, after]);
  // Of several ways that are equally good the same is taken from both sides.
  const swapped = textOf(before) > textOf(after);
  const aligned = swapped
    ? align(others, ones).map(([one, other]): Pair => [other, one])
    : align(ones, others);
  const taken = new Set(aligned.map(([, other]) => other));
  const found = new Set(aligned.map(([one]) => one));
  const places = new Map(after.map(({ name }, index) => [name, index]));
  const moved = before.flatMap(({ name }, index): readonly Pair[] => {
    const place = places.get(name);
    return place === undefined || found.has(index) || taken.has(place) ? [] : [[index, place]];
  });
  return [...aligned, ...moved].sort(([one], [other]) => one - other);
}

/**
 * The places of all layers of two lists of so many: in the order of the second one, with what only the first one has
 * before what came instead.
 */
export function mergedOrder(
  before: number,
  after: number,
  pairs: readonly Pair[],
): readonly (readonly [before: number | undefined, after: number | undefined])[] {
  const paired = new Set(pairs.map(([place]) => place));
  const placeOf = new Map(pairs.map(([place, partner]) => [partner, place]));
  /** Where the first list has the next layer that is in both. */
  const next = Array<number>(after + 1).fill(before);
  for (let partner = after - 1; partner >= 0; partner--) {
    next[partner] = placeOf.get(partner) ?? next[partner + 1]!;
  }
  const merged: [number | undefined, number | undefined][] = [];
  let place = 0;
  for (let partner = 0; partner <= after; partner++) {
    for (; place < next[partner]!; place++) if (!paired.has(place)) merged.push([place, undefined]);
    if (partner < after) merged.push([placeOf.get(partner), partner]);
  }
  return merged;
}

/** What the alignment compares, as numbers that are equal where the facts are. */
interface Facts {
  readonly name: number;
  /** The name was made from the type. */
  readonly made: boolean;
  /** The other model has a layer of this name, and a person gave it. */
  readonly claimed: boolean;
  readonly type: number;
  /** Of type and options. */
  readonly kind: number;
  /** The name without the parts that it is inside, and these parts. */
  readonly ownName: number;
  readonly folder: number;
}

function factsOf(
  sides: readonly [readonly GraphNode[], readonly GraphNode[]],
): readonly [readonly Facts[], readonly Facts[]] {
  const numbers = new Map<string, number>();
  const numberOf = (text: string) => {
    const known = numbers.get(text) ?? numbers.size;
    numbers.set(text, known);
    return known;
  };
  const names = sides.map((nodes) => new Set(nodes.map(({ name }) => name)));
  const [ones, others] = sides.map((nodes, side) =>
    nodes.map((node): Facts => {
      const { name, type } = node;
      const split = name.lastIndexOf('/') + 1;
      const made = isMadeName(name.slice(split), type);
      return {
        name: numberOf(name),
        made,
        claimed: !made && names[1 - side]!.has(name),
        type: numberOf(type),
        kind: numberOf(stableText([type, settledOptions(node)])),
        ownName: numberOf(name.slice(split)),
        folder: numberOf(name.slice(0, split)),
      };
    }),
  );
  return [ones!, others!];
}

/** `conv2d_1` */
function isMadeName(name: string, type: string): boolean {
  return name.startsWith(`${type}_`) && /^\d+$/.test(name.slice(type.length + 1));
}

/** How much speaks for two layers being the same; 0 where they are not. */
function likeness(one: Facts, other: Facts): number {
  if (one.claimed || other.claimed) return one.name === other.name ? 16 : 0;
  if (one.type !== other.type) return 0;
  const equal = one.kind === other.kind;
  const related = one.made && other.made ? one.folder === other.folder : one.ownName === other.ownName;
  if (!equal && !related) return 0;
  return (equal ? 5 : 1) + (one.name === other.name ? 2 : 0) + (one.folder === other.folder ? 1 : 0);
}

/** The pairs with the most likeness in all, among those that keep the order of both. */
function align(ones: readonly Facts[], others: readonly Facts[]): readonly Pair[] {
  // What is the same at both ends needs no search.
  const same = (one: Facts | undefined, other: Facts | undefined) =>
    one !== undefined && one.name === other?.name && one.kind === other.kind;
  let start = 0;
  while (same(ones[start], others[start])) start++;
  let [end, otherEnd] = [ones.length, others.length];
  while (end > start && otherEnd > start && same(ones[end - 1], others[otherEnd - 1])) {
    end--;
    otherEnd--;
  }
  const range = (from: number, to: number, shift: number) =>
    Array.from({ length: to - from }, (_, index): Pair => [from + index, from + index + shift]);
  return [
    ...range(0, start, 0),
    ...search(ones.slice(start, end), others.slice(start, otherEnd)).map(
      ([one, other]): Pair => [one + start, other + start],
    ),
    ...range(end, ones.length, otherEnd - end),
  ];
}

const steps = { pair: 0, leaveOne: 1, leaveOther: 2 } as const;

function search(ones: readonly Facts[], others: readonly Facts[]): readonly Pair[] {
  const columns = others.length;
  /** The best last step of each beginning of both lists; their sums are kept for one row only. */
  const choices = new Uint8Array(ones.length * columns);
  let above = new Int32Array(columns + 1);
  for (const [row, one] of ones.entries()) {
    const sums = new Int32Array(columns + 1);
    for (let column = 0; column < columns; column++) {
      const alike = likeness(one, others[column]!);
      const paired = alike === 0 ? -1 : above[column]! + alike;
      const left = sums[column]!;
      const up = above[column + 1]!;
      const best = Math.max(paired, left, up);
      sums[column + 1] = best;
      choices[row * columns + column] =
        best === paired ? steps.pair : best === up ? steps.leaveOne : steps.leaveOther;
    }
    above = sums;
  }
  const pairs: Pair[] = [];
  let [row, column] = [ones.length - 1, columns - 1];
  while (row >= 0 && column >= 0) {
    const choice = choices[row * columns + column];
    if (choice === steps.pair) pairs.push([row, column]);
    if (choice !== steps.leaveOther) row--;
    if (choice !== steps.leaveOne) column--;
  }
  return pairs.reverse();
}

function textOf(nodes: readonly GraphNode[]): string {
  return stableText(nodes.map((node) => [node.name, node.type, settledOptions(node)]));
}
