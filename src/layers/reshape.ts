import { defineLayer } from './define-layer.js';
import { anyOf, listOf, positiveInteger } from './options.js';
import { formatShape, type Shape, sizeOf } from './shape.js';
import { Type } from './type.js';

type Target = readonly (number | null)[];

const isOpen = (size: number | null) => size === null || size === -1;

/** The target with its open size filled in; undefined where it has several, or the values do not fit. */
function resolveTarget(target: Target, input: Shape): Shape | undefined {
  if (target.filter(isOpen).length > 1) return undefined;
  const known = sizeOf(target.filter((size): size is number => !isOpen(size)));
  const shape = target.map((size) => (isOpen(size) ? sizeOf(input) / known : size!));
  return sizeOf(shape) === sizeOf(input) && shape.every(Number.isInteger) ? shape : undefined;
}

const formatTarget = (target: Target) => `[${target.map(String).join(', ')}]`;

export const reshape = defineLayer({
  type: 'reshape',
  summary: 'The same values in another shape.',
  options: {
    targetShape: listOf<number | null>(anyOf([positiveInteger(), Type.Literal(-1), Type.Null()]), {
      minItems: 1,
      maxItems: 5,
      description: 'The new shape, without the batch. One size may be -1 or null, which means what is left.',
    }),
  },
  outputShape({ targetShape }, input) {
    const shape = resolveTarget(targetShape, input);
    if (shape !== undefined) return shape;
    return targetShape.filter(isOpen).length > 1
      ? {
          code: 'conflicting-options',
          message: `has targetShape ${formatTarget(targetShape)}, in which more than one size is open`,
          option: 'targetShape',
        }
      : {
          code: 'shape-mismatch',
          message: `cannot make ${formatTarget(targetShape)} of ${formatShape(input)}, which has ${sizeOf(input)} values`,
          option: 'targetShape',
        };
  },
  // tfjs leaves an open size unknown until it runs, so that no layer with weights could follow.
  lower: ({ targetShape }, input) => ({ targetShape: resolveTarget(targetShape, input) ?? targetShape }),
  forward: ({ targetShape }, x, { program }) => program.reshape(x, resolveTarget(targetShape, x.shape)!),
  examples: [
    { input: [4, 4, 3], options: { targetShape: [16, 3] } },
    { title: 'what is left', input: [12], options: { targetShape: [2, -1, 3] } },
  ],
});
