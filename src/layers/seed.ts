/**
 * One seed makes many: every random thing of a model or a run draws from its own stream, which depends on the
 * spec's seed and on what the stream is for, and on nothing else.
 */
import { sha256 } from './sha256.js';

/**
 * A seed from 1 to 2^31 - 1: the first 31 bits of SHA-256 over the JSON text `[seed, …parts]`, and 1 where they
 * are all zero (tfjs takes a seed of zero for none).
 *
 *     deriveSeed(42, 'c1', 'kernelInitializer')   // of a layer's weight
 *     deriveSeed(42, 'shuffle', epoch)            // of a step of a run
 */
export function deriveSeed(seed: number, ...parts: readonly (string | number)[]): number {
  return sha256(JSON.stringify([seed, ...parts]))[0]! >>> 1 || 1;
}
