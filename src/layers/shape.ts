/** A tensor's shape without its batch dimension, in tfjs's order: an image is [height, width, channels]. */
export type Shape = readonly number[];

/** `32x32x3`; a scalar is `scalar`. */
export function formatShape(shape: Shape): string {
  return shape.length === 0 ? 'scalar' : shape.join('x');
}

/** For messages about dimensions, where `10` alone could be taken for their number: `10 in a row`. */
export function describeShape(shape: Shape): string {
  return shape.length === 1 ? `${shape[0]} in a row` : formatShape(shape);
}

export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}
