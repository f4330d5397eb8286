/**
 * Bounds on weights: tfjs's constraints. tfjs itself applies them when weights are set or loaded, but its `fit`
 * and `trainOnBatch` do not: whoever trains has to project the weights after each step.
 */

import type { ChoiceFamily, ChoiceOptions } from './named-choice.js';
import { describeShape, type Shape } from './shape.js';
import { Type } from './type.js';

const axis = Type.Optional(
  Type.Integer({
    default: 0,
    minimum: 0,
    description:
      'Axis of the weight along which norms are taken: 0 for the incoming weights of each unit of a dense layer.',
  }),
);
const maxValue = (value: number) =>
  Type.Optional(Type.Number({ default: value, minimum: 0, description: 'Largest norm allowed.' }));

function axisProblem({ axis = 0 }: ChoiceOptions, shape: Shape): string | undefined {
  return (axis as number) < shape.length
    ? undefined
    : `has axis ${axis}, but the weight, ${describeShape(shape)}, has ${shape.length === 1 ? 'axis 0 only' : `axes 0 to ${shape.length - 1}`}`;
}

export const constraints: ChoiceFamily = {
  namespace: 'constraints',
  kinds: {
    maxNorm: {
      summary: 'Norms of at most maxValue.',
      options: { maxValue: maxValue(2), axis },
      problem: axisProblem,
    },
    unitNorm: { summary: 'Norms of one.', options: { axis }, problem: axisProblem },
    nonNeg: { summary: 'No negative weights.', options: {} },
    minMaxNorm: {
      summary: 'Norms between minValue and maxValue.',
      options: {
        minValue: Type.Optional(
          Type.Number({ default: 0, minimum: 0, description: 'Smallest norm allowed.' }),
        ),
        maxValue: maxValue(1),
        axis,
        rate: Type.Optional(
          Type.Number({
            default: 1,
            minimum: 0,
            maximum: 1,
            description: 'How much of the way into the bounds each step goes; 1 enforces them.',
          }),
        ),
      },
      problem(options, shape) {
        const { minValue = 0, maxValue = 1 } = options as { minValue?: number; maxValue?: number };
        return minValue > maxValue
          ? `needs minValue <= maxValue, but they are ${minValue} and ${maxValue}`
          : axisProblem(options, shape);
      },
    },
  },
};
