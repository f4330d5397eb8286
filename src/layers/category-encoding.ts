import { defineLayer } from './define-layer.js';
import { oneOf, positiveInteger } from './options.js';
import { requireRank } from './problem.js';
import { formatShape } from './shape.js';
import { Type } from './type.js';

export const categoryEncoding = defineLayer({
  type: 'categoryEncoding',
  summary: 'Which whole numbers, from 0 to below numTokens, are among its inputs, or how often.',
  options: {
    numTokens: positiveInteger({ description: 'How many different numbers there are.' }),
    outputMode: Type.Optional(
      oneOf(['multiHot', 'oneHot', 'count'], {
        default: 'multiHot',
        description:
          'multiHot: 1 for each number that occurs; oneHot: the same, of a single input; count: how often each occurs.',
      }),
    ),
  },
  outputShape({ numTokens, outputMode }, input) {
    const wrong = requireRank(input, 1, '[values]');
    if (wrong) return wrong;
    if (outputMode !== 'oneHot' || input[0] === 1) return [numTokens];
    return {
      code: 'shape-mismatch',
      message: `encodes one value an example as oneHot, but gets ${formatShape(input)}`,
      option: 'outputMode',
      hint: 'use multiHot or count',
    };
  },
  spoilsInputShape: true,
  inputGradientProblem: () => ({
    code: 'not-trainable',
    message: 'takes its inputs for whole numbers, so that nothing before it can be trained',
    hint: 'put it first, or freeze the layers before it with trainable: false',
  }),
  integersBelow: ({ numTokens }) => numTokens,
  forward({ numTokens, outputMode }, x, { program: p }) {
    const tokens = p.constant([...Array(numTokens).keys()], [1, numTokens]);
    const found = p.equal(p.reshape(x, [...x.shape, 1]), tokens);
    return outputMode === 'count' ? p.sum(found, [0]) : p.max(found, [0]);
  },
  examples: [
    { before: { type: 'reshape', targetShape: [3] }, input: [3], options: { numTokens: 5 } },
    {
      title: 'one number',
      before: { type: 'reshape', targetShape: [1] },
      input: [1],
      options: { numTokens: 4, outputMode: 'oneHot' },
    },
  ],
});
