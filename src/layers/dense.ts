import Type from 'typebox';
import { defineLayer, layerCall } from './define-layer.js';
import { activation, positiveInteger, strictObject } from './options.js';
import { sizeOf } from './shape.js';
import { lowerWeight, weightOptions } from './weight-options.js';

export const dense = defineLayer({
  type: 'dense',
  summary: 'Fully connected: every output is a weighted sum of all values along the last axis.',
  options: strictObject({
    units: positiveInteger({ description: 'Number of outputs.' }),
    activation: Type.Optional(activation()),
    useBias: Type.Optional(
      Type.Boolean({ description: 'Whether a bias is added to each output.', default: true }),
    ),
    ...weightOptions('kernel', 'glorotNormal'),
    ...weightOptions('bias', 'zeros'),
  }),
  outputShape: (options, input) =>
    input.length === 0
      ? { code: 'wrong-input-rank', message: 'needs at least one value, but gets a scalar' }
      : [...input.slice(0, -1), options.units],
  weights(options, input) {
    const kernel = { name: 'kernel', shape: [input[input.length - 1]!, options.units], trainable: true };
    return options.useBias === false
      ? [kernel]
      : [kernel, { name: 'bias', shape: [options.units], trainable: true }];
  },
  multiplyAdds: (_options, input, output) => input[input.length - 1]! * sizeOf(output),
  lower: (options, context) =>
    layerCall('dense', context, {
      ...options,
      ...lowerWeight('kernel', 'glorotNormal', options, context),
      ...(options.useBias === false ? {} : lowerWeight('bias', 'zeros', options, context)),
    }),
  examples: [
    { input: [12], options: { units: 5 } },
    { title: 'on every row', input: [3, 4], options: { units: 5, activation: 'tanh', useBias: false } },
  ],
});
