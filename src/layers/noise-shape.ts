/** `noiseShape`: along which axes a dropout makes one decision for all values. */
import type { Problem } from './problem.js';
import { formatShape, type Shape } from './shape.js';

/** It must fit batches of every size, so the batch is open or 1. */
export function noiseShapeProblem(
  noiseShape: readonly (number | null)[] | undefined,
  input: Shape,
): Problem | undefined {
  if (noiseShape === undefined) return undefined;
  const fits =
    noiseShape.length === input.length + 1 &&
    noiseShape.every((size, axis) => size === null || size === 1 || (axis > 0 && size === input[axis - 1]));
  if (fits) return undefined;
  return {
    code: 'shape-mismatch',
    message: `has noiseShape [${noiseShape.map(String).join(', ')}], which does not fit its input ${formatShape(input)} with the batch before it`,
    option: 'noiseShape',
    hint: `write ${input.length + 1} sizes: first the batch, each the input's own or 1`,
  };
}
