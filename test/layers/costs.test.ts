import { describe, expect, test } from 'vitest';
import { isProblem, multiplyAddsOf, type Shape, sizeOf } from '../../src/layers/index.js';
import { examples, kindOf, kinds, layerOf, modelOf, shapeOf, tf } from './tfjs.js';

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

interface Kernel {
  readonly name: string;
  readonly inputShapes: readonly (readonly number[] | null)[];
  readonly outputShapes: readonly (readonly number[])[];
}

/** What a kernel of tfjs multiplies and adds for one example, by the shapes that it was run on. */
function multiplyAddsOfKernel({ name, inputShapes, outputShapes }: Kernel): number {
  const [first, second] = inputShapes as readonly [readonly number[], readonly number[]];
  const output = sizeOf(outputShapes[0]!);
  switch (name) {
    case 'BatchMatMul':
    case '_FusedMatMul':
      // [m, k] and [k, n], either of them transposed: m * k * n.
      return Math.sqrt(sizeOf(first) * sizeOf(second) * output);
    case 'Conv2D':
    case 'FusedConv2D':
    case 'Conv3D':
      return output * sizeOf(second.slice(0, -1));
    case 'DepthwiseConv2dNative':
      return output * sizeOf(second.slice(0, 2));
    case 'Conv2DBackpropInput':
    case 'Conv3DBackpropInputV2':
      // Of the gradient, which here is the input: each value meets the window, once for each channel of the output.
      return sizeOf(first) * sizeOf(second.slice(0, -1));
    default:
      return 0;
  }
}

describe('multiply-adds are those of the kernels that tfjs runs', () => {
  test.each(examples)('$title', async ({ kind, example }) => {
    const model = modelOf(layerOf(kind, example), example.inputs, example.before);
    const below = kind.integersBelow?.(example.options);
    const values = example.inputs.map((shape) =>
      below === undefined ? tf.ones([1, ...shape]) : tf.zeros([1, ...shape]),
    );
    const { kernels } = await tf.profile(() => model.predict(values) as tf.Tensor);
    const counted = (kernels as unknown as readonly Kernel[]).map(multiplyAddsOfKernel);
    const ours = multiplyAddsOf(kind, example.options, example.inputs, shapeOf(kind, example));
    // Vectors are multiplied value by value, and summed.
    const products = kind.type === 'dot' && example.inputs.every(({ length }) => length === 1);
    expect(ours).toBe(products ? sizeOf(example.inputs[0]!) : counted.reduce((sum, count) => sum + count, 0));
  });

  test('of which there are some', () => {
    const costly = kinds.filter(({ multiplyAdds }) => multiplyAdds !== undefined).map(({ type }) => type);
    expect(costly).toEqual([
      'conv1d',
      'conv2d',
      'conv3d',
      'depthwiseConv2d',
      'separableConv2d',
      'conv2dTranspose',
      'conv3dTranspose',
      'dense',
      'dot',
      'simpleRNN',
      'gru',
      'lstm',
      'convLstm2d',
      'rnn',
      'bidirectional',
      'timeDistributed',
    ]);
  });
});
