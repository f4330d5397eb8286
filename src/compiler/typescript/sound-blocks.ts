/**
 * Which uses of blocks can be calls of a function: those that take values by their inputs and give one by their
 * output. That is so in every graph that comes from a spec; whoever makes a graph otherwise gets plain layers.
 */
import type { BlockScope, ModelGraph } from '../model-graph.js';
import { isBlock, isGroup, namesAreIn, type ScopeGroup, type ScopeMember } from '../scope-tree.js';

type Use = ScopeGroup<BlockScope>;

/** `dissolved` are names of blocks that nobody may call. */
export function soundBlocks(
  graph: ModelGraph,
  tree: readonly ScopeMember[],
  dissolved: ReadonlySet<string>,
): ReadonlySet<ScopeMember> {
  const sound = new Set<ScopeMember>();
  /** The uses that each node is a part of, outermost first. */
  const around = new Map<string, readonly Use[]>();
  const visit = (members: readonly ScopeMember[], uses: readonly Use[]): void => {
    for (const member of members) {
      if (!isGroup(member)) around.set(member.name, uses);
      else if (!isBlock(member)) visit(member.members, uses);
      else {
        const { block, name } = member.scope;
        const recursive = uses.some(({ scope }) => scope.block === block);
        if (!dissolved.has(block) && !recursive && namesAreIn(name, member.members)) sound.add(member);
        visit(member.members, [...uses, member]);
      }
    }
  };
  visit(tree, []);

  const connect = (producer: string, users: readonly Use[]): void => {
    const makers = around.get(producer) ?? [];
    const apart = makers.findIndex((use, depth) => use !== users[depth]);
    const shared = apart === -1 ? makers.length : apart;
    for (const use of makers.slice(shared)) if (use.scope.output !== producer) sound.delete(use);
    for (const use of users.slice(shared)) if (!use.scope.inputs.includes(producer)) sound.delete(use);
  };
  for (const { name, inputs } of graph.nodes) {
    for (const input of inputs) connect(input, around.get(name)!);
  }
  for (const output of graph.outputs) connect(output, []);
  for (const use of [...sound] as Use[]) {
    if (!around.get(use.scope.output)?.includes(use)) sound.delete(use);
  }
  return sound;
}
