import type { Value } from '../program/index.js';
import { defineLayer } from './define-layer.js';
import type { ForwardContext } from './forward.js';
import { forwardOf, forwardProblemOf } from './layer-functions.js';
import {
  aroundProblem,
  findNested,
  lowerNested,
  type NestedLayer,
  nestedLayer,
  nestedShape,
  nestedTrainingProblem,
  nestedWarning,
  nestedWeights,
} from './nested-layer.js';
import { isProblem, rankProblem } from './problem.js';
import type { LayerRegistry } from './registry.js';
import type { Shape } from './shape.js';

const step = (input: Shape) => input.slice(1);

export const timeDistributed = (registry: LayerRegistry) => {
  const layerOf = (layer: NestedLayer) => findNested(registry, 'layer', layer);
  return defineLayer({
    type: 'timeDistributed',
    summary: 'A layer on each step of a sequence by itself, with the same weights.',
    options: {
      layer: nestedLayer('layer', { description: 'The layer: `{ type: dense, units: 8 }`.' }),
    },
    trainable: false,
    outputShape({ layer }, input) {
      if (input.length < 2)
        return rankProblem(input, 'at least 2 dimensions, the first of them the steps', 2);
      const output = nestedShape(layerOf(layer), step(input));
      return isProblem(output) ? output : [input[0]!, ...output];
    },
    weights: ({ layer }, input) => nestedWeights(layerOf(layer), step(input)),
    /** The layer's, once a step. */
    multiplyAdds({ layer }, input, output) {
      const { definition, options } = layerOf(layer);
      return input[0]! * (definition.multiplyAdds?.(options, step(input), step(output)) ?? 0);
    },
    trainingProblem: ({ layer }, input) => nestedTrainingProblem(layerOf(layer), step(input)),
    inputGradientProblem({ layer }, input) {
      const { definition, options, type } = layerOf(layer);
      const problem = definition.inputGradientProblem?.(options, step(input));
      return problem && aroundProblem(type, 'layer', problem);
    },
    integersBelow({ layer }) {
      const { definition, options } = layerOf(layer);
      return definition.integersBelow?.(options);
    },
    mask: () => 'keeps',
    readsMask({ layer }, input) {
      const { definition, options } = layerOf(layer);
      const reads = definition.readsMask?.(options, step(input)) ?? 'no';
      return reads === 'no' ? 'no' : 'wrongly';
    },
    warning: ({ layer }, input) => nestedWarning(layerOf(layer), step(input)),
    lower: ({ layer }, input, context) => ({ layer: lowerNested(layerOf(layer), step(input), context) }),
    forward({ layer }, x, context) {
      const { program: p } = context;
      const { definition, options } = layerOf(layer);
      // A later step sees the moving averages that an earlier one has left.
      const updated = new Map<string, Value>();
      const inner: ForwardContext = {
        ...context,
        weight: (name) => updated.get(name) ?? context.weight(name),
        update(name, value) {
          updated.set(name, value);
          context.update(name, value);
        },
      };
      const steps = Array.from({ length: x.shape[0]! }, (_, index) => {
        const starts = x.shape.map((_length, axis) => (axis === 0 ? index : 0));
        const single = p.reshape(p.slice(x, starts, x.shape.with(0, 1)), step(x.shape));
        const output = forwardOf(definition, options, [single], inner);
        return p.reshape(output, [1, ...output.shape]);
      });
      return p.concat(steps, 0);
    },
    forwardProblem({ layer }, input) {
      const { definition, options, type } = layerOf(layer);
      const problem = forwardProblemOf(definition, options, [step(input)]);
      return problem && aroundProblem(type, 'layer', problem);
    },
    examples: [
      { input: [3, 4], options: { layer: { type: 'dense', units: 5, kernelRegularizer: 'l2' } } },
      {
        title: 'a convolution on each image of a film',
        input: [2, 6, 6, 3],
        options: { layer: { type: 'conv2d', filters: 2, kernelSize: 3, activation: 'relu' } },
      },
      {
        title: 'a frozen layer in two layers of steps',
        input: [2, 3, 4],
        options: {
          layer: { type: 'timeDistributed', layer: { type: 'dense', units: 2, trainable: false } },
        },
      },
    ],
  });
};
