/** Shapes in the words of messages. */
import type { Shape } from '../program/value.js';

export { type Shape, sizeOf } from '../program/value.js';

/** `32x32x3`; a scalar is `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** For messages about dimensions, where `10` alone could be taken for their number: `10 in a row`. */
export function describeShape(shape: Shape): string {
  return shape.length === 1 ? `${shape[0]} in a row` : formatShape(shape);
}
