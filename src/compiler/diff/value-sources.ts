/** Where the values that layers take come from, told in words that two models share. */
import type { GraphNode, ModelGraph } from '../model-graph.js';
import type { Pair } from './pair-layers.js';

interface Side {
  readonly nodes: ReadonlyMap<string, GraphNode>;
  /** One word for each layer and input of both models, by its name in this one. */
  readonly words: ReadonlyMap<string, string>;
}

/**
 * A function that says whether values of the second model, by their names, are others than those of the first. A layer
 * that stands in a single line and is in one model only is looked through: putting it there does not make what follows
 * take something else.
 */
export function sourceComparison(
  before: ModelGraph,
  after: ModelGraph,
  pairs: readonly Pair[],
): (before: readonly string[], after: readonly string[]) => boolean {
  const names = [
    ...pairs.map(([one, other]) => [before.nodes[one]!.name, after.nodes[other]!.name] as const),
    ...inputPairs(before, after),
  ];
  const [one, other] = [before, after].map(
    ({ nodes }, side): Side => ({
      nodes: new Map(nodes.map((node) => [node.name, node])),
      words: new Map(names.map((pair) => [pair[side]!, JSON.stringify(pair)])),
    }),
  ) as [Side, Side];
  return (ones, others) =>
    ones.length !== others.length ||
    ones.some((name, index) => {
      const source = sourceOf(name, one);
      return source === undefined || source !== sourceOf(others[index]!, other);
    });
}

/** The layer or input of both models that a value is made of; none where layers of one model only join several. */
function sourceOf(name: string, { nodes, words }: Side): string | undefined {
  let at = name;
  while (!words.has(at)) {
    const [input, ...others] = nodes.get(at)?.inputs ?? [];
    if (input === undefined || others.length > 0) return undefined;
    at = input;
  }
  return words.get(at);
}

/** Inputs of one name, and the others in their order. */
function inputPairs(before: ModelGraph, after: ModelGraph): readonly (readonly [string, string])[] {
  const ones = before.inputs.map(({ name }) => name);
  const others = after.inputs.map(({ name }) => name);
  const [left, right] = [
    ones.filter((name) => !others.includes(name)),
    others.filter((name) => !ones.includes(name)),
  ];
  return [
    ...ones.filter((name) => others.includes(name)).map((name) => [name, name] as const),
    ...left.slice(0, right.length).map((name, index) => [name, right[index]!] as const),
  ];
}
