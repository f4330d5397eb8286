/** What the merge layers share. */
import type { MaskRole } from './masks.js';
import { isProblem, type Problem } from './problem.js';
import { formatShape, type Shape } from './shape.js';

/** `4x4x3 and 4x4x2`, `4, 5 and 6` */
export function formatShapes(shapes: readonly Shape[]): string {
  const texts = shapes.map(formatShape);
  return texts.length < 2 ? texts.join('') : `${texts.slice(0, -1).join(', ')} and ${texts.at(-1)}`;
}

/** Shapes that cannot be joined, and what would be needed. */
export function joinProblem(inputs: readonly Shape[], wanted: string): Problem {
  return { code: 'shapes-do-not-join', message: `cannot join ${formatShapes(inputs)}: ${wanted}` };
}

/**
 * The shape of a sum and its like: sizes along each axis, counted from the end, must be equal or 1, and what is
 * missing in front counts as 1 (tfjs's `computeElementwiseOpOutputShape`, which knows no batch).
 */
function broadcastShape(inputs: readonly Shape[]): Shape | Problem {
  const rank = Math.max(...inputs.map(({ length }) => length));
  const padded = inputs.map((shape) => [...Array<number>(rank - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: rank }, (_, axis) => {
    const sizes = new Set(padded.map((sizes) => sizes[axis]!).filter((size) => size !== 1));
    return sizes.size > 1 ? undefined : ([...sizes][0] ?? 1);
  });
  const wrong = shape.indexOf(undefined);
  if (wrong === -1) return shape as number[];
  const place = rank === 1 ? '' : ` along axis ${wrong - rank}`;
  return joinProblem(inputs, `their sizes must be equal${place}, or 1`);
}

const isBroadcast = (inputs: readonly Shape[]) =>
  inputs.some((shape) => formatShape(shape) !== formatShape(inputs[0]!));

/** Layers that work on each value by itself, such as a sum. */
export const elementwiseMerge = {
  options: {},
  outputShape: (_options: object, inputs: readonly Shape[]): Shape | Problem => broadcastShape(inputs),
  mask: (): MaskRole => 'garbles',
};

/** The gradients of tfjs's maximum and minimum have the shape of the output, whatever that of the input is. */
export function broadcastGradientProblem(_options: object, inputs: readonly Shape[]): Problem | undefined {
  if (!isBroadcast(inputs) || isProblem(broadcastShape(inputs))) return undefined;
  return {
    code: 'not-trainable',
    message: `joins ${formatShapes(inputs)}, but tfjs has a gradient for inputs of one shape only`,
    hint: 'give its inputs the same shape, or compile the model for inference only',
  };
}
