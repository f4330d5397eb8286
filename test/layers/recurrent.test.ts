/** What tfjs makes of recurrent layers and of layers that hold others: the reasons for what we offer and refuse. */
import { describe, expect, test } from 'vitest';
import { builtInRegistry, isProblem, type Shape } from '../../src/layers/index.js';
import { type Example, examples, kindOf, type Layer, layerOf, modelOf, tf } from './tfjs.js';

const sequence = [4, 3];
const values = () => tf.randomUniform([2, ...sequence], -1, 1, 'float32', 7);
const run = (layer: Layer, value: tf.Tensor, training = false) =>
  (layer.apply(value, { training }) as tf.Tensor).arraySync();

/** The loss of a model whose output is the target: only penalties are left. */
async function penalty(layer: Layer): Promise<number> {
  const model = modelOf(layer, [sequence]);
  model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
  const input = values();
  return (await model.trainOnBatch(input, model.predict(input) as tf.Tensor)) as number;
}

describe('regularizers', () => {
  const kernelRegularizer = 'l1l2';

  test.each<[string, () => Layer]>([
    ['simpleRNN', () => tf.layers.simpleRNN({ units: 2, kernelRegularizer })],
    ['gru', () => tf.layers.gru({ units: 2, kernelRegularizer })],
    ['lstm', () => tf.layers.lstm({ units: 2, kernelRegularizer })],
    ['a cell', () => tf.layers.rnn({ cell: tf.layers.gruCell({ units: 2, kernelRegularizer }) })],
    [
      'bidirectional',
      () =>
        tf.layers.bidirectional({ layer: tf.layers.lstm({ units: 2, kernelRegularizer }), mergeMode: 'sum' }),
    ],
  ])('of %s are forgotten by tfjs', async (_name, make) => {
    expect(await penalty(make())).toBe(0);
  });

  test('of a layer on each step count', async () => {
    const { options } = kindOf('timeDistributed').examples[0]!;
    expect(
      await penalty(layerOf(kindOf('timeDistributed'), { options, inputs: [sequence] })),
    ).toBeGreaterThan(0.001);
  });
});

describe('dropout', () => {
  test.each(['simpleRNN', 'gru', 'lstm', 'convLstm2d'])('of %s is drawn at each batch', (type) => {
    const kind = kindOf(type);
    const { options, inputs } = kind.examples[2]! as Example;
    expect(options).toHaveProperty('recurrentDropout');
    const layer = layerOf(kind, { options, inputs });
    const ones = (batch: number) => tf.ones([batch, ...inputs[0]!]);
    expect(run(layer, ones(2))).toEqual(run(layer, ones(2)));
    expect(run(layer, ones(3), true)).not.toEqual(run(layer, ones(3), true));
  });

  test('of a cell by itself is drawn once, for the first batch', () => {
    const layer = tf.layers.rnn({ cell: tf.layers.lstmCell({ units: 2, dropout: 0.5 }) });
    const input = values();
    run(layer, input);
    expect(run(layer, input, true)).toEqual(run(layer, input));
    expect(() => run(layer, tf.ones([3, ...sequence]))).toThrow();
  });
});

test.each(['gru', 'lstm'])('%s is computed in one way, whatever its implementation', (type) => {
  const outputs = [1, 2].map((implementation) => {
    const options = { units: 3, implementation };
    return run(layerOf(kindOf(type), { options, inputs: [sequence] }), values());
  });
  expect(outputs[0]).toEqual(outputs[1]);
});

test('a forget gate starts at 1 where unitForgetBias says so', () => {
  const layer = layerOf(kindOf('lstm'), { options: { units: 2, unitForgetBias: true }, inputs: [sequence] });
  modelOf(layer, [sequence]);
  expect(layer.getWeights()[2]!.arraySync()).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
});

describe('rnn', () => {
  test.each(['simpleRNN', 'gru', 'lstm'])('with the cell of %s is that layer', (type) => {
    const layer = layerOf(kindOf(type), { options: { units: 3 }, inputs: [sequence] });
    const cell = { type: `${type}Cell`, units: 3 };
    const same = layerOf(kindOf('rnn'), { options: { cell }, inputs: [sequence] });
    const input = values();
    run(layer, input);
    run(same, input);
    same.setWeights(layer.getWeights());
    expect(run(same, input)).toEqual(run(layer, input));
  });
});

describe('bidirectional', () => {
  const holds = (layer: object) =>
    kindOf('bidirectional').outputShape({ layer }, sequence) as Shape | { code: string };

  test('starts both directions with the same weights', () => {
    const layer = layerOf(kindOf('bidirectional'), kindOf('bidirectional').examples[0]! as Example);
    modelOf(layer, [sequence]);
    const weights = layer.getWeights().map((weight) => weight.arraySync());
    expect(weights.slice(0, 3)).toEqual(weights.slice(3));
  });

  test.each(['concat', 'sum', 'mul', 'ave'])('joins both directions by %s', (mergeMode) => {
    const options = { layer: { type: 'gru', units: 2, returnSequences: true }, mergeMode };
    const layer = layerOf(kindOf('bidirectional'), { options, inputs: [sequence] });
    const input = values();
    const output = layer.apply(input) as tf.Tensor;
    const ways = [false, true].map((goBackwards) => {
      const way = layerOf(kindOf('gru'), {
        options: { units: 2, returnSequences: true, goBackwards },
        inputs: [sequence],
      });
      way.apply(input);
      way.setWeights(layer.getWeights().slice(0, 3));
      const result = way.apply(input) as tf.Tensor;
      return goBackwards ? result.reverse(1) : result;
    }) as [tf.Tensor, tf.Tensor];
    const joined = {
      concat: tf.concat(ways, 2),
      sum: ways[0].add(ways[1]),
      mul: ways[0].mul(ways[1]),
      ave: ways[0].add(ways[1]).div(2),
    }[mergeMode]!;
    expect(output.sub(joined).abs().max().dataSync()[0]).toBeLessThan(1e-6);
  });

  test('takes the layers that tfjs can copy', () => {
    for (const type of ['simpleRNN', 'gru', 'lstm'])
      expect(isProblem(holds({ type, units: 2 }) as Shape)).toBe(false);
    for (const layer of [
      { type: 'dense', units: 2 },
      { type: 'rnn', cell: { type: 'gruCell', units: 2 } },
      { type: 'bidirectional', layer: { type: 'gru', units: 2 } },
    ]) {
      expect(holds(layer)).toMatchObject({ code: 'unsuitable-nested-layer', option: 'layer' });
    }
    const cell = tf.layers.gruCell({ units: 2 });
    expect(() => tf.layers.bidirectional({ layer: tf.layers.rnn({ cell }), mergeMode: 'sum' })).toThrow();
    const twice = tf.layers.bidirectional({ layer: tf.layers.gru({ units: 2 }), mergeMode: 'sum' });
    expect(() => tf.layers.bidirectional({ layer: twice as never, mergeMode: 'sum' })).toThrow();
  });
});

describe('trainable', () => {
  test.each<[string, Layer]>([
    ['bidirectional', tf.layers.bidirectional({ layer: tf.layers.gru({ units: 2 }), trainable: false })],
    [
      'timeDistributed',
      tf.layers.timeDistributed({ layer: tf.layers.dense({ units: 2 }), trainable: false }),
    ],
  ])('of %s is overlooked by tfjs, so that it is an option of the layer inside', (type, layer) => {
    modelOf(layer, [sequence]);
    expect(layer.trainableWeights.length).toBeGreaterThan(0);
    expect(kindOf(type).options.properties).not.toHaveProperty('trainable');
  });
});

describe('timeDistributed', () => {
  const single = examples.filter(
    ({ kind, example }) => kind.inputs === 'one' && example.before === undefined,
  );

  test.each(single)('does at each step what the layer does: $title', ({ kind, example }) => {
    const [input] = example.inputs as readonly [Shape];
    const layer = { type: kind.type, ...example.options };
    const whole = layerOf(kindOf('timeDistributed'), { options: { layer }, inputs: [[3, ...input]] });
    const below = kind.integersBelow?.(example.options);
    const steps = tf.randomUniform([2, 3, ...input], below === undefined ? -1 : 0, below ?? 1, 'float32', 5);
    const given = below === undefined ? steps : steps.floor();
    const model = modelOf(whole, [[3, ...input]]);
    // Setting weights applies their constraints, which they do not meet at the start.
    whole.setWeights(whole.getWeights().map((weight) => weight.clone()));
    const output = model.predict(given) as tf.Tensor;
    const alone = layerOf(kind, example);
    const first = alone.apply(given.unstack(1)[0]!) as tf.Tensor;
    alone.setWeights(whole.getWeights());
    const expected = tf.stack(
      given.unstack(1).map((step) => alone.apply(step) as tf.Tensor),
      1,
    );
    expect(output.shape).toEqual([2, 3, ...first.shape.slice(1)]);
    expect(output.sub(expected).abs().max().dataSync()[0]).toBeLessThan(1e-4);
    expect(kindOf('timeDistributed').outputShape({ layer }, [3, ...input])).toEqual(output.shape.slice(1));
  });
});

test('seeds of layers inside differ from each other and from those of layers alone', () => {
  const kind = kindOf('rnn');
  const cells = [
    { type: 'gruCell', units: 3 },
    { type: 'gruCell', units: 3 },
  ];
  const roles: string[] = [];
  kind.lower(
    { cell: { type: 'stackedRNNCells', cells } },
    {
      name: 'layer',
      inputShapes: [[4, 3]],
      seed(role) {
        roles.push(role);
        return roles.length;
      },
    },
  );
  expect(roles).toEqual([
    'cell.cells.0.kernelInitializer',
    'cell.cells.0.recurrentInitializer',
    'cell.cells.1.kernelInitializer',
    'cell.cells.1.recurrentInitializer',
  ]);
});

test('a cell is no layer, and a layer no cell', () => {
  for (const type of builtInRegistry.cells.keys()) expect(builtInRegistry.layers.has(type)).toBe(false);
  expect(() => kindOf('rnn').outputShape({ cell: { type: 'gru', units: 2 } }, [4, 3])).toThrow(
    "no cell 'gru'",
  );
});
