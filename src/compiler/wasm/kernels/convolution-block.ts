/** What stays in registers while a convolution walks its window. */
import { divisorOf, type KernelContext } from './kernel.js';

/** Output channels in a block; the first that divides their number. */
const channelBlocks = [6, 8, 5, 4, 7, 3, 2];
interface Block {
  readonly channels: number;
  /** Of four lanes each. */
  readonly vectors: number;
}

export function blockOf(channels: number, { lanes }: KernelContext): Block {
  const block = divisorOf(channels, channelBlocks);
  // A prime number of channels: a block that is cut at the end would double the code.
  return { channels: block, vectors: divisorOf(lanes / 4, block > 6 ? [2] : [4, 2]) };
}
