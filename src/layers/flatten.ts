import Type from 'typebox';
import { defineLayer, layerCall } from './define-layer.js';
import { dataFormat, strictObject } from './options.js';
import { sizeOf } from './shape.js';

export const flatten = defineLayer({
  type: 'flatten',
  summary: 'All values of an example in one row.',
  options: strictObject({ dataFormat: Type.Optional(dataFormat()) }),
  outputShape: (_options, input) => [sizeOf(input)],
  lower: (options, context) => layerCall('flatten', context, { ...options }),
  examples: [{ input: [4, 4, 3], options: {} }],
});
