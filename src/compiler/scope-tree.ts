/**
 * A graph's nodes as a tree: those of one block, one branch or one turn together. Pictures draw it as frames,
 * summaries as groups, printed source as functions.
 */
import type { GraphNode, ModelGraph, ScopeStep } from './model-graph.js';

export type ScopeMember = GraphNode | ScopeGroup;

/** A part of a spec with what it became, in the graph's order. */
export interface ScopeGroup<Scope extends ScopeStep = ScopeStep> {
  readonly scope: Scope;
  readonly members: readonly ScopeMember[];
}

export function isGroup(member: ScopeMember): member is ScopeGroup {
  return 'members' in member;
}

export function isBlock(member: ScopeMember): member is ScopeGroup<Extract<ScopeStep, { kind: 'block' }>> {
  return isGroup(member) && member.scope.kind === 'block';
}

/** A part whose nodes do not follow each other makes a group for each run of them. */
export function scopeTree({ nodes }: ModelGraph): readonly ScopeMember[] {
  const root: ScopeMember[] = [];
  /** The groups that are open, outermost first. */
  const open: { readonly scope: ScopeStep; readonly members: ScopeMember[] }[] = [];
  for (const node of nodes) {
    const { scope } = node;
    const shared = scope.findIndex(
      (step, depth) => depth >= open.length || !isSame(step, open[depth]!.scope),
    );
    open.length = shared === -1 ? Math.min(open.length, scope.length) : shared;
    for (const step of scope.slice(open.length)) {
      const group = { scope: step, members: [] };
      (open.at(-1)?.members ?? root).push(group);
      open.push(group);
    }
    (open.at(-1)?.members ?? root).push(node);
  }
  return root;
}

/** Each member alone, but all turns of a repeat together. */
export function runsOf(members: readonly ScopeMember[]): readonly (readonly ScopeMember[])[] {
  const runs: ScopeMember[][] = [];
  for (const member of members) {
    const last = runs.at(-1);
    const name = repeatName(member);
    if (last !== undefined && name !== undefined && name === repeatName(last[0]!)) last.push(member);
    else runs.push([member]);
  }
  return runs;
}

function repeatName(member: ScopeMember): string | undefined {
  return isGroup(member) && member.scope.kind === 'repeat' ? member.scope.name : undefined;
}

/** All nodes of a part. */
export function nodesOf(members: readonly ScopeMember[]): readonly GraphNode[] {
  return members.flatMap((member) => (isGroup(member) ? nodesOf(member.members) : [member]));
}

function isSame(one: ScopeStep, other: ScopeStep): boolean {
  return one.kind === other.kind && one.name === other.name && numberOf(one) === numberOf(other);
}

/** Which branch or turn a part is, counted from 0. */
function numberOf(scope: ScopeStep): number | undefined {
  return scope.kind === 'parallel' ? scope.branch : scope.kind === 'repeat' ? scope.index : undefined;
}

/** The full name of what stands in it is this, a `/`, and a name of its own: `unit1`, `stage/0`. */
export function scopeFolder(scope: ScopeStep): string {
  const number = numberOf(scope);
  return number === undefined ? scope.name : `${scope.name}/${number}`;
}

/** Whether the names of all nodes, and of all parts, begin with the folder and a `/`. */
export function namesAreIn(folder: string, members: readonly ScopeMember[]): boolean {
  return members.every((member) =>
    isGroup(member)
      ? member.scope.name.startsWith(`${folder}/`) && namesAreIn(scopeFolder(member.scope), member.members)
      : member.name.startsWith(`${folder}/`),
  );
}
