/**
 * Where the values come from that several bodies take at one place of their common code. Mostly all take the value
 * of the same item. Where some lack that item and take another value instead, the two are joined in one variable;
 * where each turn of a loop takes what the turn before it made, the loop carries it.
 */
import { type Body, unrolledItems } from './bodies.js';
import type { Source } from './merged-items.js';
import { NotMergeable } from './not-mergeable.js';

/** A body at one place of the code, at which others stand too. */
export interface PlacedBody {
  readonly body: Body;
  /** Of the function. */
  readonly use: number;
  /** Of the loop; 0 outside loops. */
  readonly turn: number;
  /** What a loop is in. */
  readonly around: PlacedBody | undefined;
  /** Where a value comes from: every way to say it. */
  resolve(name: string): readonly Source[];
}

/** A run of items that the same bodies have. */
export interface Option {
  readonly number: number;
  readonly present: ReadonlySet<PlacedBody>;
}

/** The value that one body takes: every way to say where it comes from. */
interface Taken {
  readonly body: PlacedBody;
  readonly sources: readonly Source[];
}

/**
 * What the values of a body are called in it. Beside the sources of `merged-items.ts` there are two that do not
 * outlive the merge: `last:5:stageSOURCE`, of the last turn of the loop `stage`, whose name has 5 characters; and
 * `previous:SOURCE`, of the turn before.
 */
export function localSources(
  body: Body,
  id: string,
  isUnrolled: (repeat: string) => boolean,
): ReadonlyMap<string, readonly Source[]> {
  const found = new Map<string, readonly Source[]>();
  for (const item of unrolledItems(body, id, isUnrolled)) {
    if (item.kind === 'layer') found.set(item.node.name, [`item:${id}${item.key}`]);
    else if (item.kind === 'use') found.set(item.scope.output, [`item:${id}${item.key}`]);
    else {
      const loop = id + item.key;
      for (const [name, sources] of localSources(item.turns.at(-1)!, `${loop}/*/`, isUnrolled)) {
        found.set(
          name,
          sources.map((source) => `last:${loop.length}:${loop}${source}`),
        );
      }
    }
  }
  return found;
}

interface Around {
  readonly sources: SourceMerge;
  readonly loop: string;
  /** The option that the loop stands in. */
  readonly option: number | undefined;
}

export class SourceMerge {
  private readonly places = new Map<string, number>();
  private readonly options = new Map<
    number,
    { option: Option; start: number; joined: Map<string, Source> }
  >();
  /** What loops leave in the end, with those inside them. */
  private readonly loops = new Map<string, Source>();
  /** Items of options whose values are used outside them, and so must be joined. */
  private readonly exposed = new Set<string>();
  private carries: { readonly initial: Source; readonly result: Source } | undefined;

  constructor(
    private readonly items: readonly { readonly id: string; readonly option: Option | undefined }[],
    private readonly sequential: boolean,
    private readonly around: Around | undefined,
  ) {
    for (const [place, { id, option }] of items.entries()) {
      this.places.set(id, place);
      if (option !== undefined && !this.options.has(option.number)) {
        this.options.set(option.number, { option, start: place, joined: new Map() });
      }
    }
  }

  /** `option` is the one that whoever takes the value stands in. */
  merge(taken: readonly Taken[], option: number | undefined): Source {
    const shared = sharedBy(taken);
    if (shared !== undefined) return this.settled(shared, option);
    return this.mergeCarried(taken) ?? this.mergeJoined(taken);
  }

  /** The values of an option that are joined with others. */
  joined(option: number): ReadonlyMap<string, Source> {
    return this.options.get(option)!.joined;
  }

  addLoop(loop: string, inside: SourceMerge): void {
    for (const [inner, result] of inside.loops) this.loops.set(inner, result);
    this.loops.set(loop, inside.carried().result);
  }

  carried(): { readonly initial: Source; readonly result: Source } {
    if (this.carries === undefined) throw new NotMergeable();
    return this.carries;
  }

  /** The layer whose value a source is, by what the values of a body are called. */
  nameOf(source: Source, locals: ReadonlyMap<string, readonly Source[]>): string | undefined {
    return [...locals].find(([, sources]) => sources.some((local) => this.left(local) === source))?.[0];
  }

  /** To be called when all is merged. */
  check(): void {
    for (const id of this.exposed) {
      const option = this.items[this.places.get(id)!]!.option!;
      if (!this.joined(option.number).has(id)) throw new NotMergeable();
    }
  }

  private settled(source: Source, option: number | undefined): Source {
    const [, kind, rest] = /^(\w+):(.*)$/s.exec(source) as unknown as [string, string, string];
    if (kind === 'input' || this.sequential) return source;
    if (kind === 'last') {
      const place = this.places.get(partsOf(source)[0]);
      if (place === undefined) return this.outer(source);
      if (this.items[place]!.option?.number !== option) throw new NotMergeable();
      const left = this.left(source);
      if (left === undefined) throw new NotMergeable(partsOf(source)[0]);
      return left;
    }
    const place = this.places.get(rest);
    if (place === undefined) return this.outer(source);
    const own = this.items[place]!.option;
    if (own !== undefined && own.number !== option) this.exposed.add(rest);
    return source;
  }

  /** `last:1:aitem:b` is what the loop `a` leaves, if that is `b`. */
  private left(source: Source): Source | undefined {
    if (!source.startsWith('last:')) return source;
    const [loop, inside] = partsOf(source);
    return this.left(inside) === this.loops.get(loop) ? `loop:${loop}` : undefined;
  }

  private outer(source: Source): Source {
    if (this.around === undefined) throw new NotMergeable();
    return this.around.sources.settled(source, this.around.option);
  }

  private mergeCarried(taken: readonly Taken[]): Source | undefined {
    const { around } = this;
    if (around === undefined) return undefined;
    const first = taken.filter(({ body }) => body.turn === 0);
    const result = sharedBy(taken.filter(({ body }) => body.turn > 0));
    if (first.length === 0 || result?.startsWith('previous:') !== true) return undefined;
    const outside = first.map(({ body, sources }) => ({ body: body.around!, sources }));
    const initial = around.sources.merge(outside, around.option);
    const carried = { initial, result: this.settled(result.slice('previous:'.length), undefined) };
    if (this.carries !== undefined && !isSame(this.carries, carried)) throw new NotMergeable();
    this.carries = carried;
    return `loop:${around.loop}`;
  }

  private mergeJoined(taken: readonly Taken[]): Source {
    const places = taken.flatMap(({ sources }) => sources.flatMap((source) => this.optional(source) ?? []));
    if (places.length === 0) throw new NotMergeable();
    const { id, option } = this.items[Math.max(...places)]!;
    const source = `item:${id}`;
    const { start, joined } = this.options.get(option!.number)!;
    const others = taken.filter(({ sources }) => !sources.includes(source));
    if (taken.some((one) => option!.present.has(one.body) === others.includes(one))) throw new NotMergeable();
    const instead = this.merge(others, undefined);
    const before = joined.get(id);
    if ((before ?? instead) !== instead || this.placeOf(instead) >= start) throw new NotMergeable();
    joined.set(id, instead);
    return source;
  }

  private optional(source: Source): number | undefined {
    if (!source.startsWith('item:')) return undefined;
    const place = this.places.get(source.slice('item:'.length));
    return place !== undefined && this.items[place]!.option !== undefined ? place : undefined;
  }

  /** Before all items for what is there from the start. */
  private placeOf(source: Source): number {
    return this.places.get(source.slice(source.indexOf(':') + 1)) ?? -1;
  }
}

function partsOf(last: Source): readonly [loop: string, inside: Source] {
  const start = last.indexOf(':', 'last:'.length) + 1;
  const end = start + Number(last.slice('last:'.length, start - 1));
  return [last.slice(start, end), last.slice(end)];
}

/** A source that all have. */
function sharedBy(taken: readonly Taken[]): Source | undefined {
  return taken[0]?.sources.find((source) => taken.every(({ sources }) => sources.includes(source)));
}

function isSame(
  one: { initial: Source; result: Source },
  other: { initial: Source; result: Source },
): boolean {
  return one.initial === other.initial && one.result === other.result;
}
