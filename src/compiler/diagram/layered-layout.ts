/**
 * Places boxes in layers from top to bottom, and leads edges between them past the others, after Sugiyama, Tagawa
 * and Toda, "Methods for visual understanding of hierarchical system structures" (1981): ranks by the longest path,
 * few crossings by barycenters, then horizontal places close to the neighbours'. An edge that only shortens another
 * way, such as the one around a residual unit, gives way to the boxes of that way, so that these stay in line.
 */
import type { Cell, Link } from './place-cells.js';
import { placeCells } from './place-cells.js';

export interface LayoutItem {
  readonly id: string;
  readonly width: number;
  readonly height: number;
  /** At the top before all others, or at the bottom after them. */
  readonly pinned?: 'top' | 'bottom';
}

export interface LayoutEdge {
  /** Each comes before `to` in the list of items. */
  readonly from: string;
  readonly to: string;
}

export interface PlacedItem {
  /** Of its middle. */
  readonly x: number;
  /** Of its upper edge. */
  readonly y: number;
  /** Where the rank ends that it stands in: below this there is nothing until the next one. */
  readonly rankEnd: number;
}

/** An upright piece of an edge's way between two other boxes. */
export interface Lane {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
}

export interface Layout {
  readonly items: ReadonlyMap<string, PlacedItem>;
  /** For each edge, in the order given, the lanes that it goes through. */
  readonly lanes: readonly (readonly Lane[])[];
  /** All of it lies between 0 and these. */
  readonly width: number;
  readonly height: number;
}

export interface LayoutGaps {
  readonly rank: number;
  readonly item: number;
  readonly lane: number;
}

const crossingSweeps = 8;

export function layeredLayout(
  items: readonly LayoutItem[],
  edges: readonly LayoutEdge[],
  gaps: LayoutGaps,
): Layout {
  const ranks = ranksOf(items, edges);
  const cells = new Map(items.map((item) => [item.id, newCell(item, ranks.get(item.id)!, item.width, true)]));
  const shortcuts = shortcutsAmong(edges, ranks);
  const [lanes, laneCells] = lanesOf(edges, cells, (index) => !shortcuts.has(index));
  const rows: Cell[][] = [];
  for (const cell of [...cells.values(), ...laneCells]) {
    rows[cell.rank] ??= [];
    rows[cell.rank]!.push(cell);
  }
  orderRows(rows);
  placeCells(rows, (one, other) => (one.item && other.item ? gaps.item : gaps.lane));

  const left = Math.min(...rows.map(([first]) => first!.x - first!.width / 2));
  const right = Math.max(...rows.map((row) => row.at(-1)!.x + row.at(-1)!.width / 2));
  const tops: number[] = [];
  const heights = rows.map((row) => row.reduce((most, { item }) => Math.max(most, item?.height ?? 0), 0));
  heights.forEach((_height, rank) => {
    tops.push(rank === 0 ? 0 : tops[rank - 1]! + heights[rank - 1]! + gaps.rank);
  });
  const placed = items.map(({ id }) => {
    const { x, rank } = cells.get(id)!;
    return [id, { x: Math.round(x - left), y: tops[rank]!, rankEnd: tops[rank]! + heights[rank]! }] as const;
  });
  return {
    items: new Map(placed),
    lanes: lanes.map((list) =>
      list.map(({ x, rank }) => ({
        x: Math.round(x - left),
        top: tops[rank]!,
        bottom: tops[rank]! + heights[rank]!,
      })),
    ),
    width: Math.ceil(right - left),
    height: tops.at(-1)! + heights.at(-1)!,
  };
}

function newCell(item: LayoutItem | undefined, rank: number, width: number, firm: boolean): Cell {
  return { item, rank, width, firm, above: [], below: [], order: 0, x: 0 };
}

/** By the longest way to an item; what needs nothing stands right before what needs it. */
function ranksOf(items: readonly LayoutItem[], edges: readonly LayoutEdge[]): ReadonlyMap<string, number> {
  const above = groupBy(edges, ({ to }) => to);
  const below = groupBy(edges, ({ from }) => from);
  const start = items.some(({ pinned }) => pinned === 'top') ? 1 : 0;
  const ranks = new Map<string, number>();
  for (const { id, pinned } of items) {
    const ways = (above.get(id) ?? []).map(({ from }) => ranks.get(from)! + 1);
    ranks.set(id, pinned === 'top' ? 0 : Math.max(start, ...ways));
  }
  for (const { id, pinned } of [...items].reverse()) {
    const takers = below.get(id) ?? [];
    if (above.has(id) || pinned !== undefined || takers.length === 0) continue;
    ranks.set(id, Math.min(...takers.map(({ to }) => ranks.get(to)!)) - 1);
  }
  const last = Math.max(...items.map(({ id, pinned }) => (pinned === 'bottom' ? 0 : ranks.get(id)!)));
  for (const { id, pinned } of items) if (pinned === 'bottom') ranks.set(id, last + 1);
  return ranks;
}

/** The edges beside which a longer way leads to the same item. */
function shortcutsAmong(
  edges: readonly LayoutEdge[],
  ranks: ReadonlyMap<string, number>,
): ReadonlySet<number> {
  const below = groupBy(edges, ({ from }) => from);
  const found = new Set<number>();
  for (const [index, { from, to }] of edges.entries()) {
    const end = ranks.get(to)!;
    if (end - ranks.get(from)! < 2) continue;
    const seen = new Set<string>();
    const waiting = (below.get(from) ?? []).map((edge) => edge.to).filter((id) => id !== to);
    for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
      if (id === to) {
        found.add(index);
        break;
      }
      if (seen.has(id) || ranks.get(id)! >= end) continue;
      seen.add(id);
      waiting.push(...(below.get(id) ?? []).map((edge) => edge.to));
    }
  }
  return found;
}

/**
 * The lanes of each edge, and all of them. Edges from one item share their lanes as far as they go together; a lane is
 * firm where an edge that is runs through it.
 */
function lanesOf(
  edges: readonly LayoutEdge[],
  cells: ReadonlyMap<string, Cell>,
  isFirm: (edge: number) => boolean,
): readonly [lanes: readonly (readonly Cell[])[], cells: readonly Cell[]] {
  const firmUntil = new Map<string, number>();
  for (const [index, { from, to }] of edges.entries()) {
    if (isFirm(index)) firmUntil.set(from, Math.max(firmUntil.get(from) ?? 0, cells.get(to)!.rank));
  }
  const known = new Map<string, Cell[]>();
  const lanes = edges.map(({ from, to }, index) => {
    const [upper, lower] = [cells.get(from)!, cells.get(to)!];
    const shared = known.get(from) ?? [];
    known.set(from, shared);
    for (let rank = upper.rank + shared.length + 1; rank < lower.rank; rank++) {
      const firm = rank < (firmUntil.get(from) ?? 0);
      const lane = newCell(undefined, rank, 0, firm);
      link(shared.at(-1) ?? upper, lane, firm);
      shared.push(lane);
    }
    const own = shared.slice(0, lower.rank - upper.rank - 1);
    link(own.at(-1) ?? upper, lower, isFirm(index));
    return own;
  });
  return [lanes, [...known.values()].flat()];
}

function link(upper: Cell, lower: Cell, firm: boolean): void {
  upper.below.push({ cell: lower, firm });
  lower.above.push({ cell: upper, firm });
}

/** Sorts each row by where the neighbours are, and keeps the order with the fewest crossings. */
function orderRows(rows: Cell[][]): void {
  rows.forEach(setOrder);
  let best = { crossings: crossingsOf(rows), rows: rows.map((row) => [...row]) };
  for (let sweep = 0; sweep < crossingSweeps && best.crossings > 0; sweep++) {
    const down = sweep % 2 === 0;
    for (const row of down ? rows : [...rows].reverse()) {
      const wish = new Map(row.map((cell) => [cell, barycenter(cell, down ? cell.above : cell.below)]));
      row.sort((a, b) => wish.get(a)! - wish.get(b)! || a.order - b.order);
      setOrder(row);
    }
    const crossings = crossingsOf(rows);
    if (crossings < best.crossings) best = { crossings, rows: rows.map((row) => [...row]) };
  }
  for (const [rank, row] of best.rows.entries()) {
    rows[rank] = row;
    setOrder(row);
  }
}

function setOrder(row: readonly Cell[]): void {
  for (const [index, cell] of row.entries()) cell.order = index;
}

function barycenter(cell: Cell, links: readonly Link[]): number {
  if (links.length === 0) return cell.order;
  return links.reduce((sum, { cell: other }) => sum + other.order, 0) / links.length;
}

function crossingsOf(rows: readonly Cell[][]): number {
  return rows.reduce((total, row) => {
    const ends = row.flatMap(({ below }) => below.map(({ cell }) => cell.order).sort((a, b) => a - b));
    let crossings = 0;
    for (const [index, end] of ends.entries()) {
      for (let before = 0; before < index; before++) if (ends[before]! > end) crossings++;
    }
    return total + crossings;
  }, 0);
}

function groupBy<Element>(
  elements: readonly Element[],
  keyOf: (element: Element) => string,
): ReadonlyMap<string, Element[]> {
  const groups = new Map<string, Element[]>();
  for (const element of elements) {
    const group = groups.get(keyOf(element));
    if (group === undefined) groups.set(keyOf(element), [element]);
    else group.push(element);
  }
  return groups;
}
