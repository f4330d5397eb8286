import { defineLayer } from './define-layer.js';
import { anyOf, listOf, positiveInteger } from './options.js';
import { formatShape } from './shape.js';
import { Type } from './type.js';
import { weight, weightOptions } from './weight-options.js';

export const embedding = defineLayer({
  type: 'embedding',
  summary:
    'A row of learned values for each of its inputs, which are whole numbers from 0 to below inputDim.',
  options: {
    inputDim: positiveInteger({ description: 'How many different inputs there are.' }),
    outputDim: positiveInteger({ description: 'How many values each of them gets.' }),
    ...weightOptions('embeddings', 'randomUniform', 'rows'),
    maskZero: Type.Optional(
      Type.Boolean({
        default: false,
        description: 'Whether an input of 0 means that there is nothing, so that recurrent layers skip it.',
      }),
    ),
    inputLength: Type.Optional(
      anyOf<number | readonly number[]>([positiveInteger(), listOf(positiveInteger(), { minItems: 1 })], {
        description: 'Shape of the input, which must be what it is; saved with the model, for Keras.',
      }),
    ),
  },
  outputShape({ outputDim, inputLength }, input) {
    const stated = inputLength === undefined ? input : [inputLength].flat();
    if (formatShape(stated) === formatShape(input)) return [...input, outputDim];
    return {
      code: 'shape-mismatch',
      message: `has inputLength ${formatShape(stated)}, but gets ${formatShape(input)}`,
      option: 'inputLength',
      hint: 'remove inputLength',
    };
  },
  weights: ({ inputDim, outputDim }) => [weight('embeddings', [inputDim, outputDim])],
  inputGradientProblem: () => ({
    code: 'not-trainable',
    message: 'takes its inputs for whole numbers, so that nothing before it can be trained',
    hint: 'put it first, or freeze the layers before it with trainable: false',
  }),
  integersBelow: ({ inputDim }) => inputDim,
  mask: ({ maskZero }) => (maskZero === true ? 'makes' : 'ends'),
  examples: [
    { input: [6], options: { inputDim: 10, outputDim: 3 } },
    {
      title: 'with options for its weights',
      input: [4],
      options: {
        inputDim: 5,
        outputDim: 2,
        embeddingsInitializer: { type: 'randomNormal', stddev: 0.1 },
        embeddingsRegularizer: 'l2',
        embeddingsConstraint: { type: 'unitNorm', axis: 1 },
        maskZero: true,
        inputLength: 4,
      },
    },
    { title: 'of a table', input: [2, 3], options: { inputDim: 4, outputDim: 2 } },
  ],
});
