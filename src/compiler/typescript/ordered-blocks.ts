/** The blocks of a model, in an order in which each comes after those that it uses. */
import type { ModelGraph } from '../model-graph.js';
import { type Body, modelBody, type UseItem } from './bodies.js';

export interface UsedBlock {
  readonly name: string;
  readonly uses: UseItem[];
  /** The blocks that it uses. */
  readonly inside: Set<string>;
}

/** Two files of a spec may each have a block of one name. If they use each other, one of them is no block here. */
export function orderedBlocks(graph: ModelGraph): {
  readonly body: Body;
  readonly blocks: readonly UsedBlock[];
} {
  const dissolved = new Set<string>();
  for (;;) {
    const body = modelBody(graph, dissolved);
    const blocks = usedBlocks(body);
    const ordered: UsedBlock[] = [];
    const done = new Set<string>();
    const waiting = new Set(blocks.values());
    for (let before = -1; before < done.size; ) {
      before = done.size;
      for (const block of waiting) {
        if (![...block.inside].every((name) => done.has(name))) continue;
        waiting.delete(block);
        done.add(block.name);
        ordered.push(block);
      }
    }
    const [circular] = waiting;
    if (circular === undefined) return { body, blocks: ordered };
    dissolved.add(circular.name);
  }
}

function usedBlocks(body: Body): ReadonlyMap<string, UsedBlock> {
  const blocks = new Map<string, UsedBlock>();
  const visit = ({ items }: Body, around: UsedBlock | undefined): void => {
    for (const item of items) {
      if (item.kind === 'repeat') for (const turn of item.turns) visit(turn, around);
      if (item.kind !== 'use') continue;
      const name = item.scope.block;
      const block = blocks.get(name) ?? { name, uses: [], inside: new Set() };
      blocks.set(name, block);
      block.uses.push(item);
      around?.inside.add(name);
      visit(item.body, block);
    }
  };
  visit(body, undefined);
  return blocks;
}
