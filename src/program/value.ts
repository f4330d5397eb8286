/**
 * The values of a tensor program. A program is written for one example and runs for a whole batch in lockstep: a
 * *batched* value has one entry for every example, a *shared* one (a weight, a statistic of the batch) has one for
 * all. Shapes are those of one example; the batch is no dimension of them.
 */
import type { Expression } from './expression.js';

/** A tensor's shape without its batch dimension, in tfjs's order: an image is [height, width, channels]. */
export type Shape = readonly number[];

/** How a window moves over an image of [height, width, channels]. */
export interface Window {
  /** [height, width] */
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilations: Pair;
  /** Rows above and columns to the left of the image that count as zero. */
  readonly before: Pair;
}

export type Pair = readonly [number, number];

export type Reduction = 'sum' | 'max' | 'min';

export type Distribution = 'uniform' | 'normal';

/** What makes a value of others. */
export type Operation =
  /** Comes from outside: an input, a weight, what an optimizer keeps, numbers that each step is given. */
  | { readonly kind: 'source'; readonly name: string }
  | { readonly kind: 'constant'; readonly values: readonly number[] }
  /**
   * Numbers drawn anew for each step, from its seed and `stream`: uniform in [0, 1), or standard normal. With a `seed`
   * of their own they are the same at every step. A shared one draws the same numbers for all examples.
   */
  | {
      readonly kind: 'random';
      readonly distribution: Distribution;
      readonly stream: number;
      readonly seed?: number;
    }
  /** The expression at every place; all inputs have the shape of the result. */
  | { readonly kind: 'map'; readonly expression: Expression }
  /** The expression at every place, reduced over axes and, where `batch` says so, over all examples. */
  | {
      readonly kind: 'reduce';
      readonly reduction: Reduction;
      readonly axes: readonly number[];
      readonly batch: boolean;
      readonly expression: Expression;
    }
  | { readonly kind: 'reshape' }
  | { readonly kind: 'transpose'; readonly permutation: readonly number[] }
  /** From `starts` on, every `steps`-th entry. */
  | { readonly kind: 'slice'; readonly starts: readonly number[]; readonly steps: readonly number[] }
  /** Axes of length 1 become as long as wanted; a shared value can become one for every example. */
  | { readonly kind: 'broadcast' }
  | { readonly kind: 'concat'; readonly axis: number }
  /** The input from `starts` on, `steps` apart, with zeros around and between. */
  | { readonly kind: 'pad'; readonly starts: readonly number[]; readonly steps: readonly number[] }
  /** The same value, whose gradient is taken to be zero. */
  | { readonly kind: 'stopGradient' }
  /** [H, W, C] with a kernel of [h, w, C, F]; see convolve.ts for its two relatives. */
  | { readonly kind: 'convolve'; readonly window: Window; readonly epilogue?: Expression }
  | { readonly kind: 'convolveInput'; readonly window: Window; readonly epilogue?: Expression }
  | { readonly kind: 'convolveKernel'; readonly window: Window }
  /** [H, W, C] with a kernel of [h, w, C, M]: M filters for each channel. */
  | { readonly kind: 'depthwise'; readonly window: Window }
  | { readonly kind: 'depthwiseInput'; readonly window: Window }
  | { readonly kind: 'depthwiseKernel'; readonly window: Window }
  | { readonly kind: 'maxPool'; readonly window: Window }
  /** Of the input and the gradient of the output: each goes to the first of the largest entries. */
  | { readonly kind: 'maxPoolInput'; readonly window: Window }
  /** The mean of those entries of a window that lie inside the image. */
  | { readonly kind: 'averagePool'; readonly window: Window }
  | { readonly kind: 'averagePoolInput'; readonly window: Window };

export type OperationKind = Operation['kind'];

/** An operation with its inputs. Immutable, and the same object for the same operation on the same inputs. */
export interface Value {
  /** Grows in the order of making, so that inputs come before what is made of them. */
  readonly id: number;
  readonly operation: Operation;
  readonly inputs: readonly Value[];
  readonly shape: Shape;
  readonly batched: boolean;
}

/** A value whose operation is of one kind. */
export type ValueOf<Kind extends OperationKind> = Value & {
  readonly operation: Extract<Operation, { readonly kind: Kind }>;
};

export const isOf = <Kind extends OperationKind>(value: Value, kind: Kind): value is ValueOf<Kind> =>
  value.operation.kind === kind;

export const sizeOf = (shape: Shape): number => shape.reduce((size, length) => size * length, 1);

export const sameShape = (one: Shape, other: Shape): boolean =>
  one.length === other.length && one.every((length, axis) => length === other[axis]);
