import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import type { Call, TfCall } from '../../src/layers/index.js';
import {
  buildModel,
  canonicalWeightName,
  compileModel,
  evaluateCall,
} from '../../src/runtime/build-model.js';
import { graphOf } from '../compiler/example-graphs.js';

tf.env().set('PROD', true);
await tf.setBackend('cpu');

const graph = graphOf({
  name: 'small',
  input: [6, 6, 2],
  layers: [
    { name: 'c1', type: 'conv2d', filters: 3, kernelSize: 3, activation: 'relu' },
    { name: 'norm', type: 'batchNormalization' },
    { name: 'flatten', type: 'flatten' },
    { name: 'f1', type: 'dense', units: 4, activation: 'softmax' },
  ],
  training: {
    dataset: { type: 'synthetic', classes: 4 },
    optimizer: { type: 'adam', learningRate: 0.01 },
    loss: 'sparseCategoricalCrossentropy',
    metrics: ['accuracy'],
  },
});
const names = [
  ...['c1/kernel', 'c1/bias', 'norm/gamma', 'norm/beta', 'f1/kernel', 'f1/bias'],
  ...['norm/moving_mean', 'norm/moving_variance'],
];
const values = (model: tf.LayersModel) => model.getWeights().map((weight) => Array.from(weight.dataSync()));

describe('a model that is built again in the same process', () => {
  test('has the same weights under the same names, though tfjs calls its variables otherwise', () => {
    const first = buildModel(tf, graph);
    const second = buildModel(tf, graph);
    expect(first.weights.map(canonicalWeightName)).toEqual(names);
    expect(second.weights.map(canonicalWeightName)).toEqual(names);
    expect(values(second)).toEqual(values(first));
    // The reason for canonicalWeightName.
    expect(second.weights.map(({ name }) => name)).not.toEqual(first.weights.map(({ name }) => name));
    first.dispose();
    second.dispose();
  });

  test('is saved by tfjs under the same names', async () => {
    const model = buildModel(tf, graph);
    const saved: (string | undefined)[] = [];
    await model.save(
      tf.io.withSaveHandler(async ({ weightSpecs }) => {
        saved.push(...(weightSpecs ?? []).map(({ name }) => name));
        return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } };
      }),
    );
    expect(saved).toEqual(names);
    model.dispose();
  });

  test('leaves nothing behind when it is disposed', () => {
    const before = tf.memory().numTensors;
    buildModel(tf, graph).dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});

test('a chain becomes a Sequential with the name of the graph', () => {
  const model = buildModel(tf, graph);
  expect(model).toBeInstanceOf(tf.Sequential);
  expect(model.name).toBe('small');
  expect(model.inputs[0]!.shape).toEqual([null, 6, 6, 2]);
  model.dispose();
});

test('compileModel gives optimizer, loss and metrics; the model then trains', async () => {
  const model = buildModel(tf, graph);
  compileModel(tf, model, graph);
  expect(model.optimizer.getConfig()).toMatchObject({ learningRate: 0.01 });
  expect(model.metricsNames).toEqual(['loss', 'acc']);
  const before = values(model);
  await model.trainOnBatch(tf.ones([2, 6, 6, 2]), tf.tensor1d([0, 3]));
  expect(values(model)).not.toEqual(before);
  model.dispose();
});

test('compileModel needs a training section', () => {
  const model = buildModel(tf, graph);
  expect(() => compileModel(tf, model, { ...graph, training: undefined })).toThrow(
    expect.objectContaining({ code: 'no-training', message: 'small.yaml does not say how to train' }),
  );
  model.dispose();
});

describe('a graph that is no chain', () => {
  const [conv] = graph.nodes;
  const node = (name: string, inputs: string[], call: Call): ModelGraph['nodes'][0] => ({
    ...conv!,
    name,
    inputs,
    weights: [],
    call,
  });
  const branches: ModelGraph = {
    ...graph,
    name: 'branches',
    inputs: [
      { name: 'left', shape: [3] },
      { name: 'right', shape: [3] },
    ],
    nodes: [
      node('sum', ['left', 'right'], { call: 'tf.layers.add', args: [{ name: 'sum' }] }),
      node('relu', ['sum'], { call: 'tf.layers.reLU', args: [{ name: 'relu' }] }),
    ],
    outputs: ['relu', 'sum'],
  };

  test('becomes a tf.model with its inputs and outputs in order', () => {
    const model = buildModel(tf, branches);
    expect(model).not.toBeInstanceOf(tf.Sequential);
    expect(model.name).toBe('branches');
    expect(model.inputNames).toEqual(['left', 'right']);
    const inputs = [tf.tensor2d([[1, -2, 3]]), tf.tensor2d([[1, -2, -4]])];
    const outputs = model.predict(inputs) as tf.Tensor[];
    expect(outputs.map((output) => Array.from(output.dataSync()))).toEqual([
      [2, 0, 0],
      [2, -4, -1],
    ]);
  });

  test('must have its nodes in order', () => {
    const reversed = { ...branches, nodes: [...branches.nodes].reverse() };
    expect(() => buildModel(tf, reversed)).toThrow("the graph 'branches' uses 'sum' before it is made");
  });
});

describe('evaluateCall', () => {
  const call = (name: string, ...args: Call['args']) =>
    evaluateCall(tf, { call: name as TfCall['call'], args });

  test('evaluates calls inside of lists and options, and leaves out what is undefined', () => {
    const layer = call('tf.layers.dense', {
      name: 'inner',
      units: 2,
      kernelRegularizer: { call: 'tf.regularizers.l2', args: [{ l2: 0.5 }] },
      biasInitializer: undefined,
    }) as ReturnType<typeof tf.layers.dense>;
    expect(layer.getConfig()).toMatchObject({
      name: 'inner',
      units: 2,
      kernelRegularizer: { className: 'L1L2', config: { l1: 0, l2: 0.5 } },
      biasInitializer: { className: 'Zeros' },
    });
  });

  test('makes an object of a class that a layer definition brings along', () => {
    class Scale extends tf.layers.Layer {
      static readonly className = 'Scale';
      readonly factor: number;
      constructor(options: { name: string; factor: number }) {
        super({ name: options.name });
        this.factor = options.factor;
      }
      override computeOutputShape(shape: tf.Shape) {
        return shape;
      }
      override call(inputs: tf.Tensor[]) {
        return inputs[0]!.mul(this.factor);
      }
    }
    const args = [{ name: 'twice', factor: 2 }];
    const scale: Call = { call: 'new', className: 'Scale', module: './scale.js', class: Scale, args };
    const model = buildModel(tf, {
      ...graph,
      inputs: [{ name: 'input', shape: [2] }],
      nodes: [
        { ...graph.nodes[0]!, name: 'twice', inputs: ['input'], call: scale, outputShape: [2], weights: [] },
      ],
      outputs: ['input', 'twice'],
    });
    const [, output] = model.predict(tf.tensor2d([[1, -3]])) as tf.Tensor[];
    expect(Array.from(output!.dataSync())).toEqual([2, -6]);
    expect(model.getLayer('twice')).toBeInstanceOf(Scale);
  });

  test.each([
    ...[
      'tf.layers.Layer',
      'tf.layers.constructor',
      'tf.layers.toString',
      'tf.layers.__proto__',
      'tf.layers.dens',
    ],
    ...[
      'tf.train.prototype',
      'tf.train.name',
      'tf.train.toString',
      'tf.io.http',
      'tf.loadLayersModel',
      'tf.layers',
    ],
    ...['tf.layers.dense.call', 'process.exit', 'tf.layers.dense\n', ''],
  ])('refuses %j', (name) => {
    expect(() => call(name, {})).toThrow(/^tfjs has no function '.*' that a spec may call$/s);
  });
});
