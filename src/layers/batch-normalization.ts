import type { Operand, Value } from '../program/index.js';
import { inputAxes } from './axis.js';
import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { center, epsilon, missingWeightProblem, normalizationRankProblem, scale } from './normalization.js';
import { isProblem, type Problem } from './problem.js';
import { Type } from './type.js';
import { constraint, initializer, regularizer, weight } from './weight-options.js';

export const batchNormalization = defineLayer({
  type: 'batchNormalization',
  summary:
    'Normalizes along an axis: in training by the mean and variance of the batch, afterwards by their moving averages.',
  options: {
    axis: Type.Optional(
      Type.Integer({
        default: -1,
        description:
          'The axis whose entries are normalized each by itself, counted from 1, or from -1 at the end: that of the channels. tfjs trains the layer only along the last axis.',
      }),
    ),
    momentum: Type.Optional(
      Type.Number({
        default: 0.99,
        minimum: 0,
        maximum: 1,
        description: 'How much of the moving averages is kept at each step.',
      }),
    ),
    epsilon,
    center,
    scale,
    gammaInitializer: initializer('factor gamma', 'ones'),
    gammaRegularizer: regularizer('factor gamma'),
    gammaConstraint: constraint('factor gamma'),
    betaInitializer: initializer('offset beta', 'zeros'),
    betaRegularizer: regularizer('offset beta'),
    betaConstraint: constraint('offset beta'),
    movingMeanInitializer: initializer('moving mean', 'zeros'),
    movingVarianceInitializer: initializer('moving variance', 'ones'),
  },
  outputShape({ axis = -1 }, input) {
    const wrong = normalizationRankProblem(input);
    if (wrong) return wrong;
    const axes = inputAxes(axis, input, 'axis');
    return isProblem(axes) ? axes : input;
  },
  weights({ axis = -1, center, scale }, input) {
    const shape = [input.at(axis < 0 ? axis : axis - 1)!];
    return [
      ...(scale === false ? [] : [weight('gamma', shape)]),
      ...(center === false ? [] : [weight('beta', shape)]),
      { ...weight('moving_mean', shape, 'movingMean'), trainable: false },
      { ...weight('moving_variance', shape, 'movingVariance'), trainable: false },
    ];
  },
  trainingProblem(options, input): Problem | undefined {
    const { axis = -1 } = options;
    if (axis !== -1 && axis !== input.length) {
      return {
        code: 'not-trainable',
        message: `works along axis ${axis}, but tfjs trains it along the last axis only`,
        option: 'axis',
        hint: "leave axis out, or insert 'permute' before and after it",
      };
    }
    return missingWeightProblem(options);
  },
  ...keepsMask,
  forward(options, x, { program: p, training, batch, weight, update }) {
    const { axis = -1, momentum = 0.99, epsilon = 0.001, center, scale } = options;
    const channel = axis < 0 ? axis + x.shape.length : axis - 1;
    const others = x.shape.flatMap((_length, index) => (index === channel ? [] : [index]));
    const spread = (value: Value) =>
      p.reshape(
        value,
        x.shape.map((length, index) => (index === channel ? length : 1)),
      );
    const moving = { mean: weight('moving_mean'), variance: weight('moving_variance') };
    const gamma = scale === false ? 1 : weight('gamma');
    const beta = center === false ? 0 : weight('beta');
    const factorFor = (variance: Value) => p.div(gamma, p.sqrt(p.add(variance, epsilon)));
    const normalized = (mean: Value, factor: Value, offset: Operand) =>
      p.add(
        p.mul(p.sub(x, spread(mean)), spread(factor)),
        typeof offset === 'number' ? offset : spread(offset),
      );
    if (!training) return normalized(moving.mean, factorFor(moving.variance), beta);

    const mean = batch.mean(x, others);
    const fixed = p.stopGradient(mean);
    const variance = batch.mean(p.square(p.sub(x, spread(fixed))), others);
    const average = (old: Value, value: Value) => p.sub(old, p.mul(p.sub(old, value), 1 - momentum));
    update('moving_mean', average(moving.mean, mean));
    update('moving_variance', average(moving.variance, variance));
    const factor = factorFor(variance);
    // Zero. Through it the gradient reaches the mean, by way of the sum that beta's gradient is too.
    const shift = p.mul(p.sub(fixed, mean), factor);
    return normalized(fixed, factor, p.add(shift, beta));
  },
  examples: [
    { input: [4, 4, 3], options: {} },
    {
      title: 'with options for its weights',
      input: [6],
      options: {
        momentum: 0.9,
        epsilon: 0.00001,
        center: true,
        scale: true,
        gammaInitializer: { type: 'constant', value: 0.5 },
        gammaRegularizer: 'l2',
        gammaConstraint: 'nonNeg',
        betaInitializer: 'ones',
        betaRegularizer: 'l1',
        betaConstraint: { type: 'maxNorm', maxValue: 1 },
        movingMeanInitializer: { type: 'randomNormal', stddev: 0.01 },
        movingVarianceInitializer: 'ones',
      },
    },
    {
      title: 'along the rows, without weights of its own, for inference',
      input: [3, 4],
      options: { axis: 1, center: false, scale: false },
    },
  ],
});
