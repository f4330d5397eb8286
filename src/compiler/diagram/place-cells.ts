/**
 * Horizontal places in a layered drawing. Cells of which each leads to the next make a column, which stays in line, as
 * in Brandes and Köpf, "Fast and simple horizontal coordinate assignment" (2002). Columns are packed from both sides,
 * and then moved towards what they come from and lead to, alone and with those that they touch.
 */
import type { LayoutItem } from './layered-layout.js';

/** A box, or the lane of an edge on one of the ranks that it passes. */
export interface Cell {
  readonly item: LayoutItem | undefined;
  readonly rank: number;
  readonly width: number;
  /** False for a lane that gives way to boxes. */
  readonly firm: boolean;
  readonly above: Link[];
  readonly below: Link[];
  /** In its rank, from the left. */
  order: number;
  x: number;
}

export interface Link {
  readonly cell: Cell;
  readonly firm: boolean;
}

const rounds = 12;
/** How little a link that gives way counts against one that does not. */
const yielding = 1e-6;

interface Column {
  readonly cells: readonly Cell[];
  /** Those that stand next to it in some row, and how far from it they must stay. */
  readonly left: Map<Column, number>;
  readonly right: Map<Column, number>;
  x: number;
}

/** Sets `x` of all cells, so that they keep their order in each row, and `gap` between their sides. */
export function placeCells(
  rows: readonly (readonly Cell[])[],
  gap: (one: Cell, other: Cell) => number,
): void {
  const columns = columnsOf(rows);
  const ofCells = new Map(columns.flatMap((column) => column.cells.map((cell) => [cell, column])));
  for (const row of rows) {
    for (const [index, cell] of row.slice(1).entries()) {
      const before = row[index]!;
      const apart = (before.width + cell.width) / 2 + gap(before, cell);
      const [left, right] = [ofCells.get(before)!, ofCells.get(cell)!];
      right.left.set(left, Math.max(apart, right.left.get(left) ?? 0));
      left.right.set(right, Math.max(apart, left.right.get(right) ?? 0));
    }
  }
  pack(columns);
  for (let round = 0; round < rounds; round++) {
    const ordered = [...columns].sort((a, b) => a.x - b.x);
    for (const column of round % 2 === 0 ? ordered : ordered.reverse()) {
      move([column], wishOf(column, ofCells) - column.x);
    }
    for (const cluster of clustersOf(columns)) {
      const wishes = cluster.map((column) => wishOf(column, ofCells) - column.x);
      const weights = cluster.map(weightOf);
      const sum = weights.reduce((total, weight) => total + weight, 0);
      move(cluster, wishes.reduce((total, wish, index) => total + wish * weights[index]!, 0) / sum);
    }
  }
  for (const { cells, x } of columns) for (const cell of cells) cell.x = x;
}

/** Cells that lead from one to the next without a fork, from top to bottom, no two columns across each other. */
function columnsOf(rows: readonly (readonly Cell[])[]): readonly Column[] {
  const next = new Map<Cell, Cell>();
  for (const row of rows) {
    let last = -1;
    for (const cell of row) {
      const below = onlyOf(cell.below, cell.firm);
      if (below?.firm !== cell.firm || onlyOf(below.above, cell.firm) !== cell || below.order <= last)
        continue;
      next.set(cell, below);
      last = below.order;
    }
  }
  const followers = new Set(next.values());
  return rows.flat().flatMap((cell): readonly Column[] => {
    if (followers.has(cell)) return [];
    const cells: Cell[] = [];
    for (let at: Cell | undefined = cell; at !== undefined; at = next.get(at)) cells.push(at);
    return [{ cells, left: new Map(), right: new Map(), x: 0 }];
  });
}

/** The only neighbour of those that are as firm as asked. */
function onlyOf(links: readonly Link[], firm: boolean): Cell | undefined {
  const [first, ...others] = links.filter((link) => link.firm === firm);
  return others.length === 0 ? first?.cell : undefined;
}

/** Halfway between as far to the left and as far to the right as they go. */
function pack(columns: readonly Column[]): void {
  const fromLeft = new Map<Column, number>();
  const ordered = inOrder(columns);
  for (const column of ordered) {
    fromLeft.set(
      column,
      Math.max(0, ...[...column.left].map(([left, apart]) => fromLeft.get(left)! + apart)),
    );
  }
  const end = Math.max(...fromLeft.values());
  for (const column of [...ordered].reverse()) {
    column.x = Math.min(end, ...[...column.right].map(([right, apart]) => right.x - apart));
  }
  for (const column of columns) column.x = (column.x + fromLeft.get(column)!) / 2;
}

/** From left to right: each after all that stand to its left. */
function inOrder(columns: readonly Column[]): readonly Column[] {
  const missing = new Map(columns.map((column) => [column, column.left.size]));
  const ordered = columns.filter(({ left }) => left.size === 0);
  for (const column of ordered) {
    for (const right of column.right.keys()) {
      missing.set(right, missing.get(right)! - 1);
      if (missing.get(right) === 0) ordered.push(right);
    }
  }
  if (ordered.length < columns.length) throw new Error('columns that stand to the left of each other');
  return ordered;
}

function weightOf({ cells }: Column): number {
  return cells[0]!.firm ? 1 : yielding;
}

/** Between all that it comes from and leads to; where it is, if there is nothing. */
function wishOf(column: Column, ofCells: ReadonlyMap<Cell, Column>): number {
  let [total, weight] = [0, 0];
  for (const { above, below } of column.cells) {
    for (const { cell, firm } of [...above, ...below]) {
      const other = ofCells.get(cell)!;
      if (other === column) continue;
      const share = firm ? 1 : yielding;
      total += other.x * share;
      weight += share;
    }
  }
  return weight === 0 ? column.x : total / weight;
}

/** Columns that touch each other. */
function clustersOf(columns: readonly Column[]): readonly (readonly Column[])[] {
  const seen = new Set<Column>();
  return columns.flatMap((column) => {
    if (seen.has(column)) return [];
    seen.add(column);
    const cluster = [column];
    for (const member of cluster) {
      for (const [right, apart] of member.right) {
        if (!seen.has(right) && right.x - member.x <= apart + 1e-3) cluster.push(right);
        if (cluster.at(-1) === right) seen.add(right);
      }
      for (const [left, apart] of member.left) {
        if (!seen.has(left) && member.x - left.x <= apart + 1e-3) cluster.push(left);
        if (cluster.at(-1) === left) seen.add(left);
      }
    }
    return cluster.length > 1 ? [cluster] : [];
  });
}

/** As far as the others leave room. */
function move(members: readonly Column[], way: number): void {
  const moving = new Set(members);
  let [least, most] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { x, left, right } of members) {
    for (const [other, apart] of left) if (!moving.has(other)) least = Math.max(least, other.x + apart - x);
    for (const [other, apart] of right) if (!moving.has(other)) most = Math.min(most, other.x - apart - x);
  }
  const free = Math.min(Math.max(most, 0), Math.max(Math.min(least, 0), way));
  for (const member of members) member.x += free;
}
