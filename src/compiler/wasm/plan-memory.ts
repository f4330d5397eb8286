/**
 * Gives every buffer an address. Buffers that are never needed at the same time share memory: the largest are placed
 * first, each at the lowest address where it overlaps none of those that live while it does (the "greedy by size"
 * of Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net Inference", 2020).
 */
import type { Buffer } from './places.js';

export interface Lifetime {
  readonly buffer: Buffer;
  /** Positions in the program, both included. */
  readonly first: number;
  readonly last: number;
}

export interface MemoryPlan {
  readonly addresses: ReadonlyMap<Buffer, number>;
  /** The first address beyond. */
  readonly end: number;
}

/** A cache line, so that two threads never write to the same one for different values. */
const alignment = 64;
export const aligned = (address: number): number => Math.ceil(address / alignment) * alignment;

export function planMemory(
  lifetimes: readonly Lifetime[],
  start: number,
  bytesOf: (buffer: Buffer) => number,
): MemoryPlan {
  const addresses = new Map<Buffer, number>();
  const placed: (Lifetime & { readonly from: number; readonly to: number })[] = [];
  let end = start;
  const largestFirst = [...lifetimes].sort((one, other) => bytesOf(other.buffer) - bytesOf(one.buffer));
  for (const lifetime of largestFirst) {
    const bytes = aligned(bytesOf(lifetime.buffer));
    const inTheWay = placed
      .filter(({ first, last }) => first <= lifetime.last && lifetime.first <= last)
      .sort((one, other) => one.from - other.from);
    let from = start;
    for (const other of inTheWay) {
      if (other.from >= from + bytes) break;
      from = Math.max(from, other.to);
    }
    addresses.set(lifetime.buffer, from);
    placed.push({ ...lifetime, from, to: from + bytes });
    end = Math.max(end, from + bytes);
  }
  return { addresses, end };
}
