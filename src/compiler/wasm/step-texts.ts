/** The calls of kernels, each thread its part, with barriers where one needs what another may still be at. */
import type { Kernel } from './kernels/kernel.js';
import type { Buffer, Place } from './places.js';
import type { ScheduledStep } from './schedule.js';

export const barrier = '(call $barrier (local.get $threads))';

/** Work below this is not worth that another thread wakes up for: some microseconds. */
const serialCost = 12_000;

/** The part of this thread of all units. */
export function callText(name: string, { units }: Kernel, addresses: readonly number[]): string {
  const part = (thread: string) =>
    `(i32.div_u (i32.mul ${thread} (i32.const ${units})) (local.get $threads))`;
  const [from, to] = [part('(local.get $thread)'), part('(i32.add (local.get $thread) (i32.const 1))')];
  return `(call ${name} ${from} ${to} ${addresses.map((address) => `(i32.const ${address})`).join(' ')})`;
}

/** Steps with barriers where one needs what another thread may still be at. */
export function stepTexts(
  steps: readonly ScheduledStep[],
  functionOf: (kernel: Kernel) => string,
  addressOf: (place: Place) => number,
  bytesOf: (buffer: Buffer) => number,
  addresses: ReadonlyMap<Buffer, number>,
): readonly string[] {
  interface Touch {
    readonly from: number;
    readonly to: number;
    readonly writes: boolean;
    readonly buffer: Buffer;
    readonly isSerial: boolean;
    readonly zeroes: boolean;
  }
  const lines: string[] = [];
  let pending: Touch[] = [];
  for (const step of steps) {
    const { kernel, inputs, output, scratch, zeroes } = step;
    const isSerial = kernel.cost < serialCost || kernel.units === 1;
    const touch = ({ buffer }: Place, writes: boolean): Touch => {
      const from = addresses.get(buffer)!;
      return { from, to: from + bytesOf(buffer), writes, buffer, isSerial, zeroes };
    };
    const touches = [
      ...inputs.map((place) => touch(place, false)),
      touch(output, true),
      ...(scratch ? [touch(scratch, true)] : []),
    ];
    const clash = touches.some((one) =>
      pending.some((other) => {
        if (one.from >= other.to || other.from >= one.to || !(one.writes || other.writes)) return false;
        if (one.isSerial && other.isSerial) return false;
        // Parts of one whole, which are written apart from each other.
        const isApart =
          one.buffer === other.buffer && one.writes && other.writes && !one.zeroes && !other.zeroes;
        return !isApart;
      }),
    );
    if (clash) {
      lines.push(barrier);
      pending = [];
    }
    pending.push(...touches);
    const call = [output, ...inputs, ...(scratch ? [scratch] : [])].map(addressOf);
    lines.push(`;; ${step.comment}`);
    if (isSerial) {
      const all = call.map((address) => `(i32.const ${address})`).join(' ');
      lines.push(
        `(if (i32.eqz (local.get $thread)) (then (call ${functionOf(kernel)} (i32.const 0) (i32.const ${kernel.units}) ${all})))`,
      );
    } else lines.push(callText(functionOf(kernel), kernel, call));
  }
  return lines;
}
