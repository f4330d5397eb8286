import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { constraints } from '../../src/layers/constraints.js';
import { isProblem } from '../../src/layers/index.js';
import { initializers } from '../../src/layers/initializers.js';
import {
  type ChoiceFamily,
  choiceProblem,
  lowerChoice,
  type NamedChoice,
} from '../../src/layers/named-choice.js';
import { regularizers } from '../../src/layers/regularizers.js';
import { evaluateCall } from '../../src/runtime/build-model.js';
import { type Example, kindOf, layerOf, lowered, modelOf, tf } from './tfjs.js';

interface Serializable {
  getClassName(): string;
  getConfig(): Readonly<Record<string, unknown>>;
  apply(value: never): tf.Tensor;
}

const make = (family: ChoiceFamily, value: NamedChoice, seed?: number) =>
  evaluateCall(tf, lowerChoice(family, value, seed === undefined ? {} : { seed })) as Serializable;

const draw = (value: NamedChoice, shape: readonly number[], seed = 7) =>
  make(initializers, value, seed).apply([...shape] as never);

function statistics(tensor: tf.Tensor) {
  const { mean, variance } = tf.moments(tensor);
  const [low, high] = [tensor.min().dataSync()[0]!, tensor.max().dataSync()[0]!];
  return { mean: mean.dataSync()[0]!, deviation: Math.sqrt(variance.dataSync()[0]!), low, high };
}

test.each([initializers, regularizers, constraints])(
  '$namespace are all that tfjs has',
  ({ namespace, kinds }) => {
    expect(Object.keys(kinds).sort()).toEqual(Object.keys(tf[namespace]).sort());
  },
);

describe('initializers', () => {
  const matrix = [64, 32];
  const [fanIn, fanOut] = [64, 32];
  /** What is left of a normal's deviation when it is cut off at two deviations. */
  const cut = 0.8796;

  test.each<[NamedChoice, number]>([
    ['glorotNormal', cut * Math.sqrt(2 / (fanIn + fanOut))],
    ['heNormal', cut * Math.sqrt(2 / fanIn)],
    ['leCunNormal', cut * Math.sqrt(1 / fanIn)],
    ['truncatedNormal', cut * 0.05],
    ['randomNormal', 0.05],
    [{ type: 'truncatedNormal', stddev: 2 }, cut * 2],
    [{ type: 'randomNormal', stddev: 2 }, 2],
    [{ type: 'varianceScaling', scale: 3, mode: 'fanOut' }, cut * Math.sqrt(3 / fanOut)],
    [{ type: 'varianceScaling', distribution: 'normal' }, cut * Math.sqrt(1 / fanIn)],
  ])('%j has its deviation', (value, deviation) => {
    const drawn = statistics(draw(value, matrix));
    expect(drawn.deviation / deviation).toBeGreaterThan(0.95);
    expect(drawn.deviation / deviation).toBeLessThan(1.05);
    expect(Math.abs(drawn.mean)).toBeLessThan(0.1 * deviation);
  });

  test.each<[NamedChoice, number, number]>([
    ['glorotUniform', -Math.sqrt(6 / (fanIn + fanOut)), Math.sqrt(6 / (fanIn + fanOut))],
    ['heUniform', -Math.sqrt(6 / fanIn), Math.sqrt(6 / fanIn)],
    ['leCunUniform', -Math.sqrt(3 / fanIn), Math.sqrt(3 / fanIn)],
    ['randomUniform', -0.05, 0.05],
    [{ type: 'randomUniform', minval: 0, maxval: 1 }, 0, 1],
    [{ type: 'randomUniform', minval: -1, maxval: 0 }, -1, 0],
    [{ type: 'randomUniform', minval: 0 }, 0, 0.05],
    [
      { type: 'varianceScaling', scale: 3, mode: 'fanAvg', distribution: 'uniform' },
      -Math.sqrt(9 / 48),
      Math.sqrt(9 / 48),
    ],
  ])('%j has its bounds', (value, low, high) => {
    const drawn = statistics(draw(value, matrix));
    const margin = 0.01 * (high - low);
    expect(drawn.low).toBeGreaterThanOrEqual(low - 1e-7);
    expect(drawn.low).toBeLessThan(low + margin);
    expect(drawn.high).toBeLessThanOrEqual(high + 1e-7);
    expect(drawn.high).toBeGreaterThan(high - margin);
  });

  test('tfjs itself takes a bound, a mean or a deviation of zero for "not given"', () => {
    expect(
      statistics(tf.initializers.randomUniform({ minval: 0, maxval: 1, seed: 3 }).apply(matrix)).low,
    ).toBeLessThan(-0.04);
    expect(
      statistics(tf.initializers.randomNormal({ stddev: 0, seed: 3 }).apply(matrix)).deviation,
    ).toBeGreaterThan(0.04);
  });

  test('tfjs draws uniformly for the distribution truncatedNormal, which we do not offer', () => {
    const theirs = (distribution: 'truncatedNormal' | 'uniform') =>
      tf.initializers
        .varianceScaling({ distribution, seed: 3 } as never)
        .apply([4, 4])
        .arraySync();
    expect(theirs('truncatedNormal')).toEqual(theirs('uniform'));
  });

  test('those that do not draw are what they say', () => {
    expect(draw('zeros', [2, 2]).arraySync()).toEqual([
      [0, 0],
      [0, 0],
    ]);
    expect(draw('ones', [2]).arraySync()).toEqual([1, 1]);
    expect(draw({ type: 'constant', value: 2 }, [2]).arraySync()).toEqual([2, 2]);
    expect(draw({ type: 'identity', gain: 3 }, [2, 2]).arraySync()).toEqual([
      [3, 0],
      [0, 3],
    ]);
  });

  test('orthogonal has orthogonal columns, on kernels of convolutions too', () => {
    const kernel = draw({ type: 'orthogonal', gain: 2 }, [3, 3, 2, 4]).reshape([18, 4]) as tf.Tensor2D;
    const product = kernel.matMul(kernel, true).sub(tf.eye(4).mul(4));
    expect(product.abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });

  const random = Object.entries(initializers.kinds).filter(([, { options }]) => 'seed' in options);
  test.each(random.map(([name]) => name))('%s repeats for a seed and differs for another', (name) => {
    expect(draw(name, [3, 3], 7).arraySync()).toEqual(draw(name, [3, 3], 7).arraySync());
    expect(draw(name, [3, 3], 7).arraySync()).not.toEqual(draw(name, [3, 3], 8).arraySync());
    expect(make(initializers, { type: name, seed: 5 }, 7).getConfig().seed).toBe(5);
  });
});

describe('regularizers', () => {
  const weight = tf.tensor([1, -2]);
  test.each<[NamedChoice, number]>([
    ['l1', 0.01 * 3],
    ['l2', 0.01 * 5],
    ['l1l2', 0.01 * 3 + 0.01 * 5],
    [{ type: 'l1', l1: 0.5 }, 0.5 * 3],
    [{ type: 'l2', l2: 0.5 }, 0.5 * 5],
    [{ type: 'l1l2', l1: 0, l2: 0.5 }, 0.5 * 5],
    [{ type: 'l1l2', l1: 0.5 }, 0.5 * 3 + 0.01 * 5],
  ])('%j', (value, penalty) => {
    expect(
      make(regularizers, value)
        .apply(weight as never)
        .dataSync()[0],
    ).toBeCloseTo(penalty);
  });
});

describe('constraints', () => {
  const weight = tf.tensor2d([
    [3, -0.3],
    [4, 0.4],
  ]);
  test.each<[NamedChoice, number[][]]>([
    [
      'maxNorm',
      [
        [1.2, -0.3],
        [1.6, 0.4],
      ],
    ],
    [
      { type: 'maxNorm', maxValue: 1, axis: 1 },
      [
        [0.995, -0.0995],
        [0.995, 0.0995],
      ],
    ],
    [
      'unitNorm',
      [
        [0.6, -0.6],
        [0.8, 0.8],
      ],
    ],
    [
      'nonNeg',
      [
        [3, 0],
        [4, 0.4],
      ],
    ],
    [
      'minMaxNorm',
      [
        [0.6, -0.3],
        [0.8, 0.4],
      ],
    ],
    [
      { type: 'minMaxNorm', minValue: 2, maxValue: 3, rate: 0.5 },
      [
        [2.4, -0.75],
        [3.2, 1],
      ],
    ],
  ])('%j', (value, expected) => {
    const bounded = make(constraints, value).apply(weight as never);
    expect(bounded.sub(tf.tensor2d(expected)).abs().max().dataSync()[0]).toBeLessThan(1e-3);
  });

  test('are not enforced by the training of tfjs, so whoever trains has to', async () => {
    const layer = tf.layers.dense({ units: 2, inputShape: [2], kernelConstraint: 'nonNeg' });
    const model = tf.sequential({ layers: [layer] });
    model.setWeights([tf.ones([2, 2]), tf.zeros([2])]);
    model.compile({ optimizer: tf.train.sgd(10), loss: 'meanSquaredError' });
    await model.trainOnBatch(tf.ones([1, 2]), tf.zeros([1, 2]));
    const kernel = layer.weights[0]!;
    expect(kernel.read().max().dataSync()[0]).toBeLessThan(0);
    kernel.write(kernel.read().clone());
    expect(kernel.read().min().dataSync()[0]).toBe(0);
  });
});

describe('options of weights that cannot be', () => {
  test.each<[string, Readonly<Record<string, unknown>>, number[], string, string]>([
    [
      'conv2d',
      { filters: 2, kernelSize: 2, kernelInitializer: 'identity' },
      [4, 4, 2],
      'kernelInitializer',
      '2x2x2x2',
    ],
    [
      'dense',
      { units: 3, kernelInitializer: { type: 'identity', gain: 2 } },
      [4],
      'kernelInitializer',
      '4x3',
    ],
    ['dense', { units: 3, biasInitializer: 'orthogonal' }, [4], 'biasInitializer', 'is 3'],
    ['dense', { units: 3, biasInitializer: { type: 'orthogonal', seed: 1 } }, [4], 'biasInitializer', 'is 3'],
    ['batchNormalization', { movingMeanInitializer: 'identity' }, [4], 'movingMeanInitializer', 'is 4'],
    [
      'dense',
      { units: 3, kernelConstraint: { type: 'unitNorm', axis: 2 } },
      [4],
      'kernelConstraint',
      'axis 2',
    ],
    ['dense', { units: 3, biasConstraint: { type: 'maxNorm', axis: 1 } }, [4], 'biasConstraint', 'axis 1'],
    ['prelu', { alphaConstraint: { type: 'minMaxNorm', axis: 1 } }, [4], 'alphaConstraint', 'axis 1'],
  ])('%s %j is a problem for us and an error in tfjs', (type, options, input, option, text) => {
    const kind = kindOf(type);
    const problem = kind.outputShape(options, input);
    expect(problem).toMatchObject({ code: 'weight-option-mismatch', option });
    expect(isProblem(problem) && problem.message).toContain(text);
    expect(() => {
      const model = modelOf(layerOf(kind, { options, inputs: [input] }), [input]);
      model.setWeights(model.getWeights().map((weight) => weight.clone()));
    }).toThrow();
  });

  test.each<[NamedChoice, number[]]>([
    [{ type: 'randomUniform', minval: 1, maxval: 1 }, [2]],
    [{ type: 'randomUniform', minval: 0.05 }, [2]],
    [{ type: 'randomUniform', maxval: -0.05 }, [2]],
  ])('%j has nothing to draw from', (value, shape) => {
    expect(choiceProblem(initializers, value, shape)).toContain('minval < maxval');
  });

  test('minMaxNorm must not be the wrong way round', () => {
    expect(choiceProblem(constraints, { type: 'minMaxNorm', minValue: 2 }, [2])).toContain('2 and 1');
    expect(() => tf.constraints.minMaxNorm({ minValue: 2 }).apply(tf.ones([2]))).toThrow();
  });

  test.each([
    [
      'conv2d',
      { filters: 2, kernelSize: 2, useBias: false, biasInitializer: 'ones' },
      [4, 4, 2],
      'biasInitializer',
    ],
    ['dense', { units: 2, useBias: false, biasRegularizer: 'l2' }, [4], 'biasRegularizer'],
    ['batchNormalization', { scale: false, gammaConstraint: 'nonNeg' }, [4], 'gammaConstraint'],
    ['layerNormalization', { center: false, betaInitializer: 'ones' }, [4], 'betaInitializer'],
  ])('%s %j would be ignored, which is a problem', (type, options, input, option) => {
    expect(kindOf(type).outputShape(options, input)).toMatchObject({ code: 'conflicting-options', option });
  });
});

describe('values that tfjs takes for others are refused', () => {
  const ajv = new Ajv2020({ strict: true, discriminator: true });
  const accepts = (type: string, options: Readonly<Record<string, unknown>>) =>
    ajv.validate(JSON.parse(JSON.stringify(kindOf(type).options)) as object, options);

  test.each([
    ['dropout', { rate: 0.5 }, { rate: 1 }],
    ['dropout', { rate: 0.5, seed: 1 }, { rate: 0.5, seed: 0 }],
    ['dense', { units: 1 }, { units: 0 }],
    ['dense', { units: 1 }, { units: 1.5 }],
    ['conv2d', { filters: 1, kernelSize: [1, 2] }, { filters: 1, kernelSize: [1, 2, 3] }],
    [
      'conv2d',
      { filters: 1, kernelSize: 1, padding: 'same' },
      { filters: 1, kernelSize: 1, padding: 'causal' },
    ],
    ['dense', { units: 1, kernelInitializer: 'ones' }, { units: 1, kernelInitializer: 'constant' }],
    [
      'dense',
      { units: 1, kernelInitializer: { type: 'randomNormal', stddev: 0.1 } },
      { units: 1, kernelInitializer: { type: 'randomNormal', stddev: 0 } },
    ],
    [
      'dense',
      { units: 1, kernelInitializer: { type: 'heNormal', seed: 1 } },
      { units: 1, kernelInitializer: { type: 'heNormal', seed: 0 } },
    ],
    [
      'dense',
      { units: 1, kernelInitializer: { type: 'ones' } },
      { units: 1, kernelInitializer: { type: 'ones', seed: 1 } },
    ],
    ['reLU', { maxValue: 6 }, { maxValue: 0 }],
    ['reshape', { targetShape: [-1] }, { targetShape: [-2] }],
    ['reshape', { targetShape: [null, 2] }, { targetShape: [0, 2] }],
  ])('%s: %j, but not %j', (type, right, wrong) => {
    expect(accepts(type, right)).toBe(true);
    expect(accepts(type, wrong)).toBe(false);
  });
});

describe('random layers', () => {
  const example = (type: string): Example => kindOf(type).examples[0]!;
  const random = ['dropout', 'spatialDropout1d', 'gaussianDropout', 'gaussianNoise', 'alphaDropout'];
  const run = (type: string, options: Readonly<Record<string, unknown>>, input: readonly number[]) => {
    const layer = layerOf(kindOf(type), { options, inputs: [input] });
    return () => layer.apply(tf.ones([8, ...input]), { training: true }) as tf.Tensor;
  };

  test.each(random)('%s gets no seed of its own, and draws anew at each step', (type) => {
    const { options, inputs } = example(type);
    expect(lowered(kindOf(type), { options, inputs }).args[0]).not.toHaveProperty('seed');
    const step = run(type, options, inputs[0]!);
    expect(step().arraySync()).not.toEqual(step().arraySync());
  });

  test.each(['dropout', 'spatialDropout1d'])('%s with a seed repeats its mask', (type) => {
    const { options, inputs } = example(type);
    const step = run(type, { ...options, seed: 5 }, inputs[0]!);
    expect(step().arraySync()).toEqual(step().arraySync());
  });

  test('tfjs drops nothing at a rate of 1', () => {
    const output = tf.layers.dropout({ rate: 1 }).apply(tf.ones([4, 4]), { training: true }) as tf.Tensor;
    expect(output.min().dataSync()[0]).toBe(1);
  });
});
