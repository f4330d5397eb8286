/**
 * What stays in registers in an inner loop. Sums, and all that one turn of the loop loads, have to fit into the 16 vector
 * registers that most machines have. Turns are not written out side by side: V8 then moves all of their loads before
 * the first product, more than there are registers for, which costs a third of the speed.
 */
import { divisorOf, type KernelContext } from './kernel.js';

/** Sums of a convolution. */
export interface ChannelBlock {
  readonly channels: number;
  /** Of four lanes each. */
  readonly vectors: number;
}

/** A number of channels that none of these divides is left as it is: a block that is cut would double the code. */
export const channelBlockOf = (channels: number, { lanes }: KernelContext): ChannelBlock => ({
  channels: divisorOf(channels, [4, 3, 5, 2, 7]),
  vectors: divisorOf(lanes / 4, [2]),
});

/** Sums of a gradient of weights, each a vector that holds those of four lanes. */
export interface WeightBlock {
  readonly channels: number;
  readonly filters: number;
}

export function weightBlockOf(channels: number, filters: number): WeightBlock {
  const block = divisorOf(filters, [4, 3, 2, 5, 7]);
  return { channels: divisorOf(channels, block === 4 ? [2, 3] : [3, 2, 4, 5]), filters: block };
}
