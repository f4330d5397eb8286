import { defineLayer } from './define-layer.js';
import { listOf, positiveInteger } from './options.js';
import { formatShape } from './shape.js';

export const permute = defineLayer({
  type: 'permute',
  summary: 'Reorders the dimensions of its input.',
  options: {
    dims: listOf<number>(positiveInteger(), {
      minItems: 1,
      maxItems: 5,
      description: 'The order, counted from 1: [2, 1] swaps the two dimensions of a matrix.',
    }),
  },
  outputShape({ dims }, input) {
    const sorted = [...dims].sort((a, b) => a - b);
    if (sorted.length === input.length && sorted.every((dim, index) => dim === index + 1)) {
      return dims.map((dim) => input[dim - 1]!);
    }
    return {
      code: 'shape-mismatch',
      message: `has dims [${dims.join(', ')}], but its input ${formatShape(input)} needs each of ${input.map((_, index) => index + 1).join(', ')} once`,
      option: 'dims',
    };
  },
  forward: ({ dims }, x, { program }) =>
    program.transpose(
      x,
      dims.map((dim) => dim - 1),
    ),
  examples: [
    { input: [3, 4], options: { dims: [2, 1] } },
    { title: 'channels first to channels last', input: [3, 4, 5], options: { dims: [2, 3, 1] } },
  ],
});
