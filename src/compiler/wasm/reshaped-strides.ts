/** Reshapes that need no copy. */
import type { Shape } from '../../program/index.js';
import type { Layout } from './kernels/kernel.js';

/** The strides that show a layout in another shape; undefined where no strides do. */
export function reshapedStrides(layout: Layout, shape: Shape): readonly number[] | undefined {
  // Axes of the layout that are one piece, joined.
  const lengths: number[] = [];
  const steps: number[] = [];
  for (const [axis, length] of layout.shape.entries()) {
    if (length === 1) continue;
    const stride = layout.strides[axis]!;
    if (lengths.length > 0 && steps.at(-1) === stride * length) {
      lengths[lengths.length - 1]! *= length;
      steps[steps.length - 1] = stride;
    } else {
      lengths.push(length);
      steps.push(stride);
    }
  }
  const strides: number[] = shape.map(() => 1);
  let piece = lengths.length - 1;
  let taken = 1;
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    const length = shape[axis]!;
    if (length === 1) continue;
    if (piece < 0) return undefined;
    strides[axis] = steps[piece]! * taken;
    taken *= length;
    if (taken > lengths[piece]!) return undefined;
    if (taken === lengths[piece]) {
      piece -= 1;
      taken = 1;
    } else if (lengths[piece]! % taken !== 0) return undefined;
  }
  return strides;
}
