import { defineLayer } from './define-layer.js';
import { elementwise } from './elementwise.js';
import { Type } from './type.js';

export const masking = defineLayer({
  type: 'masking',
  summary: 'Tells recurrent layers to skip the steps whose values are all maskValue, and sets these to zero.',
  options: {
    maskValue: Type.Optional(
      Type.Number({ default: 0, description: 'What all values of a step are where there is nothing.' }),
    ),
  },
  ...elementwise,
  inputGradientProblem: () => ({
    code: 'not-trainable',
    message: 'is a layer through which tfjs has no gradient, so that nothing before it can be trained',
    hint: 'put it first, or freeze the layers before it with trainable: false',
  }),
  mask: () => 'makes',
  forward({ maskValue = 0 }, x, { program: p }) {
    const differs = p.sub(1, p.equal(x, maskValue));
    return p.mul(x, p.max(differs, [x.shape.length - 1], true));
  },
  examples: [
    { input: [4, 3], options: {} },
    { title: 'another value', input: [5, 2], options: { maskValue: -1 } },
  ],
});
