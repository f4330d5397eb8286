import { defineLayer } from './define-layer.js';
import {
  findNested,
  lowerNested,
  type NestedLayer,
  nestedLayer,
  nestedShape,
  nestedWarning,
  nestedWeights,
} from './nested-layer.js';
import { isProblem, requireRank } from './problem.js';
import { stepMasks, stepOptions } from './recurrent.js';
import type { LayerRegistry } from './registry.js';
import type { Shape } from './shape.js';

const step = (input: Shape) => input.slice(1);

export const rnn = (registry: LayerRegistry) => {
  const cellOf = (cell: NestedLayer) => findNested(registry, 'cell', cell);
  return defineLayer({
    type: 'rnn',
    summary: 'Recurrent layer made of a cell, or of several in a stack.',
    options: {
      cell: nestedLayer('cell', {
        description: 'One step of the layer: `{ type: gruCell, units: 8 }`, or stackedRNNCells.',
      }),
      ...stepOptions,
    },
    outputShape({ cell, returnSequences }, input) {
      const wrong = requireRank(input, 2, '[steps, values]');
      if (wrong) return wrong;
      const output = nestedShape(cellOf(cell), step(input));
      if (isProblem(output)) return output;
      return returnSequences === true ? [input[0]!, ...output] : output;
    },
    weights: ({ cell }, input) => nestedWeights(cellOf(cell), step(input)),
    /** Its cell's, once a step. */
    multiplyAdds({ cell }, input) {
      const { definition, options } = cellOf(cell);
      const output = definition.outputShape(options, step(input)) as Shape;
      return input[0]! * (definition.multiplyAdds?.(options, step(input), output) ?? 0);
    },
    ...stepMasks,
    warning: ({ cell }, input) => nestedWarning(cellOf(cell), step(input)),
    lower: ({ cell }, input, context) => ({ cell: lowerNested(cellOf(cell), step(input), context) }),
    examples: [
      { input: [4, 3], options: { cell: { type: 'gruCell', units: 5 } } },
      {
        title: 'two cells in a stack',
        input: [4, 3],
        options: {
          cell: {
            type: 'stackedRNNCells',
            cells: [
              { type: 'lstmCell', units: 4 },
              { type: 'simpleRNNCell', units: 2 },
            ],
          },
          returnSequences: true,
          goBackwards: true,
        },
      },
    ],
  });
};
