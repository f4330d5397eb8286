/** What an exported model says of itself: names, shapes, versions, metadata. */
import { fromBinary } from '@bufbuild/protobuf';
import { expect, test } from 'vitest';
import { emitOnnx } from '../../../src/compiler/onnx/emit-onnx.js';
import { isOwnModel } from '../../../src/compiler/onnx/metadata.js';
import { ModelProtoSchema, TensorProto_DataType } from '../../../src/compiler/onnx/onnx-model_pb.js';
import { SpecError, version } from '../../../src/index.js';
import { graphOf } from '../example-graphs.js';
import { examples, variants } from '../program/covered-layers.js';
import { expectSamePredictions } from './same-predictions.js';

const weightsOf = ({ nodes }: ReturnType<typeof graphOf>) =>
  nodes.flatMap((node) =>
    node.weights.map(({ name, shape }) => ({
      name: `${node.name}/${name}`,
      shape,
      values: new Float32Array(shape.reduce((size, length) => size * length, 1)).fill(0.5),
    })),
  );

const parse = (bytes: Uint8Array) => fromBinary(ModelProtoSchema, bytes);

const small = graphOf({
  name: 'small',
  description: 'A small network',
  inputs: { image: [6, 6, 3], hint: [2] },
  layers: [
    { name: 'c1', type: 'conv2d', filters: 4, kernelSize: 3, from: 'image', activation: 'relu' },
    { name: 'flat', type: 'flatten' },
    { name: 'joined', type: 'concatenate', from: ['flat', 'hint'] },
    { name: 'classes', type: 'dense', units: 3, activation: 'softmax' },
  ],
  outputs: ['classes', 'c1'],
});

test('inputs, outputs, weights and tensors have the names of the spec, and the batch is open', async () => {
  const { graph, ...model } = parse(await expectSamePredictions(small, [1, 3]));
  expect(model).toMatchObject({
    irVersion: 8n,
    producerName: 'speccc',
    producerVersion: version,
    docString: 'A small network',
    opsetImport: [{ domain: '', version: 17n }],
  });
  const ports = [...graph!.input, ...graph!.output].map(({ name, type }) => {
    const { value, case: kind } = type!.value;
    if (kind !== 'tensorType') throw new Error(`${name} is no tensor`);
    expect(value.elemType).toBe(TensorProto_DataType.FLOAT);
    return `${name} [${value.shape!.dim.map((dimension) => dimension.value.value).join(', ')}]`;
  });
  expect(ports).toEqual([
    'image [batch, 6, 6, 3]',
    'hint [batch, 2]',
    'classes [batch, 3]',
    'c1 [batch, 4, 4, 4]',
  ]);
  const initializers = graph!.initializer.map(({ name, dims }) => `${name} ${dims.join('x')}`);
  expect(initializers).toEqual(['c1/kernel 4x3x3x3', 'c1/bias 4', 'classes/kernel 66x3', 'classes/bias 3']);
  expect(graph!.node.map(({ name, output }) => `${name} → ${output}`)).toEqual([
    'image/Transpose → image/Transpose',
    'c1/Conv → c1/Conv',
    'c1/Relu → c1_2',
    'c1/Transpose → c1',
    'flat/Flatten → flat',
    'joined/Concat → joined',
    'classes/Gemm → classes/Gemm',
    'classes/Softmax → classes',
  ]);
});

test('outputs that are the same value, or an input', async () => {
  const graph = graphOf({
    name: 'same',
    input: [4],
    layers: [
      { name: 'kept', type: 'dropout', rate: 0.5 },
      { name: 'first', type: 'dense', units: 2 },
      { name: 'second', type: 'dropout', rate: 0.5 },
    ],
    outputs: ['first', 'kept', 'second'],
  });
  const { node, output } = parse(await expectSamePredictions(graph)).graph!;
  expect(output.map(({ name }) => name)).toEqual(['first', 'kept', 'second']);
  expect(node.map(({ opType }) => opType)).toEqual(['Gemm', 'Identity', 'Identity']);
});

test.each([...examples, ...variants])('$title is sound', async ({ graph }) => {
  const { graph: made } = parse(await emitOnnx(graph, weightsOf(graph)));
  const { node, initializer, input, output } = made!;
  const known = new Set([...input, ...initializer].map(({ name }) => name));
  expect(known.size, 'names of inputs and initializers').toBe(input.length + initializer.length);
  const used = new Set(output.map(({ name }) => name));
  for (const { name, input: taken, output: given } of node) {
    for (const tensor of taken.filter((one) => one !== '')) {
      expect(known, `${name} takes`).toContain(tensor);
      used.add(tensor);
    }
    for (const tensor of given) {
      expect(known, `${name} makes again`).not.toContain(tensor);
      known.add(tensor);
    }
  }
  expect(known).toEqual(new Set([...used, ...input.map(({ name }) => name)]));
  expect(new Set(node.map(({ name }) => name)).size).toBe(node.length);
  for (const { rawData, dims, dataType } of initializer) {
    const width = dataType === TensorProto_DataType.INT64 ? 8 : 4;
    expect(rawData.length).toBe(Number(dims.reduce((size, length) => size * length, 1n)) * width);
  }
});

test('metadata are what is known', async () => {
  const training = {
    dataset: 'cifar10',
    optimizer: { type: 'sgd', learningRate: 0.1 },
    loss: 'sparseCategoricalCrossentropy',
  };
  const layers = [{ type: 'flatten' }, { type: 'dense', units: 10 }];
  const graph = graphOf({ name: 'known', input: [32, 32, 3], layers, training });
  const bytes = await emitOnnx(graph, weightsOf(graph));
  expect(isOwnModel(bytes)).toBe(true);
  const { metadataProps, docString } = parse(bytes);
  expect(docString).toBe('');
  expect(Object.fromEntries(metadataProps.map(({ key, value }) => [key, value]))).toEqual({
    class_names: JSON.stringify(graph.training!.classNames),
    preprocessing: 'input: float32 [batch, 32, 32, 3]',
    spec_sha256: graph.source.digest,
    speccc_version: version,
  });
  expect(bytes).toEqual(await emitOnnx(graph, weightsOf(graph)));
});

test('layers that have no forward pass in primitives', async () => {
  const graph = graphOf({
    name: 'words',
    input: [4],
    layers: [
      { type: 'embedding', inputDim: 9, outputDim: 2 },
      { type: 'lstm', units: 2 },
    ],
  });
  const error = await emitOnnx(graph, []).catch((thrown: unknown) => thrown as SpecError);
  expect(error).toBeInstanceOf(SpecError);
  expect((error as SpecError).diagnostics.map(({ code, message }) => `${code}: ${message}`)).toEqual([
    "not-compilable: embedding 'embedding_1' is a layer that only tfjs can compute",
    "not-compilable: lstm 'lstm_1' is a layer that only tfjs can compute",
  ]);
});
