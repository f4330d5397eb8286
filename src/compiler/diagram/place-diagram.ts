/**
 * Where everything of a diagram stands. Each frame is laid out by itself, from the innermost ones outwards, and is
 * one item of the frame around it. A value enters a frame at its upper edge and leaves it at its lower one.
 */
import type { Box, Diagram, Frame, Part } from './diagram.js';
import { type Layout, type LayoutEdge, type LayoutItem, layeredLayout } from './layered-layout.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Rectangle {
  /** Of the left and the upper edge. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface PlacedDiagram {
  readonly width: number;
  readonly height: number;
  /** `level` is the number of frames around it. */
  readonly boxes: readonly (Rectangle & { readonly box: Box; readonly level: number })[];
  /** Outer ones first. */
  readonly frames: readonly (Rectangle & { readonly frame: Frame; readonly level: number })[];
  readonly lines: readonly Line[];
}

/** A piece of a value's way: from box or edge of a frame to box or edge of a frame. */
export interface Line {
  readonly points: readonly Point[];
  /** It ends at a box. */
  readonly arrives: boolean;
}

export interface Sizes {
  box(box: Box): { readonly width: number; readonly height: number };
  /** How much room the head of a frame needs to the left and the right of a line that enters the frame. */
  head(frame: Frame): { readonly left: number; readonly right: number };
}

const gaps = { rank: 36, item: 30, lane: 22 };
const framePadding = 16;
/** Where the head of a frame stands: lines go straight through it. */
const headHeight = 20;
/** Between the arrows that end at one box. */
const arrowGap = 14;

interface Hop {
  readonly from: string;
  readonly to: string;
  /** The box that the value comes from. */
  readonly value: string;
}

/** A frame's inside, or the whole diagram. */
interface Level {
  readonly parts: readonly Part[];
  readonly hops: Hop[];
}

interface PlacedLevel extends Level {
  readonly width: number;
  readonly height: number;
  /** By the ids of parts and ports, from the level's left and upper edge. */
  readonly items: ReadonlyMap<string, Rectangle>;
  readonly layout: Layout;
  /** How far the layout is moved to the right. */
  readonly shift: number;
  readonly inside: ReadonlyMap<string, PlacedLevel>;
}

export function placeDiagram(diagram: Diagram, sizes: Sizes): PlacedDiagram {
  const levels = levelsOf(diagram);
  const known = new Map<string, Layout>();
  const placed = placeLevel(levels.get('')!, undefined, levels, sizes, known);
  const result = { boxes: [], frames: [], lines: [] } as Mutable<
    Pick<PlacedDiagram, 'boxes' | 'frames' | 'lines'>
  >;
  collect(placed, { x: 0, y: 0 }, 0, result);
  return { width: placed.width, height: placed.height, ...result };
}

type Mutable<Type> = {
  -readonly [Key in keyof Type]: Type[Key] extends readonly (infer Element)[] ? Element[] : Type[Key];
};

const inPort = (value: string) => `in ${value}`;
const outPort = (value: string) => `out ${value}`;

/** The levels by the ids of their frames, each with the pieces of the flows that run in it. */
function levelsOf({ parts, flows }: Diagram): ReadonlyMap<string, Level> {
  const levels = new Map<string, Level>();
  /** The frames around each box, outermost first. */
  const around = new Map<string, readonly string[]>();
  const visit = (id: string, inside: readonly Part[], frames: readonly string[]): void => {
    levels.set(id, { parts: inside, hops: [] });
    for (const part of inside) {
      if (part.kind === 'box') around.set(part.id, frames);
      else visit(part.id, part.parts, [...frames, part.id]);
    }
  };
  visit('', parts, []);

  const seen = new Set<string>();
  const add = (level: string, hop: Hop): void => {
    const key = JSON.stringify([level, hop]);
    if (!seen.has(key)) levels.get(level)!.hops.push(hop);
    seen.add(key);
  };
  for (const { from, to } of flows) {
    const [makers, takers] = [around.get(from)!, around.get(to)!];
    const apart = makers.findIndex((frame, depth) => frame !== takers[depth]);
    const shared = apart === -1 ? Math.min(makers.length, takers.length) : Math.min(apart, takers.length);
    const partAt = (frames: readonly string[], depth: number, box: string) => frames[depth] ?? box;
    for (let depth = makers.length; depth > shared; depth--) {
      add(makers[depth - 1]!, { from: partAt(makers, depth, from), to: outPort(from), value: from });
    }
    const level = shared === 0 ? '' : makers[shared - 1]!;
    add(level, { from: partAt(makers, shared, from), to: partAt(takers, shared, to), value: from });
    for (let depth = shared + 1; depth <= takers.length; depth++) {
      add(takers[depth - 1]!, { from: inPort(from), to: partAt(takers, depth, to), value: from });
    }
  }
  return levels;
}

function placeLevel(
  level: Level,
  frame: Frame | undefined,
  levels: ReadonlyMap<string, Level>,
  sizes: Sizes,
  known: Map<string, Layout>,
): PlacedLevel {
  const { parts, hops } = level;
  const frames = parts.filter((part) => part.kind === 'frame');
  const inside = new Map(
    frames.map((part) => [part.id, placeLevel(levels.get(part.id)!, part, levels, sizes, known)]),
  );
  const boxSizes = parts.flatMap((part) => (part.kind === 'box' ? [sizes.box(part)] : []));
  const boxWidth = Math.max(0, ...boxSizes.map(({ width }) => width));
  const sizeOf = (part: Part) =>
    part.kind === 'box' ? { width: boxWidth, height: sizes.box(part).height } : inside.get(part.id)!;
  const ports = (port: (value: string) => string, end: 'from' | 'to') => [
    ...new Set(hops.filter((hop) => hop[end] === port(hop.value)).map((hop) => hop[end])),
  ];
  const point = (id: string, pinned: 'top' | 'bottom') => ({
    id,
    width: 0,
    height: pinned === 'top' ? headHeight : 0,
    pinned,
  });
  const [inPorts, outPorts] = [ports(inPort, 'from'), ports(outPort, 'to')];
  // The edges of a frame stand off its inside even where no value crosses them.
  const edge = (list: readonly string[], id: string) =>
    frame !== undefined && list.length === 0 ? [id] : list;
  const items: LayoutItem[] = [
    ...edge(inPorts, 'top').map((id) => point(id, 'top')),
    ...parts.map((part) => ({ id: part.id, width: sizeOf(part).width, height: sizeOf(part).height })),
    ...edge(outPorts, 'bottom').map((id) => point(id, 'bottom')),
  ];
  const layout = layoutOf(items, hops, known);

  const axis = inPorts.length === 1 ? layout.items.get(inPorts[0]!)!.x : layout.width / 2;
  const head = frame === undefined ? { left: 0, right: 0 } : sizes.head(frame);
  const padding = frame === undefined ? 0 : framePadding;
  const half = Math.ceil(Math.max(axis + padding, layout.width - axis + padding, head.left, head.right));
  const shift = half - axis;
  const rectangles = items.map(({ id, width, height }) => {
    const { x, y } = layout.items.get(id)!;
    return [id, { x: x + shift - width / 2, y, width, height }] as const;
  });
  return {
    ...level,
    width: 2 * half,
    height: layout.height,
    items: new Map(rectangles),
    layout,
    shift,
    inside,
  };
}

/** Blocks of one definition mostly have one layout, so that it is found once. */
function layoutOf(items: readonly LayoutItem[], hops: readonly Hop[], known: Map<string, Layout>): Layout {
  const numbers = new Map(items.map(({ id }, index) => [id, String(index)]));
  const plain = items.map((item, index): LayoutItem => ({ ...item, id: String(index) }));
  const edges = hops.map(({ from, to }): LayoutEdge => ({ from: numbers.get(from)!, to: numbers.get(to)! }));
  const key = JSON.stringify([plain, edges]);
  const layout = known.get(key) ?? layeredLayout(plain, edges, gaps);
  known.set(key, layout);
  return { ...layout, items: new Map(items.map(({ id }, index) => [id, layout.items.get(String(index))!])) };
}

function collect(
  level: PlacedLevel,
  at: Point,
  depth: number,
  result: Mutable<Pick<PlacedDiagram, 'boxes' | 'frames' | 'lines'>>,
): void {
  const moved = ({ x, y, width, height }: Rectangle): Rectangle => ({
    x: x + at.x,
    y: y + at.y,
    width,
    height,
  });
  const arrivals = arrivalsOf(level);
  for (const [index, hop] of level.hops.entries()) {
    const lanes = level.layout.lanes[index]!.flatMap(({ x, top, bottom }) => [
      { x: x + level.shift, y: top },
      ...(bottom > top ? [{ x: x + level.shift, y: bottom }] : []),
    ]);
    const start = leaving(level, hop);
    const head = hop.from === inPort(hop.value) ? [{ x: start.x, y: start.y - headHeight }] : [];
    const { rankEnd } = level.layout.items.get(hop.from)!;
    const past = rankEnd > start.y ? [{ x: start.x, y: rankEnd }] : [];
    const points = [...head, start, ...past, ...lanes, { ...arriving(level, hop), x: arrivals[index]! }];
    result.lines.push({
      points: withoutStops(points).map(({ x, y }) => ({ x: x + at.x, y: y + at.y })),
      arrives: level.parts.some((part) => part.id === hop.to && part.kind === 'box'),
    });
  }
  for (const part of level.parts) {
    const rectangle = moved(level.items.get(part.id)!);
    if (part.kind === 'box') result.boxes.push({ ...rectangle, box: part, level: depth });
    else {
      result.frames.push({ ...rectangle, frame: part, level: depth });
      collect(level.inside.get(part.id)!, rectangle, depth + 1, result);
    }
  }
}

/** Without the points on the way straight down. */
function withoutStops(points: readonly Point[]): readonly Point[] {
  return points.filter(({ x }, index) => points[index - 1]?.x !== x || points[index + 1]?.x !== x);
}

/** Where a value comes out of what makes it. */
function leaving(level: PlacedLevel, { from, value }: Hop): Point {
  const { x, y, width, height } = level.items.get(from)!;
  const port = level.inside.get(from)?.items.get(outPort(value));
  return { x: port === undefined ? x + width / 2 : x + port.x, y: y + height };
}

function arriving(level: PlacedLevel, { to, value }: Hop): Point {
  const { x, y, width } = level.items.get(to)!;
  const port = level.inside.get(to)?.items.get(inPort(value));
  return { x: port === undefined ? x + width / 2 : x + port.x, y };
}

/** Where each hop ends: arrows at one box stand apart, in the order in which they come from left to right. */
function arrivalsOf(level: PlacedLevel): readonly number[] {
  const ends = level.hops.map((hop) => arriving(level, hop).x);
  const before = level.hops.map((hop, index) => {
    const lane = level.layout.lanes[index]!.at(-1);
    return lane === undefined ? leaving(level, hop).x : lane.x + level.shift;
  });
  const byBox = new Map<string, number[]>();
  for (const [index, { to }] of level.hops.entries()) {
    if (level.parts.some((part) => part.id === to && part.kind === 'box'))
      byBox.set(to, [...(byBox.get(to) ?? []), index]);
  }
  for (const indices of byBox.values()) {
    const middle = ends[indices[0]!]!;
    const left = indices.filter((index) => before[index]! < middle).sort((a, b) => before[b]! - before[a]!);
    const right = indices.filter((index) => before[index]! > middle).sort((a, b) => before[a]! - before[b]!);
    if (indices.length === 1) continue;
    for (const [place, index] of left.entries()) ends[index] = middle - arrowGap * (place + 1);
    for (const [place, index] of right.entries()) ends[index] = middle + arrowGap * (place + 1);
  }
  return ends;
}
