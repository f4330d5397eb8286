/**
 * What a printed function has to make: the layers of the model, or of one use of a block, with the blocks and
 * repeats inside as single items. Branches are no items: they only say where layers stand.
 */
import type { Call } from '../../layers/index.js';
import { modelCalls } from '../model-calls.js';
import type { BlockScope, GraphNode, ModelGraph } from '../model-graph.js';
import {
  isBlock,
  isGroup,
  namesAreIn,
  runsOf,
  type ScopeGroup,
  type ScopeMember,
  scopeFolder,
  scopeTree,
} from '../scope-tree.js';
import { soundBlocks } from './sound-blocks.js';

export interface Body {
  /** The names of all that is in it begin with this and a `/`; empty for the model. */
  readonly folder: string;
  readonly items: readonly Item[];
}

export type Item = LayerItem | UseItem | RepeatItem;

/** Where an item stands in its body. */
export interface Place {
  /** Its name without the body's folder: `conv1`, `join/0/conv1`. Unique in the body. */
  readonly key: string;
  /** The branches and turns that it stands in, outermost first. */
  readonly parts: readonly Part[];
}

export interface Part {
  readonly kind: 'branch' | 'turn';
  /** Of the parallel or repeat, within what is around it. */
  readonly name: string;
  readonly number: number;
}

export interface LayerItem extends Place {
  readonly kind: 'layer';
  readonly node: GraphNode;
  /** Without `inputShape`. */
  readonly call: Call;
  /** True for the layer that tells a sequential model its input's shape. */
  readonly first: boolean;
}

export interface UseItem extends Place {
  readonly kind: 'use';
  readonly scope: BlockScope;
  readonly body: Body;
}

export interface RepeatItem extends Place {
  readonly kind: 'repeat';
  /** Within what is around it. */
  readonly name: string;
  readonly turns: readonly Body[];
}

/** The body of the model. Blocks in `dissolved` are no items: what they hold is. */
export function modelBody(graph: ModelGraph, dissolved: ReadonlySet<string>): Body {
  const tree = scopeTree(graph);
  const { form } = modelCalls(graph);
  const sound = soundBlocks(graph, tree, dissolved);
  const names = new Set([...graph.inputs, ...graph.nodes].map(({ name }) => name));
  /** Whether the name stands for this part alone. */
  const claim = (name: string) => !names.has(name) && names.add(name) !== undefined;
  const first = form === 'sequential' ? graph.nodes[0] : undefined;

  const bodyOf = (folder: string, members: readonly ScopeMember[]): Body => {
    const items: Item[] = [];
    const relative = (name: string) => (folder === '' ? name : name.slice(folder.length + 1));
    const add = (parts: readonly Part[], around: string, list: readonly ScopeMember[]): void => {
      for (const run of runsOf(list)) {
        const member = run[0]!;
        if (!isGroup(member)) {
          const { name, call } = member;
          items.push({
            kind: 'layer',
            key: relative(name),
            parts,
            node: member,
            call,
            first: member === first,
          });
          continue;
        }
        const { scope } = member;
        const name = around === '' ? scope.name : scope.name.slice(around.length + 1);
        if (isBlock(member)) {
          if (sound.has(member) && claim(scope.name)) {
            const body = bodyOf(scope.name, member.members);
            items.push({ kind: 'use', key: relative(scope.name), parts, scope: member.scope, body });
          } else add(parts, around, member.members);
          continue;
        }
        const inside = scopeFolder(scope);
        if (scope.kind === 'parallel') {
          add([...parts, { kind: 'branch', name, number: scope.branch }], inside, member.members);
          continue;
        }
        if (scope.kind !== 'repeat') continue;
        const turns = run as readonly ScopeGroup[];
        if (turns.every(isTidy) && claim(scope.name)) {
          const bodies = turns.map((turn) => bodyOf(scopeFolder(turn.scope), turn.members));
          items.push({ kind: 'repeat', key: relative(scope.name), parts, name, turns: bodies });
          continue;
        }
        for (const turn of turns) {
          const part: Part = {
            kind: 'turn',
            name,
            number: turn.scope.kind === 'repeat' ? turn.scope.index : 0,
          };
          add([...parts, part], scopeFolder(turn.scope), turn.members);
        }
      }
    };
    add([], folder, members);
    return { folder, items };
  };
  return bodyOf('', tree);
}

/** Whether turns are counted from 0, and all names in them say where they are. */
function isTidy({ scope, members }: ScopeGroup, index: number): boolean {
  return scope.kind === 'repeat' && scope.index === index && namesAreIn(scopeFolder(scope), members);
}

/** The items of a body, with those of repeats that `isUnrolled` names by their ids in the place of these. */
export function unrolledItems(
  body: Body,
  id: string,
  isUnrolled: (repeat: string) => boolean,
): readonly Item[] {
  return body.items.flatMap((item): readonly Item[] => {
    if (item.kind !== 'repeat' || !isUnrolled(id + item.key)) return [item];
    return item.turns.flatMap((turn, number) => {
      const folder = `${item.key}/${number}/`;
      const part: Part = { kind: 'turn', name: item.name, number };
      return unrolledItems(turn, id + folder, isUnrolled).map((inner) => ({
        ...inner,
        key: folder + inner.key,
        parts: [...item.parts, part, ...inner.parts],
      }));
    });
  });
}

/** All nodes that a body makes. */
export function nodesIn(body: Body): readonly GraphNode[] {
  return body.items.flatMap((item) => {
    if (item.kind === 'layer') return [item.node];
    return item.kind === 'use' ? nodesIn(item.body) : item.turns.flatMap(nodesIn);
  });
}
