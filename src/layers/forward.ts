/** What a layer's forward pass in primitives gets: its weights, and what it may know of the batch. */
import type { Distribution, ProgramBuilder, RandomOptions, Shape, Value } from '../program/index.js';

export interface ForwardContext {
  readonly program: ProgramBuilder;
  /** A training step, in which dropout drops and statistics are those of the batch; else inference. */
  readonly training: boolean;
  /** By tfjs's name of it: `kernel`. A shared value. */
  weight(name: string): Value;
  /** Says what a weight that no optimizer trains becomes by this step: a moving average. */
  update(weight: string, value: Value): void;
  /** Numbers that are fresh for every example, step, layer and call, or as the options say. */
  random(distribution: Distribution, shape: Shape, options?: RandomOptions): Value;
  readonly batch: {
    /** Batched, []: 1 for the lanes that hold an example, 0 for those that only fill up. */
    readonly mask: Value;
    /** Shared, []: how many examples there are. */
    readonly count: Value;
    /** The mean over all examples, and over axes of each. Shared. */
    mean(value: Value, axes: readonly number[]): Value;
  };
}
