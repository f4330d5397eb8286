/** As windows.property.test.ts, for the layers that take axes, orders and shapes of masks. */
import { describe, expect, test } from 'vitest';
import { isProblem } from '../../src/layers/index.js';
import { fc } from '../property.js';
import { kindOf, layerOf, tf } from './tfjs.js';

const input = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 });
const axis = fc.integer({ min: -5, max: 5 });
const axes = fc.oneof(axis, fc.array(axis, { minLength: 1, maxLength: 3 }));

const options: Readonly<Record<string, fc.Arbitrary<Readonly<Record<string, unknown>>>>> = {
  flatten: fc.record({ dataFormat: fc.constantFrom('channelsFirst', 'channelsLast') }),
  reshape: fc.record({
    targetShape: fc.array(fc.constantFrom(-1, null, 1, 2, 3, 4, 6, 8, 12), { minLength: 1, maxLength: 4 }),
  }),
  permute: fc.record({
    dims: fc.oneof(
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 5 }),
      fc.integer({ min: 1, max: 5 }).chain((n) => {
        const all = Array.from({ length: n }, (_, index) => index + 1);
        return fc.shuffledSubarray(all, { minLength: n });
      }),
    ),
  }),
  repeatVector: fc.record({ n: fc.integer({ min: 1, max: 4 }) }),
  dense: fc.record({
    units: fc.integer({ min: 1, max: 4 }),
    activation: fc.constantFrom('tanh', 'softmax', 'relu', 'linear'),
  }),
  prelu: fc.record({
    sharedAxes: fc.oneof(
      fc.integer({ min: 1, max: 5 }),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 1, maxLength: 3 }),
    ),
  }),
  softmax: fc.record({ axis: axes }),
  batchNormalization: fc.record({ axis }),
  layerNormalization: fc.record({ axis: axes }),
  spatialDropout1d: fc.record({ rate: fc.constant(0.5) }),
  embedding: fc.record(
    {
      inputDim: fc.constantFrom(1, 3),
      outputDim: fc.constantFrom(1, 2),
      inputLength: fc.oneof(
        fc.integer({ min: 1, max: 4 }),
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 2 }),
      ),
    },
    { requiredKeys: ['inputDim', 'outputDim'] },
  ),
  masking: fc.record({ maskValue: fc.constantFrom(0, 2) }),
  categoryEncoding: fc.record({
    numTokens: fc.constantFrom(1, 3),
    outputMode: fc.constantFrom('oneHot', 'multiHot', 'count'),
  }),
  centerCrop: fc.record({ height: fc.integer({ min: 1, max: 4 }), width: fc.integer({ min: 1, max: 4 }) }),
  simpleRNN: fc.record({ units: fc.constantFrom(1, 2), returnSequences: fc.boolean() }),
  gru: fc.record({ units: fc.constantFrom(1, 2), returnSequences: fc.boolean() }),
  lstm: fc.record({ units: fc.constantFrom(1, 2), returnSequences: fc.boolean() }),
  rnn: fc.record({
    cell: fc.constantFrom(
      { type: 'gruCell', units: 2 },
      {
        type: 'stackedRNNCells',
        cells: [
          { type: 'lstmCell', units: 1 },
          { type: 'simpleRNNCell', units: 2 },
        ],
      },
    ),
    returnSequences: fc.boolean(),
  }),
  bidirectional: fc.record({
    layer: fc.record({ type: fc.constantFrom('gru', 'lstm'), units: fc.constantFrom(1, 2) }),
    mergeMode: fc.constantFrom('concat', 'sum'),
  }),
  timeDistributed: fc.record({
    layer: fc.constantFrom(
      { type: 'dense', units: 2 },
      { type: 'flatten' },
      { type: 'conv1d', filters: 2, kernelSize: 2 },
      { type: 'gru', units: 2 },
    ),
  }),
};

/** Stricter than tfjs on purpose; what tfjs makes of it is tested below. */
function stricter(type: string, given: Readonly<Record<string, unknown>>, shape: readonly number[]): boolean {
  const list = [given.axis ?? given.sharedAxes ?? []].flat() as number[];
  const counted = list.map((each) => (each < 0 ? each + shape.length + 1 : each));
  if (type === 'softmax') return counted.includes(0) || new Set(counted).size < counted.length;
  if (type === 'prelu') return new Set(list).size < list.length || Math.max(...list) > shape.length;
  // An axis 0 has no known length when the model is built, as it has here.
  if (type.endsWith('Normalization')) return counted.includes(0);
  // The layer inside is not asked whether its input has the dimensions that it wants.
  if (type === 'timeDistributed') return shape.length === 2;
  // A batch of matrices is taken for one image.
  return (type === 'dense' && shape.length === 5) || (type === 'centerCrop' && shape.length !== 3);
}

describe.each(Object.entries(options))('%s', (type, arbitrary) => {
  const kind = kindOf(type);

  test('is computed by tfjs, with our shape, just where we have no problem', () => {
    fc.assert(
      fc.property(arbitrary, input, (given, shape) => {
        const ours = kind.outputShape(given, shape);
        if (isProblem(ours) && stricter(type, given, shape)) return;
        const compute = () => {
          const layer = layerOf(kind, { options: given, inputs: [shape] });
          // As a model hands it over.
          const values = [tf.zeros([2, ...shape])];
          const output = tf.tidy(() => (layer.apply(values) as tf.Tensor).shape.slice(1));
          if (output.includes(0)) throw new Error('nothing is left');
          return output;
        };
        if (isProblem(ours)) expect(compute).toThrow();
        else expect(compute()).toEqual(ours);
      }),
      { numRuns: 250, seed: 3 },
    );
  });
});

test('an axis 0 would mix the examples of a batch, or has no length to build with', () => {
  const mixed = tf.layers.softmax({ axis: [0, 1] }).apply(tf.zeros([2, 2])) as tf.Tensor;
  expect(mixed.dataSync()[0]).toBeCloseTo(0.25);
  for (const type of ['batchNormalization', 'layerNormalization'] as const) {
    const open = tf.input({ shape: [2, 2] });
    expect(() => (tf.layers[type]({ axis: 0 }) as tf.layers.Layer).apply(open)).toThrow();
  }
});

describe('noiseShape', () => {
  const entry = fc.constantFrom(null, 1, 2, 3, 4);
  const noise = fc.array(entry, { minLength: 1, maxLength: 5 });

  test('of dropout is accepted where tfjs can use it for batches of any size', () => {
    fc.assert(
      fc.property(
        noise,
        fc.array(fc.integer({ min: 2, max: 4 }), { minLength: 1, maxLength: 3 }),
        (noiseShape, shape) => {
          const kind = kindOf('dropout');
          const given = { rate: 0.5, noiseShape };
          const ours = kind.outputShape(given, shape);
          if (isProblem(ours) && noiseShape.length < shape.length + 1) return;
          const compute = () =>
            [5, 7].forEach((batch) => {
              const layer = layerOf(kind, { options: given, inputs: [shape] });
              const output = layer.apply(tf.ones([batch, ...shape]), { training: true }) as tf.Tensor;
              expect(output.shape).toEqual([batch, ...shape]);
            });
          if (isProblem(ours)) expect(compute).toThrow();
          else compute();
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });

  test('of alphaDropout has sizes only, and 1 for the batch', () => {
    const kind = kindOf('alphaDropout');
    expect(kind.outputShape({ rate: 0.5, noiseShape: [1, 3, 1] }, [3, 2])).toEqual([3, 2]);
    for (const noiseShape of [
      [3, 1],
      [2, 3, 1],
      [1, 2, 1],
      [1, 3, 2, 1],
    ]) {
      expect(kind.outputShape({ rate: 0.5, noiseShape }, [3, 2])).toMatchObject({ code: 'shape-mismatch' });
    }
    const layer = tf.layers.alphaDropout({ rate: 0.5, noiseShape: [null, 3, 1] });
    expect(() => layer.apply(tf.ones([2, 3, 2]), { training: true })).toThrow();
  });
});
