/** From YAML's tree to plain data and a tree of places, with every alias and merge key written out. */
import { type Alias, isAlias, isMap, isScalar, isSeq, type Node, type Scalar, type YAMLMap } from 'yaml';
import type { SpecPath } from '../diagnostics/index.js';
import { limits } from './limits.js';
import { nearest } from './suggest.js';
import type { TextFault } from './yaml-faults.js';

export interface Place {
  /** Offsets of the value, first and after the last. */
  readonly value: readonly [number, number];
  readonly key?: readonly [number, number];
  readonly children?: ReadonlyMap<string | number, Place>;
  /** Reported already. */
  readonly faulty?: boolean;
}

interface Read {
  readonly value: unknown;
  readonly place: Place;
}

/** No place is returned where the values are too many or too deep to be looked at. */
export function readValues(
  root: Node,
  text: string,
): { readonly value?: unknown; readonly place?: Place; readonly faults: readonly TextFault[] } {
  const reader = new Reader(text, root);
  try {
    const { value, place } = reader.read(root, []);
    return { value, place, faults: reader.faults };
  } catch (error) {
    if (error !== tooLarge) throw error;
    return { faults: reader.faults };
  }
}

const tooLarge = new Error('beyond the limits');

/** Where a node stands, without the line break that ends a block. */
function offsetsOf(node: Node | null, text: string, fallback: readonly [number, number]): [number, number] {
  const range = node?.range;
  if (!range) return [...fallback];
  const [start] = range;
  let end = range[1];
  while (end > start && /\s/.test(text[end - 1]!)) end--;
  return [start, end];
}

/** A merge key is a bare `<<`; in quotes it is an ordinary key. */
const isMergeKey = (key: unknown) => isScalar(key) && key.type === 'PLAIN' && key.value === '<<';

class Reader {
  readonly faults: TextFault[] = [];
  private readonly targets: ReadonlyMap<Alias, Node>;
  private readonly anchors: readonly string[];
  /** The nodes that are being read: an alias to one of them has no end. */
  private readonly open = new Set<Node>();
  private count = 0;

  constructor(
    private readonly text: string,
    root: Node,
  ) {
    const { targets, anchors } = text.includes('*')
      ? aliasTargets(root)
      : { targets: new Map(), anchors: [] };
    this.targets = targets;
    this.anchors = anchors;
  }

  read(node: Node | null, path: SpecPath, around: readonly [number, number] = [0, 0]): Read {
    const offsets = offsetsOf(node, this.text, around);
    this.count++;
    if (this.count > limits.values || path.length > limits.depth) this.giveUp(offsets, path);
    if (node === null) return { value: null, place: { value: offsets } };
    if (isScalar(node)) return this.readScalar(node, offsets, path);
    if (isAlias(node)) return this.readAlias(node, offsets, path);
    this.open.add(node);
    const read = isMap(node)
      ? this.readMap(node, offsets, path)
      : isSeq(node)
        ? this.readList(node.items as (Node | null)[], offsets, path)
        : this.fault({ code: 'yaml-syntax', message: 'expected a value', offsets, path });
    this.open.delete(node);
    return read;
  }

  private readScalar(node: Scalar, offsets: readonly [number, number], path: SpecPath): Read {
    const { value } = node;
    if (typeof value === 'number' && !Number.isFinite(value)) {
      const found = this.text.slice(...offsets);
      const message = `expected a finite number, found ${found}`;
      return this.fault({ code: 'not-a-number', message, offsets, path });
    }
    return { value: value ?? null, place: { value: offsets } };
  }

  private readAlias(node: Alias, offsets: readonly [number, number], path: SpecPath): Read {
    const target = this.targets.get(node);
    const name = `*${node.source}`;
    if (target === undefined) {
      const near = nearest(node.source, this.anchors);
      return this.fault({
        code: 'unresolved-alias',
        message: `no anchor '&${node.source}' stands before the alias '${name}'`,
        hint:
          near === undefined ? `mark the value to repeat with '&${node.source}'` : `did you mean '*${near}'?`,
        offsets,
        path,
      });
    }
    if (this.open.has(target)) {
      const message = `the alias '${name}' stands inside the value that it repeats`;
      return this.fault({ code: 'circular-alias', message, offsets, path });
    }
    const { value, place } = this.read(target, path, offsets);
    // What is wrong inside a repeated value is shown where it is written, the whole of it where it is used.
    return { value, place: { ...place, value: place.children === undefined ? place.value : offsets } };
  }

  private readList(
    items: readonly (Node | null)[],
    offsets: readonly [number, number],
    path: SpecPath,
  ): Read {
    const value: unknown[] = [];
    const children = new Map<string | number, Place>();
    for (const [index, item] of items.entries()) {
      const read = this.read(item, [...path, index], [offsets[0], offsets[0]]);
      value.push(read.value);
      children.set(index, read.place);
    }
    return { value, place: { value: offsets, children } };
  }

  private readMap(node: YAMLMap, offsets: readonly [number, number], path: SpecPath): Read {
    const entries = new Map<string, Read>();
    const keys = new Map<string, number>();
    const merged: Node[] = [];
    for (const pair of node.items) {
      const key = pair.key as Node | null;
      const keyOffsets = offsetsOf(key, this.text, offsets);
      const name = isScalar(key) && key.value !== null ? keyName(key) : undefined;
      const earlier = name === undefined ? undefined : keys.get(name);
      if (name !== undefined && earlier !== undefined) {
        this.fault({
          code: 'duplicate-key',
          message: `'${name}' is there twice`,
          offsets: keyOffsets,
          path,
          related: { text: 'the first one is', offset: earlier },
        });
        continue;
      }
      if (name !== undefined) keys.set(name, keyOffsets[0]);
      if (isMergeKey(key)) {
        merged.push(pair.value as Node);
        continue;
      }
      if (name === undefined) {
        const message = 'expected the name of a section or an option before the colon';
        this.fault({ code: 'invalid-key', message, offsets: keyOffsets, path });
        continue;
      }
      const read = this.read(pair.value as Node | null, [...path, name], [keyOffsets[1], keyOffsets[1]]);
      entries.set(name, { value: read.value, place: { ...read.place, key: keyOffsets } });
    }
    for (const source of merged) this.merge(source, entries, offsets, path);
    const value: Record<string, unknown> = {};
    const children = new Map<string | number, Place>();
    for (const [name, read] of entries) {
      if (name === '__proto__') {
        // Assigning to it would change the object instead of adding a key to it.
        const property = { value: read.value, enumerable: true, configurable: true, writable: true };
        Object.defineProperty(value, name, property);
      } else value[name] = read.value;
      children.set(name, read.place);
    }
    return { value, place: { value: offsets, children } };
  }

  /** `<<: *base` or `<<: [*one, *two]`: keys that are there already win, then the earlier source. */
  private merge(
    source: Node | null,
    entries: Map<string, Read>,
    around: readonly [number, number],
    path: SpecPath,
  ): void {
    const target = isAlias(source) ? this.targets.get(source) : source;
    if (isSeq(target)) {
      for (const item of target.items) this.merge(item as Node, entries, around, path);
      return;
    }
    const offsets = offsetsOf(source, this.text, around);
    if (target !== undefined && !isMap(target)) {
      const message = "expected a mapping, or a list of mappings, to merge after '<<'";
      this.fault({ code: 'wrong-type', message, offsets, path });
      return;
    }
    const { value, place } = this.read(source, path, around);
    if (place.children === undefined) return;
    for (const [name, child] of place.children) {
      if (!entries.has(String(name))) {
        entries.set(String(name), { value: (value as Record<string, unknown>)[name], place: child });
      }
    }
  }

  private fault(fault: TextFault): Read {
    this.faults.push(fault);
    if (this.faults.length >= limits.faults) throw tooLarge;
    return { value: null, place: { value: fault.offsets, faulty: true } };
  }

  private giveUp(offsets: readonly [number, number], path: SpecPath): never {
    this.faults.push(
      path.length > limits.depth
        ? {
            code: 'spec-too-deep',
            message: `expected values nested at most ${limits.depth} deep`,
            offsets,
          }
        : {
            code: 'spec-too-large',
            message: `expected at most ${limits.values} values with all aliases written out`,
            offsets,
          },
    );
    throw tooLarge;
  }
}

/** A key as it is written: `1e3` is not the key `1000`. */
function keyName(key: Scalar): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

/** An alias means the last anchor of its name before it. */
function aliasTargets(root: Node): {
  readonly targets: ReadonlyMap<Alias, Node>;
  /** A few of their names, for suggestions. */
  readonly anchors: readonly string[];
} {
  const anchors = new Map<string, Node>();
  const targets = new Map<Alias, Node>();
  const visit = (node: unknown): void => {
    if (isAlias(node)) {
      const target = anchors.get(node.source);
      if (target !== undefined) targets.set(node, target);
      return;
    }
    if (isScalar(node) || isMap(node) || isSeq(node)) {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    }
    if (isMap(node)) {
      for (const pair of node.items) {
        visit(pair.key);
        visit(pair.value);
      }
    } else if (isSeq(node)) node.items.forEach(visit);
  };
  visit(root);
  return { targets, anchors: [...anchors.keys()].slice(0, 100) };
}
