/** Examples on their way into an engine: gathered in the order of the epoch. */
import { type Shape, sizeOf } from '../../layers/index.js';
import type { Examples } from '../datasets/dataset.js';
import type { Batch } from '../engine.js';

/**
 * Fills one batch again and again: the arrays of a batch are those of the one before. `order` gives the
 * examples by their index; left out, they come as they lie.
 */
export function batchFiller(examples: Examples, shape: Shape, scale: number, batchSize: number) {
  const size = sizeOf(shape);
  const { values } = examples;
  const inputs = new (values instanceof Uint8Array ? Uint8Array : Float32Array)(batchSize * size);
  const labels = new Int32Array(batchSize);

  return (from: number, to: number, order?: Uint32Array): Batch => {
    for (let i = from; i < to; i += 1) {
      const example = order === undefined ? i : order[i]!;
      const source = example * size;
      inputs.set(values.subarray(source, source + size), (i - from) * size);
      labels[i - from] = examples.labels[example]!;
    }
    return { count: to - from, inputs, scale, labels };
  };
}

/** Weighted means over batches of different sizes, as Keras reports them for an epoch. */
export interface RunningMeans {
  examples: number;
  /** Sums of the values times the number of examples. */
  readonly sums: number[];
}

export function addToMeans(means: RunningMeans, values: readonly number[], count: number): void {
  means.examples += count;
  for (let i = 0; i < values.length; i += 1) means.sums[i] = (means.sums[i] ?? 0) + values[i]! * count;
}

export function meanValues({ examples, sums }: RunningMeans): number[] {
  return sums.map((sum) => sum / examples);
}
