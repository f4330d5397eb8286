/** The arithmetic of sliding windows, shared by convolutions and poolings. */
import type { Problem } from './problem.js';
import { formatShape, type Shape } from './shape.js';

/** One value for each spatial axis. */
export interface Window {
  readonly size: readonly number[];
  readonly strides: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: 'valid' | 'same';
}

/** How many positions a window has along each axis of an image; tfjs's `convOutputLength`. */
export function windowPositions(
  spatial: readonly number[],
  { size, strides, dilation, padding }: Window,
  input: Shape,
): readonly number[] | Problem {
  const reach = size.map((length, axis) => (length - 1) * dilation[axis]! + 1);
  if (padding === 'valid' && spatial.some((length, axis) => length < reach[axis]!)) {
    return {
      code: 'kernel-larger-than-input',
      message: `needs at least ${formatShape(reach)}${reach.length === 1 ? ' steps' : ''}, but gets ${formatShape(input)}`,
      hint: "use a smaller window, 'padding: same', or fewer poolings before it",
    };
  }
  return spatial.map((length, axis) => {
    const span = padding === 'same' ? length : length - reach[axis]! + 1;
    return Math.ceil(span / strides[axis]!);
  });
}
