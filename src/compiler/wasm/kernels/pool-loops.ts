/** What pools and their gradients have in common. */
import type { Shape, Window } from '../../../program/index.js';
import { add, get, type Int, larger, mul, set, smaller, sub, type Writer } from '../wat.js';
import type { KernelContext, Layout } from './kernel.js';
import { tapsAt } from './window-range.js';

/** One instruction of the processor, where `f32x4.max` is many: it does not look for what is not a number. */
export const largerF = (one: string, other: string): string => `(f32x4.pmax ${one} ${other})`;

export const keyOf = (kind: string, window: Window, layouts: readonly Layout[], { lanes }: KernelContext) =>
  `${kind} ${JSON.stringify([window, layouts])} ${lanes}`;

/** The byte offsets of the vectors of a row of channels, or of some of them, in each of the layouts. */
export function overChannels(
  layouts: readonly Layout[],
  { lanes }: KernelContext,
  writer: Writer,
  body: (offsets: readonly Int[]) => readonly string[],
  [from, count]: readonly [from: Int, count: number] = [0, layouts[0]!.shape[2]!],
): readonly string[] {
  const lane = 4 * lanes;
  if (layouts.every(({ strides }) => strides[2] === 1)) {
    return writer.loop(mul(from, lane), mul(add(from, count), lane), 16, (offset) =>
      body(layouts.map(() => get(offset))),
    );
  }
  return writer.loop(from, add(from, count), 1, (channel) =>
    writer.loop(0, lane, 16, (vector) =>
      body(layouts.map(({ strides }) => add(mul(get(channel), strides[2]! * lane), get(vector)))),
    ),
  );
}

export interface WindowTaps {
  /** Goes to a window. */
  begin(row: Int, column: Int): readonly string[];
  /** For each tap, row by row, a local with its distance from the first entry in bytes, for each of the layouts. */
  readonly offsets: readonly (readonly string[])[];
}

/**
 * The taps of a window over layouts of the same image. Those beyond its edge are moved to the next tap inside, so that
 * every window has as many: neither the largest of its entries nor the first of the largest is another for it.
 */
export function windowTaps(
  window: Window,
  [rows, columns]: Shape,
  layouts: readonly Layout[],
  { lanes }: KernelContext,
  writer: Writer,
): WindowTaps {
  const lengths = layouts[0]!.shape;
  const taps = Array.from({ length: window.size[0] * window.size[1] }, (_, tap) => tap);
  const offsets = layouts.map(() => writer.locals('i32', 'tap', taps.length));
  const axisTaps = ([0, 1] as const).map((axis) => writer.locals('i32', 'at', window.size[axis]));
  const ends = ([0, 1] as const).map(
    () => [writer.local('i32', 'first'), writer.local('i32', 'last')] as const,
  );
  return {
    begin: (row, column) => [
      ...([0, 1] as const).flatMap((axis) => {
        const place = axis === 0 ? row : column;
        const { from, to } = tapsAt(window, axis, place, lengths[axis]!, axis === 0 ? rows! : columns!);
        const [first, last] = ends[axis]!;
        return [
          set(first, from),
          set(last, sub(to, 1)),
          ...axisTaps[axis]!.map((local, tap) => {
            const atMost = to === window.size[axis] ? tap : smaller(tap, get(last));
            const at = from === 0 ? atMost : larger(get(first), atMost);
            return set(
              local,
              sub(
                add(mul(place, window.strides[axis]), mul(at, window.dilations[axis])),
                window.before[axis],
              ),
            );
          }),
        ];
      }),
      ...layouts.flatMap(({ strides }, index) =>
        taps.map((tap) => {
          const [y, x] = [Math.floor(tap / window.size[1]), tap % window.size[1]];
          return set(
            offsets[index]![tap]!,
            add(
              mul(get(axisTaps[0]![y]!), strides[0]! * 4 * lanes),
              mul(get(axisTaps[1]![x]!), strides[1]! * 4 * lanes),
            ),
          );
        }),
      ),
    ],
    offsets,
  };
}
