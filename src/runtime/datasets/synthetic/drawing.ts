import type { Stream } from './stream.js';

/** A way to make examples of one shape: pictures, signals or clusters. */
export interface Drawing {
  readonly classNames: readonly string[];
  /** Fills one example; the values are clamped to 0…255. */
  draw(label: number, stream: Stream, into: Uint8ClampedArray): void;
}
