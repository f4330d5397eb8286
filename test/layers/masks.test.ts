/** Masks of sequences: where tfjs uses them rightly, where it does not, and that we refuse just the latter. */
import { describe, expect, test } from 'vitest';
import {
  isProblem,
  layers,
  modelProblems,
  outputShapeOf,
  type PlacedLayer,
  type Shape,
} from '../../src/layers/index.js';
import { applied, examples, kindOf, layerOf, modelOf, tf } from './tfjs.js';

interface Step {
  readonly name: string;
  readonly type: string;
  readonly from?: readonly string[];
  readonly [option: string]: unknown;
}

/** The steps with their shapes, each on the one before it where it does not say otherwise. */
function place(input: Shape, steps: readonly Step[]): readonly PlacedLayer[] {
  const shapes = new Map<string, Shape>([['input', input]]);
  let previous = 'input';
  return steps.map(({ name, type, from = [previous], ...options }) => {
    const definition = layers.get(type)!;
    const inputShapes = from.map((input) => shapes.get(input)!);
    const shape = outputShapeOf(definition, options, inputShapes);
    if (isProblem(shape)) throw new Error(`${type} ${shape.message}`);
    shapes.set(name, shape);
    previous = name;
    return { name, definition, options, inputs: from, inputShapes };
  });
}

function build(input: Shape, placed: readonly PlacedLayer[]): tf.LayersModel {
  const value = tf.input({ shape: [...input] });
  const values = new Map([['input', value]]);
  for (const { name, definition, options, inputs, inputShapes } of placed) {
    const given = inputs.map((input) => values.get(input)!);
    values.set(name, applied(layerOf(definition, { options, inputs: inputShapes }, name), given));
  }
  return tf.model({ inputs: value, outputs: values.get(placed.at(-1)!.name)! });
}

const problemsOf = (input: Shape, steps: readonly Step[]) =>
  modelProblems(place(input, steps), [steps.at(-1)!.name]);

const masking: Step = { name: 'm', type: 'masking' };
const lstm = (name: string, options: object = {}): Step => ({ name, type: 'lstm', units: 3, ...options });
const seq = { returnSequences: true };

/** Two sequences of values; the last two steps of the second one are not there. */
const whole = [
  [
    [0.1, 0.2],
    [0.3, -0.4],
    [0.5, 0.6],
    [-0.7, 0.8],
  ],
  [
    [0.9, -1],
    [1.1, 1.2],
    [0, 0],
    [0, 0],
  ],
];
const input = [4, 2];

/** The output for the second sequence as it is, and as it would be if it ended where it ends. */
function bothWays(steps: readonly Step[]): readonly [tf.Tensor, tf.Tensor] {
  const model = build(input, place(input, steps));
  const short = build([2, 2], place([2, 2], steps));
  short.setWeights(model.getWeights());
  const masked = (model.predict(tf.tensor3d(whole)) as tf.Tensor).unstack()[1]!;
  const ended = (short.predict(tf.tensor3d([whole[1]!.slice(0, 2)])) as tf.Tensor).unstack()[0]!;
  return [masked, ended];
}

const distance = ([a, b]: readonly [tf.Tensor, tf.Tensor]) => a.sub(b).abs().max().dataSync()[0]!;

describe('what tfjs masks rightly is fine', () => {
  test.each<[string, readonly Step[]]>([
    ['a recurrent layer', [masking, lstm('a')]],
    ['two of them', [masking, lstm('a', seq), lstm('b')]],
    ['layers between that keep the steps', [masking, { name: 'd', type: 'dense', units: 3 }, lstm('a')]],
    ['rnn with a stack of cells', [masking, { name: 'r', type: 'rnn', cell: { type: 'gruCell', units: 2 } }]],
    ['bidirectional', [masking, { name: 'b', type: 'bidirectional', layer: { type: 'gru', units: 2 } }]],
    [
      'concatenate',
      [
        masking,
        { name: 'd', type: 'dense', units: 3 },
        { name: 'c', type: 'concatenate', from: ['m', 'd'] },
        lstm('a'),
      ],
    ],
    [
      'timeDistributed',
      [masking, { name: 't', type: 'timeDistributed', layer: { type: 'dense', units: 2 } }, lstm('a')],
    ],
  ])('%s', (_name, steps) => {
    expect(problemsOf(input, steps)).toEqual([]);
    expect(distance(bothWays(steps))).toBeLessThan(1e-6);
  });

  test('embedding with maskZero', () => {
    const steps: Step[] = [
      { name: 'e', type: 'embedding', inputDim: 5, outputDim: 2, maskZero: true },
      { name: 'g', type: 'gru', units: 2 },
    ];
    expect(problemsOf([4], steps)).toEqual([]);
    const model = build([4], place([4], steps));
    const short = build([2], place([2], steps));
    short.setWeights(model.getWeights());
    const [masked] = (model.predict(tf.tensor2d([[3, 1, 0, 0]])) as tf.Tensor).unstack();
    const [ended] = (short.predict(tf.tensor2d([[3, 1]])) as tf.Tensor).unstack();
    expect(distance([masked!, ended!])).toBeLessThan(1e-6);
  });

  test('images of a film whose size the layer keeps', () => {
    const film = (options: object): Step[] => [
      masking,
      { name: 'c', type: 'convLstm2d', filters: 1, kernelSize: 3, ...options },
    ];
    expect(problemsOf([2, 4, 4, 1], film({ padding: 'same' }))).toEqual([]);
    build([2, 4, 4, 1], place([2, 4, 4, 1], film({ padding: 'same' }))).predict(tf.ones([1, 2, 4, 4, 1]));
    const valid = film({});
    expect(problemsOf([2, 4, 4, 1], valid)).toMatchObject([
      { name: 'c', problem: { code: 'unusable-mask' } },
    ]);
    const model = build([2, 4, 4, 1], place([2, 4, 4, 1], valid));
    expect(() => model.predict(tf.ones([1, 2, 4, 4, 1]))).toThrow();
  });
});

describe('what tfjs masks wrongly is a problem', () => {
  const again: Step[] = [masking, lstm('a'), { name: 'r', type: 'repeatVector', n: 4 }, lstm('b')];

  test('the mask of another sequence', () => {
    expect(problemsOf(input, again)).toEqual([
      {
        name: 'b',
        problem: {
          code: 'unusable-mask',
          message: "would get the mask of masking 'm' from tfjs, which is not that of its input",
          hint: "remove 'm', or let every layer between it and this one keep the steps",
        },
      },
    ]);
    const placed = place(input, again);
    const model = build(input, placed);
    const masked = model.predict(tf.tensor3d(whole)) as tf.Tensor;
    // The same layers one after the other, so that no mask can get from the first ones to the last.
    const front = modelOf(layerOf(kindOf('lstm'), { options: { units: 3 }, inputs: [[2, 2]] }), [[2, 2]]);
    const back = modelOf(layerOf(kindOf('lstm'), { options: { units: 3 }, inputs: [[4, 3]] }), [[4, 3]]);
    front.setWeights(model.getWeights().slice(0, 3));
    back.setWeights(model.getWeights().slice(3));
    const code = front.predict(tf.tensor3d([whole[1]!.slice(0, 2)])) as tf.Tensor;
    const [expected] = (back.predict(tf.stack([code, code, code, code], 1)) as tf.Tensor).unstack();
    expect(distance([masked.unstack()[1]!, expected!])).toBeGreaterThan(1e-3);
  });

  test('a mask that a merge layer has garbled', () => {
    const steps: Step[] = [
      masking,
      { name: 'd', type: 'dense', units: 2 },
      { name: 's', type: 'add', from: ['m', 'd'] },
      lstm('a'),
    ];
    expect(problemsOf(input, steps)).toMatchObject([
      {
        name: 'a',
        problem: { message: "cannot use the mask of masking 'm', which tfjs gives it in a wrong form" },
      },
    ]);
    expect(() => distance(bothWays(steps))).toThrow();
  });

  test('the mask of the steps around a layer that takes steps', () => {
    const steps: Step[] = [masking, { name: 't', type: 'timeDistributed', layer: { type: 'gru', units: 2 } }];
    expect(problemsOf([3, 4, 2], steps)).toMatchObject([{ name: 't', problem: { code: 'unusable-mask' } }]);
    const model = build([3, 4, 2], place([3, 4, 2], steps));
    expect(() => model.predict(tf.ones([2, 3, 4, 2]))).toThrow();
  });

  test('any mask before a softmax', () => {
    const steps: Step[] = [
      masking,
      { name: 'f', type: 'flatten' },
      { name: 'd', type: 'dense', units: 3 },
      { name: 's', type: 'softmax' },
    ];
    expect(problemsOf(input, steps)).toEqual([
      {
        name: 's',
        problem: {
          code: 'unusable-mask',
          message: "would get the mask of masking 'm' from tfjs, which is not that of its input",
          hint: "remove 'm'",
        },
      },
    ]);
    expect(() => build(input, place(input, steps)).predict(tf.tensor3d(whole))).toThrow();
    expect(problemsOf(input, steps.slice(1))).toEqual([]);
  });

  test('masks of some inputs only, joined along another axis than the last', () => {
    const steps = (axis: number): Step[] => [
      { name: 'm', type: 'masking' },
      { name: 'c', type: 'concatenate', from: ['m', 'input'], axis },
      { name: 'p', type: 'globalMaxPooling1d' },
    ];
    expect(problemsOf(input, steps(-1))).toEqual([]);
    build(input, place(input, steps(-1))).predict(tf.tensor3d(whole));
    expect(problemsOf(input, steps(1))).toMatchObject([{ name: 'c', problem: { code: 'unusable-mask' } }]);
    const model = build(input, place(input, steps(1)));
    expect(() => model.predict(tf.tensor3d(whole))).toThrow();
  });

  test('but not where the mask comes later, or where nothing uses it', () => {
    expect(problemsOf(input, [lstm('a', seq), masking])).toEqual([]);
    expect(problemsOf(input, [masking, { name: 'f', type: 'flatten' }])).toEqual([]);
    expect(problemsOf(input, [lstm('a'), { name: 'r', type: 'repeatVector', n: 2 }, lstm('b')])).toEqual([]);
  });
});

describe('what we say of masks is what the classes of tfjs do', () => {
  test.each(examples)('$title', ({ kind, example }) => {
    const layer = layerOf(kind, example);
    modelOf(layer, example.inputs, example.before);
    const role = kind.mask?.(example.options) ?? 'ends';
    const tensors = example.inputs.map((shape) => tf.ones([2, ...shape]));
    const masks = example.inputs.map((shape) => tf.ones([2, ...shape.slice(0, 1)], 'bool'));
    // As a model calls it.
    const after = layer.supportsMasking
      ? ((layer.computeMask as (...args: unknown[]) => tf.Tensor | null)(
          tensors.length === 1 ? tensors[0] : tensors,
          masks.length === 1 ? masks[0] : masks,
        ) as tf.Tensor | null)
      : null;
    if (role === 'ends') expect(after ?? null).toBe(null);
    else if (role === 'garbles') expect(after!.rank).toBeGreaterThan(masks[0]!.rank);
    else if (role === 'keeps') expect(after).toBe(masks[0]);
    else expect(after!.dtype).toBe('bool');
  });
});
