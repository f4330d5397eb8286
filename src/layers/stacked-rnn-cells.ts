import { defineCell } from './define-layer.js';
import {
  aroundProblem,
  findNested,
  lowerNested,
  type Nested,
  type NestedLayer,
  nestedLayer,
  nestedWarning,
  nestedWeights,
  trainableFirst,
} from './nested-layer.js';
import { listOf } from './options.js';
import { isProblem, type Problem } from './problem.js';
import type { LayerRegistry } from './registry.js';
import type { Shape } from './shape.js';

export const stackedRNNCells = (registry: LayerRegistry) => {
  /** The cells with their inputs: each takes the output of the one before it. */
  function chain(
    cells: readonly NestedLayer[],
    input: Shape,
  ): readonly (readonly [Nested, Shape])[] | Problem {
    let shape = input;
    const placed: (readonly [Nested, Shape])[] = [];
    for (const [index, cell] of cells.entries()) {
      const nested = findNested(registry, 'cell', cell, `cells.${index}`);
      const output = nested.definition.outputShape(nested.options, shape);
      if (isProblem(output)) return aroundProblem(nested.type, nested.place, output);
      placed.push([nested, shape]);
      shape = output;
    }
    return placed;
  }
  const known = (cells: readonly NestedLayer[], input: Shape) =>
    chain(cells, input) as readonly (readonly [Nested, Shape])[];

  return defineCell({
    type: 'stackedRNNCells',
    summary: 'Cells one behind the other, as one cell; its output is that of the last one.',
    options: {
      cells: listOf<NestedLayer>(nestedLayer('cell', { description: 'A cell.' }), {
        minItems: 1,
        description: 'The cells, the first of which takes the input.',
      }),
    },
    outputShape({ cells }, input) {
      const placed = chain(cells, input);
      if ('code' in placed) return placed;
      const [last, shape] = placed[placed.length - 1]!;
      return last.definition.outputShape(last.options, shape);
    },
    weights: ({ cells }, input) =>
      trainableFirst(
        known(cells, input).flatMap(([nested, shape], index) =>
          nestedWeights(nested, shape, `RNNCell_${index}/`),
        ),
      ),
    /** Those of all its cells. */
    multiplyAdds: ({ cells }, input) =>
      known(cells, input).reduce((sum, [{ definition, options }, shape]) => {
        const output = definition.outputShape(options, shape) as Shape;
        return sum + (definition.multiplyAdds?.(options, shape, output) ?? 0);
      }, 0),
    warning: ({ cells }, input) =>
      known(cells, input)
        .map(([nested, shape]) => nestedWarning(nested, shape))
        .find((problem) => problem !== undefined),
    lower: ({ cells }, input, context) => ({
      cells: known(cells, input).map(([nested, shape], index) =>
        lowerNested(nested, shape, context, `${nested.type}_${index + 1}`),
      ),
    }),
    examples: [
      {
        input: [3],
        options: {
          cells: [
            { type: 'lstmCell', units: 4 },
            { type: 'gruCell', units: 2 },
          ],
        },
      },
      {
        title: 'frozen in part',
        input: [2],
        options: {
          cells: [
            { type: 'simpleRNNCell', units: 3, trainable: false },
            { type: 'simpleRNNCell', units: 3, useBias: false },
          ],
        },
      },
    ],
  });
};
