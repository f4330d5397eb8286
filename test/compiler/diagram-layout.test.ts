/** Where the boxes of a drawing stand: beside each other, within their frames, and no line runs through them. */
import { describe, expect, test } from 'vitest';
import { type Diagram, diagramOf, type Part } from '../../src/compiler/diagram/diagram.js';
import { layeredLayout } from '../../src/compiler/diagram/layered-layout.js';
import {
  type PlacedDiagram,
  type Point,
  placeDiagram,
  type Rectangle,
  type Sizes,
} from '../../src/compiler/diagram/place-diagram.js';
import { textWidth } from '../../src/compiler/diagram/text-width.js';
import { loadPlotFonts } from '../../src/runtime/font-metrics.js';
import { fc } from '../property.js';
import { specGraphs } from './example-graphs.js';
import { randomNetwork } from './random-networks.js';

const everyBlock = Number.MAX_SAFE_INTEGER;
/** Middles are at whole pixels, so that a side may be half of one off. */
const pixel = 1;
const sizes: Sizes = {
  box: ({ title, details }) => ({ width: 40 + 7 * title.length, height: 24 + 15 * details.length }),
  head: ({ title }) => ({ left: 20 + 7 * title.length, right: 30 }),
};

describe.each(specGraphs())('$title', ({ graph }) => {
  test.each([0, 1, 2, everyBlock])('is laid out without overlaps, opened %i deep', (depth) => {
    expectSound(diagramOf(graph, { depth }));
  });
});

test('random networks of blocks, repeats and branches are laid out without overlaps', () => {
  fc.assert(
    fc.property(fc.nat(), fc.boolean(), fc.nat(3), (seed, sequential, depth) => {
      expectSound(diagramOf(randomNetwork(seed, sequential), { depth: depth === 3 ? everyBlock : depth }));
    }),
    { numRuns: 150 },
  );
});

/** Each item may take the values of any before it. */
const anyItems = fc.array(
  fc.record({
    width: fc.integer({ min: 0, max: 300 }),
    height: fc.integer({ min: 0, max: 90 }),
    back: fc.uniqueArray(fc.nat(11), { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 12 },
);

test('any graph of boxes is laid out with gaps between them, each below those that it takes values of', () => {
  fc.assert(
    fc.property(anyItems, (wanted) => {
      const items = wanted.map(({ width, height }, index) => ({ id: `b${index}`, width, height }));
      const edges = wanted.flatMap(({ back }, index) =>
        back.filter((from) => from < index).map((from) => ({ from: `b${from}`, to: `b${index}` })),
      );
      const gaps = { rank: 40, item: 20, lane: 10 };
      const layout = layeredLayout(items, edges, gaps);
      const rectangles = items.map(({ id, width, height }) => {
        const { x, y } = layout.items.get(id)!;
        return { x: x - width / 2, y, width, height };
      });
      for (const [index, one] of rectangles.entries()) {
        expect(within(one, { x: 0, y: 0, width: layout.width, height: layout.height }, pixel)).toBe(true);
        for (const other of rectangles.slice(0, index)) {
          const apart = one.y === other.y ? gaps.item - pixel : 0;
          expect(overlap(grown(one, apart / 2), grown(other, apart / 2))).toBe(false);
        }
      }
      for (const [index, { from, to }] of edges.entries()) {
        const ends = [layout.items.get(from)!.rankEnd, layout.items.get(to)!.y];
        const lanes = layout.lanes[index]!;
        const heights = [ends[0]!, ...lanes.flatMap(({ top, bottom }) => [top, bottom]), ends[1]!];
        expect(heights).toEqual([...heights].sort((a, b) => a - b));
        for (const { x, top, bottom } of lanes) {
          const lane = { x, y: top, width: 0, height: bottom - top };
          for (const rectangle of rectangles) expect(overlap(grown(lane, 4), rectangle)).toBe(false);
        }
      }
    }),
  );
});

test('text is as wide as the font has it', async () => {
  const fonts = await loadPlotFonts();
  const ascii = String.fromCharCode(...Array.from({ length: 95 }, (_, index) => 32 + index));
  for (const weight of ['regular', 'bold'] as const) {
    for (const letter of ascii)
      expect(textWidth(letter, 12, weight)).toBeCloseTo(fonts[weight].width(letter, 12));
  }
  // Signs that are not in the table are taken to be wider than they are.
  expect(textWidth('×…é', 12)).toBeGreaterThanOrEqual(fonts.regular.width('×…é', 12));
});

function expectSound(diagram: Diagram): void {
  const placed = placeDiagram(diagram, sizes);
  const { boxes, frames, lines, width, height } = placed;
  const all: readonly (Rectangle & { readonly id: string; readonly around: readonly string[] })[] = [
    ...boxes.map(({ box, ...rectangle }) => ({ ...rectangle, id: box.id })),
    ...frames.map(({ frame, ...rectangle }) => ({ ...rectangle, id: frame.id })),
  ].map((rectangle) => ({ ...rectangle, around: framesAround(diagram.parts, rectangle.id)! }));
  const count = (parts: readonly Part[]): number =>
    parts.reduce((sum, part) => sum + 1 + (part.kind === 'frame' ? count(part.parts) : 0), 0);
  expect(all).toHaveLength(count(diagram.parts));
  const whole = { x: 0, y: 0, width, height };
  const faults: string[] = [];
  for (const [index, one] of all.entries()) {
    if (!within(one, whole, pixel)) faults.push(`${one.id} is not within the drawing`);
    for (const other of all.slice(0, index)) {
      if (one.around.includes(other.id)) {
        if (!within(one, other, 0)) faults.push(`${one.id} is not within ${other.id}`);
      } else if (other.around.includes(one.id)) {
        if (!within(other, one, 0)) faults.push(`${other.id} is not within ${one.id}`);
      } else if (overlap(one, other)) faults.push(`${one.id} and ${other.id} overlap`);
    }
  }
  for (const { points } of lines) {
    for (const point of points) {
      if (!within({ ...point, width: 0, height: 0 }, whole, pixel)) faults.push('a line leaves the drawing');
    }
    faults.push(...crossed(points, boxes).map((box) => `a line runs through ${box}`));
  }
  expect(faults).toEqual([]);
}

/** The boxes that the upright pieces of a line run through. */
function crossed(points: readonly Point[], boxes: PlacedDiagram['boxes']): readonly string[] {
  return points.slice(1).flatMap(({ x, y }, index) => {
    const before = points[index]!;
    if (before.x !== x) return [];
    const piece = { x, y: Math.min(before.y, y), width: 0, height: Math.abs(y - before.y) };
    return boxes
      .filter((box) => overlap({ ...piece, x: x - 0.5, width: 1 }, box))
      .map(({ box }) => `${box.title} ${box.id}`);
  });
}

function framesAround(parts: readonly Part[], id: string): readonly string[] | undefined {
  for (const part of parts) {
    if (part.id === id) return [];
    if (part.kind === 'box') continue;
    const inside = framesAround(part.parts, id);
    if (inside !== undefined) return [part.id, ...inside];
  }
  return undefined;
}

function overlap(one: Rectangle, other: Rectangle): boolean {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function within(one: Rectangle, other: Rectangle, room: number): boolean {
  return (
    one.x >= other.x - room &&
    one.y >= other.y - room &&
    one.x + one.width <= other.x + other.width + room &&
    one.y + one.height <= other.y + other.height + room
  );
}

function grown({ x, y, width, height }: Rectangle, by: number): Rectangle {
  return { x: x - by, y, width: width + 2 * by, height };
}
