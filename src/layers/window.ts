/** The arithmetic of sliding windows, shared by convolutions and poolings. */
import type { Problem } from './problem.js';
import { formatShape, type Shape } from './shape.js';

type Pair = readonly [number, number];

/** Values for [height, width]. */
export interface Window {
  readonly size: Pair;
  readonly strides: Pair;
  readonly dilation: Pair;
  readonly padding: 'valid' | 'same';
}

/** How many positions a window has along each axis of an image; tfjs's `convOutputLength`. */
export function windowPositions(spatial: Pair, window: Window, input: Shape): Pair | Problem {
  const reach = (axis: 0 | 1) => (window.size[axis] - 1) * window.dilation[axis] + 1;
  if (window.padding === 'valid' && (spatial[0] < reach(0) || spatial[1] < reach(1))) {
    return {
      code: 'kernel-larger-than-input',
      message: `needs at least ${formatShape([reach(0), reach(1)])}, but gets ${formatShape(input)}`,
      hint: "use a smaller window, 'padding: same', or fewer poolings before it",
    };
  }
  const positions = (axis: 0 | 1) => {
    const span = window.padding === 'same' ? spatial[axis] : spatial[axis] - reach(axis) + 1;
    return Math.ceil(span / window.strides[axis]);
  };
  return [positions(0), positions(1)];
}
