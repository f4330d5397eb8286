/** What pools and their gradients have in common. */
import type { Window } from '../../../program/index.js';
import { add, get, type Int, mul, type Writer } from '../wat.js';
import type { KernelContext, Layout } from './kernel.js';

/** One instruction of the processor, where `f32x4.max` is many: it does not look for what is not a number. */
export const largerF = (one: string, other: string): string => `(f32x4.pmax ${one} ${other})`;

export const keyOf = (kind: string, window: Window, layouts: readonly Layout[], { lanes }: KernelContext) =>
  `${kind} ${JSON.stringify([window, layouts])} ${lanes}`;

/** The byte offsets of the vectors of a row of channels: `(counter) => [offset in one, offset in the other]`. */
export function overChannels(
  layouts: readonly Layout[],
  { lanes }: KernelContext,
  writer: Writer,
  body: (offsets: readonly Int[]) => readonly string[],
): readonly string[] {
  const channels = layouts[0]!.shape[2]!;
  const lane = 4 * lanes;
  if (layouts.every(({ strides }) => strides[2] === 1)) {
    return writer.loop(0, channels * lane, 16, (offset) => body(layouts.map(() => get(offset))));
  }
  return writer.loop(0, channels, 1, (channel) =>
    writer.loop(0, lane, 16, (vector) =>
      body(layouts.map(({ strides }) => add(mul(get(channel), strides[2]! * lane), get(vector)))),
    ),
  );
}
