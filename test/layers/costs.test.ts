import { describe, expect, test } from 'vitest';
import { isProblem, type Shape, sizeOf } from '../../src/layers/index.js';
import { kindOf, layerOf, modelOf, tf } from './tfjs.js';

type Options = Readonly<Record<string, unknown>>;

const lenet: readonly (readonly [string, Options])[] = [
  ['conv2d', { filters: 6, kernelSize: 5 }],
  ['maxPooling2d', { poolSize: 2, strides: 2 }],
  ['conv2d', { filters: 16, kernelSize: 5 }],
  ['maxPooling2d', { poolSize: 2, strides: 2 }],
  ['flatten', {}],
  ['dense', { units: 120 }],
  ['dense', { units: 84 }],
  ['dense', { units: 10 }],
];

function costs(layers: readonly (readonly [string, Options])[], input: Shape) {
  let shape = input;
  return layers.map(([type, options]) => {
    const kind = kindOf(type);
    const output = kind.outputShape(options, shape);
    if (isProblem(output)) throw new Error(output.message);
    const weights = kind.weights?.(options, shape) ?? [];
    const multiplyAdds = kind.multiplyAdds?.(options, shape, output) ?? 0;
    shape = output;
    return { multiplyAdds, parameters: weights.reduce((sum, weight) => sum + sizeOf(weight.shape), 0) };
  });
}

test('LeNet-5 on 32x32x3 has the multiply-adds and parameters that are known of it', () => {
  const all = costs(lenet, [32, 32, 3]);
  expect(all.map(({ multiplyAdds }) => multiplyAdds)).toEqual([
    352_800, 0, 240_000, 0, 0, 48_000, 10_080, 840,
  ]);
  expect(all.reduce((sum, { parameters }) => sum + parameters, 0)).toBe(62_006);
});

/** Counts multiplications by doing them: each input value times each tap that reaches an output. */
describe('multiply-adds are what a convolution of ones counts', () => {
  const input = [7, 6, 3];
  test.each<[string, Options]>([
    ['conv2d', { filters: 4, kernelSize: [3, 2], strides: [2, 1] }],
    ['conv2d', { filters: 4, kernelSize: 2, dilationRate: [1, 2] }],
    ['depthwiseConv2d', { kernelSize: [3, 2], strides: 2, depthMultiplier: 2 }],
    ['conv2dTranspose', { filters: 4, kernelSize: [3, 2], strides: [2, 3] }],
    ['dense', { units: 5 }],
  ])('%s %j', (type, options) => {
    const kind = kindOf(type);
    const ones = {
      ...options,
      useBias: false,
      [`${type === 'depthwiseConv2d' ? 'depthwise' : 'kernel'}Initializer`]: 'ones',
    };
    const model = modelOf(layerOf(kind, { options: ones, inputs: [input] }), [input]);
    const sum = (model.predict(tf.ones([1, ...input])) as tf.Tensor).sum().dataSync()[0];
    expect(costs([[type, ones]], input)[0]!.multiplyAdds).toBe(sum);
  });

  test('separableConv2d: its depthwise part and a 1x1 convolution', () => {
    const options = { kernelSize: [3, 2], strides: 2, depthMultiplier: 2 };
    const [whole] = costs([['separableConv2d', { ...options, filters: 5 }]], input);
    const parts = costs(
      [
        ['depthwiseConv2d', options],
        ['conv2d', { filters: 5, kernelSize: 1 }],
      ],
      input,
    );
    expect(whole!.multiplyAdds).toBe(parts[0]!.multiplyAdds + parts[1]!.multiplyAdds);
  });
});
