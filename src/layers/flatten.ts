import { defineLayer } from './define-layer.js';
import { dataFormat } from './options.js';
import { describeShape, sizeOf } from './shape.js';

export const flatten = defineLayer({
  type: 'flatten',
  summary: 'All values of an example in one row.',
  options: { dataFormat: dataFormat() },
  outputShape: (_options, input) =>
    input.length >= 2
      ? [sizeOf(input)]
      : {
          code: 'wrong-input-rank',
          message: `needs an input of at least 2 dimensions, but gets ${describeShape(input)}, which is flat already`,
          hint: 'remove this layer',
        },
  forward({ dataFormat }, x, { program: p }) {
    const [first, ...others] = x.shape.map((_length, axis) => axis) as [number, ...number[]];
    const ordered = dataFormat === 'channelsFirst' ? p.transpose(x, [...others, first]) : x;
    return p.reshape(ordered, [sizeOf(x.shape)]);
  },
  examples: [
    { input: [4, 4, 3], options: {} },
    {
      title: 'channels first, in the order of channels last',
      input: [3, 4, 5],
      options: { dataFormat: 'channelsFirst' },
    },
  ],
});
