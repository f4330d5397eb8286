import { defineLayer } from './define-layer.js';
import {
  findNested,
  lowerNested,
  type NestedLayer,
  nestedLayer,
  nestedShape,
  nestedTrainingProblem,
  nestedWarning,
  nestedWeights,
  trainableFirst,
} from './nested-layer.js';
import { oneOf } from './options.js';
import { isProblem } from './problem.js';
import { stepMasks } from './recurrent.js';
import type { LayerRegistry } from './registry.js';
import type { Shape } from './shape.js';
import { Type } from './type.js';

/** tfjs copies the layer by its configuration, which fails for `rnn` and for another `bidirectional`. */
const reversible = ['simpleRNN', 'gru', 'lstm', 'convLstm2d'];

export const bidirectional = (registry: LayerRegistry) => {
  const layerOf = (layer: NestedLayer) => findNested(registry, 'layer', layer);
  return defineLayer({
    type: 'bidirectional',
    summary:
      'A recurrent layer and a copy of it that takes the steps backwards. tfjs starts both with the same weights.',
    options: {
      layer: nestedLayer('layer', {
        description: 'The recurrent layer: `{ type: lstm, units: 8 }`; simpleRNN, gru, lstm or convLstm2d.',
      }),
      mergeMode: Type.Optional(
        oneOf(['concat', 'sum', 'mul', 'ave'], {
          default: 'concat',
          description: 'How the two outputs are joined: one after the other, or by sum, product or mean.',
        }),
      ),
    },
    trainable: false,
    outputShape({ layer, mergeMode = 'concat' }, input) {
      if (!reversible.includes(layer.type)) {
        return {
          code: 'unsuitable-nested-layer',
          message: `cannot run a ${layer.type} in both directions`,
          option: 'layer',
          hint: `use ${reversible.slice(0, -1).join(', ')} or ${reversible.at(-1)}`,
        };
      }
      const output = nestedShape(layerOf(layer), input);
      if (isProblem(output) || mergeMode !== 'concat') return output;
      return [...output.slice(0, -1), 2 * output[output.length - 1]!];
    },
    weights({ layer }, input) {
      const nested = layerOf(layer);
      return trainableFirst(
        ['forward', 'backward'].flatMap((way) => nestedWeights(nested, input, `${way}_${layer.type}/`)),
      );
    },
    /** The layer's, twice. */
    multiplyAdds({ layer }, input) {
      const { definition, options } = layerOf(layer);
      const output = definition.outputShape(options, input) as Shape;
      return 2 * (definition.multiplyAdds?.(options, input, output) ?? 0);
    },
    trainingProblem: ({ layer }, input) => nestedTrainingProblem(layerOf(layer), input),
    mask: ({ layer: { returnSequences } }) => stepMasks.mask({ returnSequences: returnSequences === true }),
    readsMask: ({ layer }, input) => {
      const { definition, options } = layerOf(layer);
      return definition.readsMask?.(options, input) ?? 'no';
    },
    warning: ({ layer }, input) => nestedWarning(layerOf(layer), input),
    lower: ({ layer }, input, context) => ({ layer: lowerNested(layerOf(layer), input, context) }),
    examples: [
      { input: [4, 3], options: { layer: { type: 'lstm', units: 5 } } },
      {
        title: 'all steps, as a mean',
        input: [4, 3],
        options: { layer: { type: 'gru', units: 2, returnSequences: true, dropout: 0.25 }, mergeMode: 'ave' },
      },
      {
        title: 'frozen',
        input: [3, 4],
        options: { layer: { type: 'simpleRNN', units: 2, trainable: false }, mergeMode: 'mul' },
      },
    ],
  });
};
