/** Which operators models are made of: those that people expect, and no others between them. */
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { ModelProtoSchema } from '../../../src/compiler/onnx/onnx-model_pb.js';
import { graphOf } from '../example-graphs.js';
import { expectSamePredictions } from './same-predictions.js';

const conv = { type: 'conv2d', filters: 4, kernelSize: 3, padding: 'same' } as const;
const normalization = { type: 'batchNormalization' } as const;

test.each<[string, readonly number[], readonly object[], readonly string[]]>([
  [
    'normalizations become a part of the convolutions before them',
    [6, 6, 3],
    [
      { ...conv, useBias: false },
      normalization,
      { type: 'depthwiseConv2d', kernelSize: 3, depthMultiplier: 2 },
      normalization,
      { type: 'reLU' },
      { type: 'conv2dTranspose', filters: 2, kernelSize: 2, strides: 2 },
      normalization,
    ],
    ['Transpose', 'Conv', 'Conv', 'Relu', 'ConvTranspose', 'Transpose'],
  ],
  [
    'and of dense layers, also where the values come in another order',
    [6, 6, 3],
    [
      conv,
      { type: 'flatten' },
      { type: 'dropout', rate: 0.5 },
      { type: 'dense', units: 5, activation: 'relu' },
      { type: 'dense', units: 4 },
      normalization,
      { type: 'softmax' },
    ],
    ['Transpose', 'Conv', 'Flatten', 'Gemm', 'Relu', 'Gemm', 'Softmax'],
  ],
  [
    'a normalization by itself is a scale and a shift',
    [4, 4, 3],
    [{ type: 'maxPooling2d' }, normalization, conv],
    ['Transpose', 'MaxPool', 'Mul', 'Add', 'Conv', 'Transpose'],
  ],
  [
    'margins become those of the convolution',
    [6, 6, 3],
    [
      {
        type: 'zeroPadding2d',
        padding: [
          [1, 2],
          [3, 0],
        ],
      },
      { type: 'conv2d', filters: 2, kernelSize: 3, strides: 2 },
    ],
    ['Transpose', 'Conv', 'Transpose'],
  ],
  [
    'sequences have windows along one axis',
    [8, 3],
    [
      { type: 'conv1d', filters: 4, kernelSize: 3, activation: 'elu' },
      { type: 'conv1d', filters: 4, kernelSize: 1 },
      { type: 'maxPooling1d' },
      { type: 'globalAveragePooling1d' },
    ],
    ['Transpose', 'Conv', 'Elu', 'Conv', 'MaxPool', 'ReduceMean'],
  ],
  [
    'rows are multiplied as they are',
    [8, 3],
    [
      { type: 'dense', units: 4, activation: 'relu6' },
      { type: 'dense', units: 2, useBias: false },
    ],
    ['MatMul', 'Add', 'Clip', 'MatMul'],
  ],
  [
    'nothing moves between enlarged images',
    [4, 4, 2],
    [
      conv,
      { type: 'upSampling2d' },
      { ...conv, activation: 'hardSigmoid' },
      { type: 'upSampling2d', size: [1, 3] },
      { type: 'leakyReLU' },
    ],
    ['Transpose', 'Conv', 'Resize', 'Conv', 'HardSigmoid', 'Resize', 'LeakyRelu', 'Transpose'],
  ],
  [
    'channels first need no turning at all',
    [3, 6, 6],
    [
      { ...conv, dataFormat: 'channelsFirst', activation: 'selu' },
      { type: 'maxPooling2d', dataFormat: 'channelsFirst' },
      { type: 'prelu', sharedAxes: [2, 3] },
    ],
    ['Conv', 'Selu', 'MaxPool', 'PRelu'],
  ],
])('%s', async (_, input, layers, operators) => {
  const graph = graphOf({ name: 'network', input, layers });
  const { node } = fromBinary(ModelProtoSchema, await expectSamePredictions(graph)).graph!;
  expect(node.map(({ opType }) => opType)).toEqual(operators);
});

test('channels that are weighed', async () => {
  const graph = graphOf({
    name: 'weighed',
    input: [4, 4, 3],
    layers: [
      { name: 'image', ...conv, activation: 'relu' },
      { type: 'globalAveragePooling2d' },
      { type: 'dense', units: 4, activation: 'sigmoid' },
      { name: 'weights', type: 'reshape', targetShape: [1, 1, 4] },
      { name: 'weighed', type: 'multiply', from: ['image', 'weights'] },
      { ...conv, activation: 'tanh' },
      { type: 'globalMaxPooling2d' },
    ],
  });
  const { node } = fromBinary(ModelProtoSchema, await expectSamePredictions(graph)).graph!;
  expect(node.map(({ name, opType }) => `${name.split('/')[0]} ${opType}`)).toEqual([
    'input Transpose',
    'image Conv',
    'image Relu',
    'globalAveragePooling2d_1 GlobalAveragePool',
    'globalAveragePooling2d_1 Flatten',
    'dense_1 Gemm',
    'dense_1 Sigmoid',
    'dense_1 Reshape',
    'weighed Mul',
    'conv2d_1 Conv',
    'conv2d_1 Tanh',
    'globalMaxPooling2d_1 GlobalMaxPool',
    'globalMaxPooling2d_1 Flatten',
  ]);
});
