import { activate } from './activations.js';
import { defineLayer } from './define-layer.js';
import { addBias, pointwise } from './forward-images.js';
import { keepsMask } from './masks.js';
import { activation, positiveInteger, useBias } from './options.js';
import { rankProblem } from './problem.js';
import { sizeOf } from './shape.js';
import { weight, weightOptions } from './weight-options.js';

/** tfjs adds no bias to tensors of more dimensions, with the batch. */
const mostDimensions = 4;

export const dense = defineLayer({
  type: 'dense',
  summary: 'Fully connected: every output is a weighted sum of all values along the last axis.',
  options: {
    units: positiveInteger({ description: 'Number of outputs.' }),
    activation: activation(),
    useBias: useBias(),
    ...weightOptions('kernel', 'glorotNormal'),
    ...weightOptions('bias', 'zeros'),
  },
  outputShape: ({ units }, input) =>
    input.length >= 1 && input.length <= mostDimensions
      ? [...input.slice(0, -1), units]
      : rankProblem(input, `1 to ${mostDimensions} dimensions`, mostDimensions),
  weights({ units, useBias }, input) {
    const kernel = weight('kernel', [input[input.length - 1]!, units]);
    return useBias === false ? [kernel] : [kernel, weight('bias', [units])];
  },
  multiplyAdds: (_options, input, output) => input[input.length - 1]! * sizeOf(output),
  ...keepsMask,
  /** A convolution of one place over all rows that there are. */
  forward(options, x, context) {
    const { program: p } = context;
    const { units, activation = 'linear' } = options;
    const [length] = x.shape.slice(-1) as [number];
    const rows = sizeOf(x.shape) / length;
    const kernel = p.reshape(context.weight('kernel'), [1, 1, length, units]);
    const sums = p.convolve(p.reshape(x, [1, rows, length]), kernel, pointwise, [1, rows]);
    const y = activate(activation, addBias(sums, options, context), p);
    return p.reshape(y, [...x.shape.slice(0, -1), units]);
  },
  examples: [
    { input: [12], options: { units: 5 } },
    { title: 'on every row', input: [3, 4], options: { units: 5, activation: 'tanh', useBias: false } },
    {
      title: 'with options for its weights',
      input: [6],
      options: {
        units: 6,
        activation: 'selu',
        kernelInitializer: { type: 'identity', gain: 0.5 },
        kernelRegularizer: 'l1l2',
        kernelConstraint: 'unitNorm',
        biasInitializer: { type: 'randomUniform', minval: 0, maxval: 0.1 },
        biasRegularizer: { type: 'l2', l2: 0.1 },
        biasConstraint: { type: 'minMaxNorm', maxValue: 2 },
        trainable: true,
      },
    },
    {
      title: 'frozen',
      input: [5],
      options: { units: 3, kernelInitializer: { type: 'orthogonal', seed: 7 }, trainable: false },
    },
  ],
});
