/**
 * One piece of code for several bodies: the uses of a block, or the turns of a repeat. Items are matched by their
 * names; what only some bodies have becomes conditional; a repeat whose turns all do the same becomes a loop.
 */
import type { Argument, Shape } from '../../layers/index.js';
import type { GraphNode } from '../model-graph.js';
import { alignKeys } from './align-keys.js';
import {
  type Body,
  type Item,
  type LayerItem,
  nodesIn,
  type RepeatItem,
  type UseItem,
  unrolledItems,
} from './bodies.js';
import type { LocalName } from './class-imports.js';
import { type Expression, flat, type ObjectEntry } from './layout.js';
import { type ArgumentContext, mergeCalls } from './merge-arguments.js';
import type { MergedItem, MergedLayer, MergedLoop, MergedUse, Source } from './merged-items.js';
import { NotMergeable } from './not-mergeable.js';
import type { Parameter, Parameters } from './parameters.js';
import { localSources, type Option, type PlacedBody, SourceMerge } from './sources.js';
import { type TextPiece, textOf } from './text.js';

export interface MergeContext {
  readonly parameters: Parameters;
  readonly localName: LocalName;
  readonly seeds: ArgumentContext['seeds'];
  /** Each layer follows the one before it, so that nobody needs to say what it takes. */
  readonly sequential: boolean;
  /** Whether a repeat is written out turn by turn. */
  isUnrolled(repeat: string): boolean;
  /** The function that makes a use of a block, and which of its uses that is. */
  functionFor(body: Body): {
    readonly name: string;
    readonly parameters: readonly Parameter[];
    readonly use: number;
  };
  /** What counts the turns of a loop that stands in `depth - 1` others. */
  indexFor(depth: number): string;
  /** What the first layer of a sequential model has among its options: in one body only, or in one of several. */
  inputShape(alone: boolean): ObjectEntry;
}

/** `id` is what the ids of the items begin with, `folder` what their names begin with. */
export function mergeBodies(
  context: MergeContext,
  bodies: readonly PlacedBody[],
  id: string,
  folder: readonly TextPiece[],
  around?: { readonly sources: SourceMerge; readonly loop: string; readonly option: number | undefined },
): { readonly items: readonly MergedItem[]; readonly sources: SourceMerge } {
  const rows = bodies.map(({ body }) => unrolledItems(body, id, context.isUnrolled));
  const keys = alignKeys(rows.map((row) => row.map(({ key }) => key)));
  const found = new Map(keys.map((key) => [key, [] as Entry<Item>[]]));
  for (const [index, row] of rows.entries()) {
    for (const item of row) found.get(item.key)!.push({ body: bodies[index]!, item });
  }
  const options = optionsOf(
    keys.map((key) => found.get(key)!.map(({ body }) => body)),
    bodies,
  );
  const sources = new SourceMerge(
    keys.map((key, index) => ({ id: id + key, option: options[index] })),
    context.sequential,
    around,
  );

  const top: MergedItem[] = [];
  let open: { option: number; items: MergedItem[] } | undefined;
  for (const [index, key] of keys.entries()) {
    const option = options[index];
    const entries = found.get(key)!;
    const merged = new ItemMerge(context, sources, id, folder, option?.number).item(key, entries);
    if (option === undefined) {
      top.push(merged);
      open = undefined;
    } else if (open?.option === option.number) open.items.push(merged);
    else {
      open = { option: option.number, items: [merged] };
      const uses = new Set(entries.map(({ body }) => body.use));
      const condition = context.parameters.condition(uses, key.slice(key.lastIndexOf('/') + 1));
      top.push({ kind: 'option', condition, items: open.items, joined: sources.joined(option.number) });
    }
  }
  return { items: top, sources };
}

interface Entry<Kind extends Item> {
  readonly body: PlacedBody;
  readonly item: Kind;
}

/** For each item the option that it belongs to; undefined for what all bodies have. */
function optionsOf(
  presence: readonly (readonly PlacedBody[])[],
  bodies: readonly PlacedBody[],
): readonly (Option | undefined)[] {
  let last: Option | undefined;
  return presence.map((present, index) => {
    if (present.length === bodies.length) last = undefined;
    else if (last === undefined || !isSame(last.present, present)) {
      last = { number: index, present: new Set(present) };
      const uses = new Set(present.map(({ use }) => use));
      // Whether a turn has something would depend on the turn.
      if (bodies.some((body) => uses.has(body.use) !== last!.present.has(body))) throw new NotMergeable();
    }
    return last;
  });
}

function isSame(set: ReadonlySet<PlacedBody>, list: readonly PlacedBody[]): boolean {
  return set.size === list.length && list.every((element) => set.has(element));
}

class ItemMerge {
  constructor(
    private readonly context: MergeContext,
    private readonly sources: SourceMerge,
    private readonly id: string,
    private readonly folder: readonly TextPiece[],
    private readonly option: number | undefined,
  ) {}

  item(key: string, entries: readonly Entry<Item>[]): MergedItem {
    const { kind } = entries[0]!.item;
    if (entries.some(({ item }) => item.kind !== kind)) throw new NotMergeable();
    if (kind === 'layer') return this.layer(key, entries as readonly Entry<LayerItem>[]);
    if (kind === 'use') return this.use(key, entries as readonly Entry<UseItem>[]);
    return this.loop(key, entries as readonly Entry<RepeatItem>[]);
  }

  private layer(key: string, entries: readonly Entry<LayerItem>[]): MergedLayer {
    const uses = entries.map(({ body, item }) => ({ use: body.use, node: item.node, call: item.call }));
    const { parameters, localName, seeds } = this.context;
    const hint = lastWord(key);
    const call = mergeCalls(uses, { parameters, localName, seeds, name: this.name(key), hint });
    const first = entries.some(({ item }) => item.first);
    return {
      ...this.place(key, entries),
      kind: 'layer',
      nodes: uses.map(({ node }) => node),
      shape: uses.at(-1)!.node.outputShape,
      inputs: this.inputs(entries, ({ node }) => node.inputs),
      call: first ? withInputShape(call, this.context.inputShape(entries.length === 1)) : call,
    };
  }

  private use(key: string, entries: readonly Entry<UseItem>[]): MergedUse {
    const calls = entries.map(({ body, item }) => ({ body, ...this.context.functionFor(item.body) }));
    const { name, parameters } = calls[0]!;
    if (calls.some((call) => call.name !== name)) throw new NotMergeable();
    const entryOf = ({ identifier, values }: Parameter, index: number): ObjectEntry => {
      // The first parameter is the name, wherever there is one.
      if (index === 0) return [identifier, textOf(this.name(key))];
      const list = calls.map(
        ({ body, use, parameters }) => [body.use, parameters[index]!.values[use]!] as const,
      );
      const value = this.context.parameters.express(list, [identifier, `${lastWord(key)}_${identifier}`]);
      if (value === undefined || values.length === 0) throw new NotMergeable();
      return value === identifier && this.context.parameters.has(identifier)
        ? [identifier]
        : [identifier, value];
    };
    const options = parameters.map(entryOf);
    const nodes = entries.flatMap(({ item }) => nodesIn(item.body));
    return {
      ...this.place(key, entries),
      kind: 'use',
      nodes,
      shape: shapeOf(nodes, entries.at(-1)!.item.scope.output),
      inputs: this.inputs(entries, ({ scope }) => scope.inputs),
      callee: name,
      options:
        options.length === 0
          ? undefined
          : options.length === 1
            ? options[0]![1]!
            : { kind: 'object', entries: options },
    };
  }

  private loop(key: string, entries: readonly Entry<RepeatItem>[]): MergedLoop {
    const { context } = this;
    const loop = this.id + key;
    if (entries.every(({ item }) => item.turns.length === 1)) throw new NotMergeable(loop);
    const counts = entries.map(({ body, item }) => [body.use, item.turns.length as Argument] as const);
    const count = context.parameters.express(counts, ['turns', `${lastWord(key)}_turns`]);
    if (count === undefined) throw new NotMergeable(loop);
    const index = context.indexFor(loop.split('/*/').length);
    const inner = `${loop}/*/`;
    const turns = entries.flatMap(({ body, item }) => turnsOf(item, body, inner, context));
    const folder = [...this.name(`${key}/`), { code: index }];
    const around = { sources: this.sources, loop, option: this.option };
    try {
      const { items, sources } = mergeBodies(context, turns, inner, folder, around);
      sources.check();
      if (!context.sequential) this.sources.addLoop(loop, sources);
      const carried = context.sequential ? undefined : sources.carried();
      const nodes = entries.flatMap(({ item }) => item.turns.flatMap(nodesIn));
      const last = entries.at(-1)!.item.turns.at(-1)!;
      const output =
        carried === undefined
          ? undefined
          : sources.nameOf(carried.result, localSources(last, inner, context.isUnrolled));
      const shape = shapeOf(nodes, output ?? nodes.at(-1)!.name);
      return {
        ...this.place(key, entries),
        kind: 'loop',
        nodes,
        shape,
        index,
        count: flat(count),
        carried,
        items,
      };
    } catch (error) {
      throw error instanceof NotMergeable && error.repeat === undefined ? new NotMergeable(loop) : error;
    }
  }

  private place(key: string, entries: readonly Entry<Item>[]) {
    return { id: this.id + key, key, parts: entries[0]!.item.parts };
  }

  private name(key: string): readonly TextPiece[] {
    return this.folder.length === 0 ? [key] : [...this.folder, `/${key}`];
  }

  private inputs<Kind extends Item>(
    entries: readonly Entry<Kind>[],
    namesOf: (item: Kind) => readonly string[],
  ): readonly Source[] {
    if (this.context.sequential) return [];
    const names = entries.map(({ item }) => namesOf(item));
    const { length } = names[0]!;
    if (names.some((list) => list.length !== length)) throw new NotMergeable();
    return names[0]!.map((_name, index) =>
      this.sources.merge(
        entries.map(({ body }, place) => ({ body, sources: body.resolve(names[place]![index]!) })),
        this.option,
      ),
    );
  }
}

function turnsOf(
  item: RepeatItem,
  around: PlacedBody,
  id: string,
  context: MergeContext,
): readonly PlacedBody[] {
  const locals = context.sequential
    ? []
    : item.turns.map((turn) => localSources(turn, id, context.isUnrolled));
  return item.turns.map((body, turn) => ({
    body,
    use: around.use,
    turn,
    around,
    resolve(name) {
      const own = locals[turn]!.get(name);
      const before =
        turn === 0 ? undefined : locals[turn - 1]!.get(name)?.map((source) => `previous:${source}`);
      return own ?? before ?? around.resolve(name);
    },
  }));
}

/** After the name, where people write it. */
function withInputShape(call: MergedLayer['call'], entry: ObjectEntry): MergedLayer['call'] {
  const [options, ...others] = call.args;
  if (typeof options !== 'object' || options.kind !== 'object') throw new Error('a layer without options');
  const [name, ...entries] = options.entries;
  return {
    ...call,
    args: [{ kind: 'object', entries: [name!, entry, ...entries] } as Expression, ...others],
  };
}

function shapeOf(nodes: readonly GraphNode[], name: string): Shape {
  return nodes.find((node) => node.name === name)!.outputShape;
}

function lastWord(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1);
}
