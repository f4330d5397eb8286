import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { importModel } from '../../../src/compiler/import/index.js';
import { createRegistry, defineLayer, type Shape } from '../../../src/layers/index.js';
import { deriveSeed } from '../../../src/layers/seed.js';
import { Type } from '../../../src/layers/type.js';
import { built, imported, tf, topologyOf } from './topology.js';

const L = tf.layers;

interface Step {
  readonly name: string;
  readonly type: string;
  readonly [option: string]: unknown;
}

interface Spec {
  readonly name: string;
  readonly seed?: number;
  readonly input?: readonly number[];
  readonly inputs?: Readonly<Record<string, readonly number[]>>;
  readonly outputs?: readonly string[];
  readonly layers: readonly Step[];
  readonly training?: unknown;
}

const specOf = (text: string) => parse(text) as Spec;
const saved = (model: tf.LayersModel, others: object = {}) =>
  JSON.stringify({ modelTopology: topologyOf(model), format: 'layers-model', ...others });

const kerasModel = (layers: readonly object[], others: object = {}) =>
  JSON.stringify({
    class_name: 'Sequential',
    config: {
      name: 'm',
      layers: [{ class_name: 'InputLayer', config: { batch_input_shape: [null, 4] } }, ...layers],
    },
    ...others,
  });

const kerasDense = (name: string, config: object = {}) => ({
  class_name: 'Dense',
  config: { name, units: 2, ...config },
});

describe('names', () => {
  const names = (text: string) => specOf(imported(text).text).layers.map(({ name }) => name);

  test('are kept where a spec can have them, and changed as little as can be where not', () => {
    const wanted = ['conv2d_Conv2D1', 'block1/unit:2', '2nd', 'input', 'Ünïcode', 'a'.repeat(80), '日本'];
    expect(names(kerasModel(wanted.map((name) => kerasDense(name))))).toEqual([
      'conv2d_Conv2D1',
      'block1_unit_2',
      'nd',
      'input_2',
      'n_code',
      'a'.repeat(64),
      'layer',
    ]);
  });

  test('stay apart', () => {
    const wanted = ['a.b', 'a/b', 'a_b', 'a_b_2', 'b'.repeat(70), 'b'.repeat(71)];
    const found = names(kerasModel(wanted.map((name) => kerasDense(name))));
    expect(new Set(found).size).toBe(wanted.length);
    expect(Math.max(...found.map(({ length }) => length))).toBe(64);
  });

  test('of models inside the model give way to those of the model', () => {
    const inner = () => tf.sequential({ layers: [L.dense({ units: 3, inputShape: [3], name: 'd' })] });
    const text = JSON.parse(
      saved(tf.sequential({ layers: [inner(), L.dense({ units: 2, name: 'e' })] })),
    ) as object;
    const renamed = JSON.stringify(text).replace('"name":"e"', '"name":"d"');
    const { model } = importModel(renamed, 'model.json');
    expect(specOf(model!.text).layers.map(({ name }) => name)).toEqual([
      expect.stringMatching(/^sequential_\d+_d$/),
      'd',
    ]);
    expect(model!.notes).toEqual([expect.stringMatching(/^d → sequential_\d+_d: renamed$/)]);
  });

  test('of models may have hyphens, and are told where they change', () => {
    const text = (name: string) =>
      kerasModel([kerasDense('d')]).replace('"name":"m"', `"name":${JSON.stringify(name)}`);
    expect(specOf(imported(text('mobile-net')).text).name).toBe('mobile-net');
    const model = imported(text('mobile net/1'));
    expect([model.name, model.notes]).toEqual(['mobile_net_1', ['mobile net/1 → mobile_net_1: renamed']]);
  });

  test('of inputs are kept where people gave them', () => {
    const model = (...names: (string | undefined)[]) => {
      const inputs = names.map((name) => tf.input({ shape: [3], ...(name !== undefined && { name }) }));
      const sum = inputs.length === 1 ? inputs[0]! : (L.add().apply(inputs) as tf.SymbolicTensor);
      return tf.model({ inputs, outputs: L.dense({ units: 1 }).apply(sum) as tf.SymbolicTensor });
    };
    expect(specOf(imported(saved(model(undefined))).text)).toMatchObject({ input: [3] });
    expect(specOf(imported(saved(model('photo'))).text)).toMatchObject({ inputs: { photo: [3] } });
    const both = specOf(imported(saved(model('photo', undefined))).text);
    expect(Object.keys(both.inputs!)).toEqual(['photo', expect.stringMatching(/^input\d+$/)]);
  });
});

describe('seeds', () => {
  const seeded = (seed: unknown) =>
    kerasModel([kerasDense('d', { kernel_initializer: { class_name: 'HeNormal', config: { seed } } })]);
  const initializer = (seed: unknown, options = {}) =>
    specOf(imported(seeded(seed), 'model.json', options).text).layers[0]!.kernelInitializer;

  test('of the file are kept', () => {
    expect(initializer(7)).toEqual({ type: 'heNormal', seed: 7 });
    expect(initializer(null)).toBe('heNormal');
  });

  test('that the spec derives by itself are not written out', () => {
    const derived = deriveSeed(42, 'd', 'kernelInitializer');
    expect(initializer(derived)).toBe('heNormal');
    const other = deriveSeed(5, 'd', 'kernelInitializer');
    expect(initializer(other)).toEqual({ type: 'heNormal', seed: other });
    expect(initializer(other, { seed: 5 })).toBe('heNormal');
    expect(specOf(imported(seeded(1), 'model.json', { seed: 5 }).text).seed).toBe(5);
  });

  test.each([0, -3, 2 ** 31])('%d is none, and told', (seed) => {
    const { text, notes } = imported(seeded(seed));
    expect(specOf(text).layers[0]!.kernelInitializer).toBe('heNormal');
    expect(notes).toEqual([`Dense 'd': seed ${seed} is none for TensorFlow.js, and is left out`]);
  });
});

describe('initializers', () => {
  const names = [
    'glorotNormal',
    'glorotUniform',
    'heNormal',
    'heUniform',
    'leCunNormal',
    'leCunUniform',
  ] as const;

  test.each(names)('%s comes out by its name, which tfjs does not save', (name) => {
    const model = tf.sequential({
      layers: [L.dense({ units: 2, inputShape: [3], kernelInitializer: name })],
    });
    const [layer] = specOf(imported(saved(model)).text).layers;
    expect(layer!.kernelInitializer).toBe(name === 'glorotNormal' ? undefined : name);
  });

  test.each<[unknown, unknown]>([
    ['glorot_uniform', 'glorotUniform'],
    ['zero', 'zeros'],
    ['uniform', 'randomUniform'],
    [
      {
        class_name: 'VarianceScaling',
        config: { scale: 2, mode: 'fan_in', distribution: 'truncated_normal' },
      },
      'heNormal',
    ],
    [
      { class_name: 'VarianceScaling', config: { scale: 3, mode: 'fan_avg', distribution: 'uniform' } },
      { type: 'varianceScaling', scale: 3, mode: 'fanAvg', distribution: 'uniform' },
    ],
    [
      { class_name: 'RandomUniform', config: { minval: 0, maxval: 0.05, seed: null } },
      { type: 'randomUniform', minval: 0 },
    ],
  ])('%j is %j', (value, wanted) => {
    const text = kerasModel([kerasDense('d', { kernel_initializer: value })]);
    expect(specOf(imported(text).text).layers[0]!.kernelInitializer).toEqual(wanted);
  });

  test('of a weight that the layer does not have are left out', () => {
    const config = {
      use_bias: false,
      bias_initializer: { class_name: 'Ones', config: {} },
      bias_regularizer: 'l2',
    };
    const [layer] = specOf(imported(kerasModel([kerasDense('d', config)])).text).layers;
    expect(layer).toEqual({ name: 'd', type: 'dense', units: 2, useBias: false });
  });
});

describe('weights beside the file', () => {
  const manifestOf = (model: tf.LayersModel) => [
    {
      paths: ['weights.bin'],
      weights: model.weights.map(({ originalName, shape }) => ({
        name: originalName,
        shape,
        dtype: 'float32',
      })),
    },
  ];

  test('fit where their names are those of the spec', () => {
    const model = tf.sequential({ layers: [L.dense({ units: 2, inputShape: [3] }), L.batchNormalization()] });
    expect(imported(saved(model)).weights.state).toBe('none');
    expect(imported(saved(model, { weightsManifest: manifestOf(model) })).weights.state).toBe('fit');
    const other = tf.sequential({ layers: [L.dense({ units: 3, inputShape: [3] }), L.batchNormalization()] });
    expect(imported(saved(model, { weightsManifest: manifestOf(other) })).weights.state).toBe('differ');
  });

  test('are found again under the names of the spec', () => {
    const model = tf.sequential({
      layers: [
        L.bidirectional({
          inputShape: [4, 3],
          layer: L.lstm({ units: 2, name: 'mine' }) as never,
          name: 'both',
        }),
        L.dense({ units: 2, name: 'a/b' }),
      ],
    });
    const { state, names } = imported(saved(model, { weightsManifest: manifestOf(model) })).weights;
    expect(state).toBe('renamed');
    expect([...names]).toEqual([
      ...['forward', 'backward'].flatMap((way) =>
        ['kernel', 'recurrent_kernel', 'bias'].map((weight) => [
          `both/${way}_mine/${weight}`,
          `both/${way}_lstm/${weight}`,
        ]),
      ),
      ['a/b/kernel', 'a_b/kernel'],
      ['a/b/bias', 'a_b/bias'],
    ]);
  });

  test('tell what tfjs does not save of a separable convolution', () => {
    const model = tf.sequential({
      layers: [L.separableConv2d({ inputShape: [6, 6, 2], filters: 3, kernelSize: 3, depthMultiplier: 4 })],
    });
    const [without] = specOf(imported(saved(model)).text).layers;
    expect(without).not.toHaveProperty('depthMultiplier');
    const { text, weights } = imported(saved(model, { weightsManifest: manifestOf(model) }));
    expect(specOf(text).layers[0]).toHaveProperty('depthMultiplier', 4);
    expect(weights.state).toBe('fit');
  });
});

describe('training', () => {
  async function trained(
    optimizer: tf.Optimizer,
    loss: string,
    metrics: string[],
    units = 4,
  ): Promise<string> {
    const model = tf.sequential({ layers: [L.dense({ units, inputShape: [3], activation: 'softmax' })] });
    model.compile({ optimizer, loss, metrics });
    let artifacts = {};
    const handler = {
      save(given: object) {
        artifacts = { ...given, weightData: undefined };
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' as const },
        });
      },
    };
    await model.save(handler, { includeOptimizer: true });
    return JSON.stringify(artifacts);
  }

  test.each<[string, () => tf.Optimizer, object]>([
    ['sgd', () => tf.train.sgd(0.1), { type: 'sgd', learningRate: 0.1 }],
    [
      'momentum',
      () => tf.train.momentum(0.1, 0.9, true),
      { type: 'momentum', learningRate: 0.1, momentum: 0.9, useNesterov: true },
    ],
    ['adam', () => tf.train.adam(0.002, 0.8), { type: 'adam', learningRate: 0.002, beta1: 0.8 }],
    [
      'rmsprop',
      () => tf.train.rmsprop(0.01, 0.8, 0.1, 1e-6, true),
      { type: 'rmsprop', learningRate: 0.01, decay: 0.8, momentum: 0.1, epsilon: 1e-6, centered: true },
    ],
    [
      'adagrad',
      () => tf.train.adagrad(0.1, 0.2),
      { type: 'adagrad', learningRate: 0.1, initialAccumulatorValue: 0.2 },
    ],
    ['adadelta', () => tf.train.adadelta(0.1, 0.9), { type: 'adadelta', learningRate: 0.1, rho: 0.9 }],
  ])('%s, as tfjs saves it', async (_name, make, optimizer) => {
    const text = await trained(make(), 'categoricalCrossentropy', ['accuracy']);
    expect(specOf(imported(text).text).training).toEqual({
      dataset: { type: 'synthetic', classes: 4 },
      optimizer,
      loss: 'categoricalCrossentropy',
      metrics: [expect.stringMatching(/^(acc|accuracy)$/)],
    });
  });

  const kerasTraining = (training: object, units = 4) =>
    imported(kerasModel([kerasDense('d', { units, activation: 'softmax' })], { training_config: training }));

  test.each<[string, object, object]>([
    [
      'momentum',
      {
        optimizer_config: {
          class_name: 'SGD',
          config: { learning_rate: 0.009999999776482582, momentum: 0.9, nesterov: false, decay: 0 },
        },
      },
      { optimizer: { type: 'momentum', learningRate: 0.01, momentum: 0.9 } },
    ],
    [
      'a decay of another meaning',
      { optimizer_config: { class_name: 'RMSprop', config: { lr: 0.001, rho: 0.8, decay: 0 } } },
      { optimizer: { type: 'rmsprop', learningRate: 0.001, decay: 0.8 } },
    ],
    [
      'a loss by its class',
      { loss: { class_name: 'KLDivergence', config: { reduction: 'sum_over_batch_size' } } },
      { loss: 'kullbackLeiblerDivergence' },
    ],
    [
      'metrics by their functions',
      { metrics: [[{ class_name: 'MeanMetricWrapper', config: { fn: 'mean_absolute_error' } }]] },
      { metrics: ['mae'] },
    ],
  ])('%s, as Keras saves it', (_title, part, wanted) => {
    const { text } = kerasTraining({
      optimizer_config: { class_name: 'Adam', config: {} },
      loss: 'categorical_crossentropy',
      ...part,
    });
    expect(specOf(text).training).toMatchObject(wanted);
  });

  test.each<[string, object]>([
    ['there is no optimizer "Nadam"', { optimizer_config: { class_name: 'Nadam', config: {} } }],
    ['its optimizer has clipnorm 1', { optimizer_config: { class_name: 'Adam', config: { clipnorm: 1 } } }],
    [
      'its optimizer has a learning_rate that changes',
      { optimizer_config: { class_name: 'Adam', config: { learning_rate: { class_name: 'CosineDecay' } } } },
    ],
    [
      'its loss takes logits, and here takes probabilities',
      { loss: { class_name: 'CategoricalCrossentropy', config: { from_logits: true } } },
    ],
    [
      'its loss smooths labels',
      { loss: { class_name: 'CategoricalCrossentropy', config: { label_smoothing: 0.1 } } },
    ],
    ['there is no loss "huber"', { loss: 'huber' }],
    ['its loss is a mapping, not one loss by name', { loss: { a: 'mse', b: 'mae' } }],
    ['it has loss_weights', { loss_weights: [1, 2] }],
  ])('is left out, and told: %s', (reason, part) => {
    const { text, notes } = kerasTraining({
      optimizer_config: { class_name: 'Adam', config: {} },
      loss: 'mse',
      ...part,
    });
    expect(specOf(text).training).toBeUndefined();
    expect(notes).toEqual([`the training of the file is left out, because ${reason}`]);
  });

  test('is on the data set that is named, if that fits', () => {
    const config = { optimizer_config: { class_name: 'Adam', config: {} }, loss: 'categorical_crossentropy' };
    const image = { class_name: 'InputLayer', config: { batch_input_shape: [null, 32, 32, 3] } };
    const model = (units: number) =>
      JSON.stringify({
        class_name: 'Sequential',
        config: {
          layers: [
            image,
            { class_name: 'Flatten', config: {} },
            kerasDense('d', { units, activation: 'softmax' }),
          ],
        },
        training_config: config,
      });
    const { text, notes } = imported(model(10), 'model.json', { dataset: 'cifar10' });
    expect(specOf(text).training).toMatchObject({ dataset: { type: 'cifar10' } });
    expect(notes).toEqual([]);
    const { diagnostics } = importModel(model(7), 'model.json', { dataset: 'cifar10' });
    expect(diagnostics.map(({ message }) => message)).toEqual([
      expect.stringContaining('it cannot be trained on cifar10'),
    ]);
    expect(importModel(model(10), 'model.json', { dataset: 'cifar' }).diagnostics).toHaveLength(1);
  });
});

describe('layers of a user’s own', () => {
  class Scale extends L.Layer {
    static className = 'Scale';
  }
  const scaleKind = {
    summary: 'Multiplies all values by a factor.',
    outputShape: (_options: object, input: Shape) => input,
  };
  const scale = defineLayer({
    ...scaleKind,
    type: 'scale',
    options: { factor: Type.Number({ description: 'The factor.' }) },
    implementation: { className: 'Scale', module: './scale.js', class: Scale },
    examples: [{ input: [4], options: { factor: 2 } }],
  });
  const text = kerasModel([
    { class_name: 'Scale', registered_name: 'mine>Scale', config: { name: 's', factor: 3 } },
  ]);

  test('are imported where the registry has them', () => {
    expect(importModel(text, 'model.json').diagnostics).toHaveLength(1);
    const model = imported(text, 'model.json', { layers: createRegistry([scale]) });
    expect(specOf(model.text).layers).toEqual([{ name: 's', type: 'scale', factor: 3 }]);
  });

  test('keep their texts, where these look like something to compute', () => {
    const label = 'costs ${price} or $${less}';
    const labelled = defineLayer({
      ...scaleKind,
      type: 'labelled',
      options: { label: Type.String({ description: 'Any text.' }) },
      implementation: { className: 'Labelled', module: './labelled.js', class: Scale },
      examples: [],
    });
    const saved = kerasModel([{ class_name: 'Labelled', config: { name: 'l', label } }]);
    const { graph } = imported(saved, 'model.json', { layers: createRegistry([labelled]) });
    expect(graph.nodes[0]!.options).toEqual({ label });
  });
});

describe('the text', () => {
  test('says where it is from, and nothing of that can leave the comment', () => {
    const { text } = imported(kerasModel([kerasDense('d')]), 'a\nname: evil\u2028b.json');
    expect(text.split('\n')[0]).toMatch(/^# Imported by speccc \S+ from a name: evil b\.json \(Keras 2\)\.$/);
    expect(text.split('\n')[1]).toBe('name: m');
  });

  test('folds long layers between two options', () => {
    const config = {
      activation: 'softplus',
      kernel_regularizer: { class_name: 'L2', config: { l2: 0.125 } },
      kernel_constraint: { class_name: 'MaxNorm', config: { max_value: 4 } },
    };
    const { text } = imported(kerasModel([kerasDense('a_name_of_some_length', config)]));
    expect(text.slice(text.indexOf('layers:'))).toBe(
      [
        'layers:',
        '  - { name: a_name_of_some_length, type: dense, units: 2, activation: softplus,',
        '      kernelRegularizer: { type: l2, l2: 0.125 }, kernelConstraint: { type: maxNorm, maxValue: 4 } }',
        '',
      ].join('\n'),
    );
  });

  test('takes branches one after the other, and names inputs only where they are needed', () => {
    const image = tf.input({ shape: [4, 4, 2] });
    const conv = (name: string, from: tf.SymbolicTensor) =>
      L.conv2d({ filters: 2, kernelSize: 1, name, kernelInitializer: 'glorotNormal' }).apply(
        from,
      ) as tf.SymbolicTensor;
    const stem = conv('stem', image);
    const sum = L.add({ name: 'sum' }).apply([conv('b', conv('a', stem)), stem]) as tf.SymbolicTensor;
    const joined = L.concatenate({ name: 'joined' }).apply([
      conv('c', sum),
      conv('d', sum),
    ]) as tf.SymbolicTensor;
    const { text } = imported(saved(tf.model({ inputs: image, outputs: [joined, sum] })));
    const spec = specOf(text);
    expect(spec.layers.map(({ name, from }) => [name, from])).toEqual([
      ['stem', undefined],
      ['a', undefined],
      ['b', undefined],
      ['sum', ['b', 'stem']],
      ['c', undefined],
      ['d', 'sum'],
      ['joined', ['c', 'd']],
    ]);
    expect(spec.outputs).toEqual(['joined', 'sum']);
  });
});

test('a model of a thousand layers takes seconds', () => {
  const layers = Array.from({ length: 1000 }, (_, n) => kerasDense(`d${n}`));
  const start = performance.now();
  expect(imported(kerasModel(layers)).graph.nodes).toHaveLength(1000);
  expect(performance.now() - start).toBeLessThan(10_000);
});

test('what is imported is built from the text alone', () => {
  const model = tf.sequential({ name: 'small', layers: [L.dense({ units: 2, inputShape: [3], name: 'd' })] });
  expect(built(imported(saved(model)).text).name).toBe('small');
});
