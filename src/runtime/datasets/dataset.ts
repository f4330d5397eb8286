import type { Shape } from '../../layers/index.js';

/**
 * Labelled examples in memory. A user's own data is one of these: fill the arrays and pass it to `train`.
 */
export interface Examples {
  readonly count: number;
  /**
   * `count` examples of the data set's `shape`, one after the other, in tfjs's order (an image is row by row,
   * channels innermost). Bytes are multiplied by `scale` on their way into a batch; floats are taken as they are.
   */
  readonly values: Uint8Array | Float32Array;
  /** `count` class indices, from 0. */
  readonly labels: Uint8Array | Int32Array;
}

export interface Dataset {
  /** As printed: `cifar10`, or `synthetic` for data that was made up. */
  readonly name: string;
  /** One example. */
  readonly shape: Shape;
  readonly classNames: readonly string[];
  /** True for data that was drawn by a program: every output of a run on it says so. */
  readonly synthetic: boolean;
  /** Where it came from: `cache`, `folder /data/cifar`, `drawn from seed 42`. */
  readonly origin: string;
  /** What a byte is multiplied by: 1/255 puts pixels into 0…1. Ignored for floats. */
  readonly scale: number;
  readonly train: Examples;
  readonly validation: Examples;
}
