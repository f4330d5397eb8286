/**
 * How values lie in ONNX's tensors. Programs have images as [height, width, channels], ONNX wants the channels first;
 * which of both a tensor has is a matter of its layout, so that values move only where an operator insists.
 */
import { type Shape, sameShape } from '../../program/index.js';

/**
 * The axes of a value in the order of the tensor, behind the batch: [2, 0, 1] for an image with its channels first.
 * Axes of length 1 may be left out.
 */
export type Layout = readonly number[];

/** All axes in the program's own order. */
export const plainLayout = (shape: Shape): Layout => shape.map((_length, axis) => axis);

export const sameLayout = (one: Layout, other: Layout): boolean =>
  one.length === other.length && one.every((axis, index) => axis === other[index]);

/** The lengths along the tensor's axes. */
export const arranged = (shape: Shape, layout: Layout): Shape => layout.map((axis) => shape[axis]!);

/** Without the axes of length 1, which may stand anywhere. */
export const essence = (shape: Shape, layout: Layout): Layout => layout.filter((axis) => shape[axis] !== 1);

/** Whether no axis is left out but those of length 1. */
export const covers = (layout: Layout, shape: Shape): boolean =>
  shape.every((length, axis) => length === 1 || layout.includes(axis));

/** Whether the axes are in the program's own order. */
export const isPlain = (layout: Layout): boolean =>
  layout.every((axis, index) => index === 0 || layout[index - 1]! < axis);

/** With the axes that are left out: in their place, or last where the order is another. */
export function completeLayout(layout: Layout, shape: Shape): Layout {
  if (isPlain(layout)) return plainLayout(shape);
  return [...layout, ...plainLayout(shape).filter((axis) => !layout.includes(axis))];
}

/**
 * The layout of a tensor that is taken as a value of another shape, which has the same axes but for some of length 1.
 * Undefined where the tensor has more axes of length 1 than the shape.
 */
export function relabeled(layout: Layout, from: Shape, to: Shape): Layout | undefined {
  const long = (shape: Shape) => plainLayout(shape).filter((axis) => shape[axis] !== 1);
  const short = plainLayout(to).filter((axis) => to[axis] === 1);
  const names = new Map(long(from).map((axis, index) => [axis, long(to)[index]!]));
  const named = layout.map((axis) => names.get(axis) ?? short.shift());
  return named.every((axis) => axis !== undefined) ? named : undefined;
}

/** Whether two shapes are the same but for axes of length 1. */
export const sameEssence = (one: Shape, other: Shape): boolean => {
  const long = (shape: Shape) => shape.filter((length) => length !== 1);
  return sameShape(long(one), long(other));
};
