import type { Value } from '../program/index.js';
import { inputAxes } from './axis.js';
import { defineLayer } from './define-layer.js';
import { keepsMask } from './masks.js';
import { center, epsilon, missingWeightProblem, normalizationRankProblem, scale } from './normalization.js';
import { anyOf, listOf } from './options.js';
import { isProblem } from './problem.js';
import { Type } from './type.js';
import { initializer, regularizer, weight } from './weight-options.js';

const axis = Type.Integer();

export const layerNormalization = defineLayer({
  type: 'layerNormalization',
  summary: 'Normalizes each example by the mean and variance of its own values along some axes.',
  options: {
    axis: Type.Optional(
      anyOf<number | readonly number[]>([axis, listOf(axis, { minItems: 1 })], {
        default: -1,
        description: 'The axis or axes to normalize along, counted from 1, or from -1 at the end.',
      }),
    ),
    epsilon,
    center,
    scale,
    gammaInitializer: initializer('factor gamma', 'ones'),
    gammaRegularizer: regularizer('factor gamma'),
    betaInitializer: initializer('offset beta', 'zeros'),
    betaRegularizer: regularizer('offset beta'),
  },
  outputShape({ axis = -1 }, input) {
    const wrong = normalizationRankProblem(input);
    if (wrong) return wrong;
    const axes = inputAxes(axis, input, 'axis');
    return isProblem(axes) ? axes : input;
  },
  weights({ axis = -1, center, scale }, input) {
    const shape = [axis].flat().map((a) => input.at(a < 0 ? a : a - 1)!);
    return [
      ...(scale === false ? [] : [weight('gamma', shape)]),
      ...(center === false ? [] : [weight('beta', shape)]),
    ];
  },
  trainingProblem: missingWeightProblem,
  ...keepsMask,
  forward({ axis = -1, epsilon = 0.001, center, scale }, x, { program: p, weight }) {
    const axes = (inputAxes(axis, x.shape, 'axis') as readonly number[]).map((counted) => counted - 1);
    // As in tfjs, whatever the order of the axes: the values of the weight in their order.
    const spread = (value: Value) =>
      p.reshape(
        value,
        x.shape.map((length, index) => (axes.includes(index) ? length : 1)),
      );
    const centered = p.sub(x, p.mean(x, axes, true));
    const variance = p.mean(p.square(centered), axes, true);
    const normalized = p.div(centered, p.sqrt(p.add(variance, epsilon)));
    const scaled = scale === false ? normalized : p.mul(normalized, spread(weight('gamma')));
    return center === false ? scaled : p.add(scaled, spread(weight('beta')));
  },
  examples: [
    { input: [6], options: {} },
    {
      title: 'with options for its weights',
      input: [4, 3, 2],
      options: {
        axis: [1, 2],
        epsilon: 0.00001,
        center: true,
        scale: true,
        gammaInitializer: { type: 'constant', value: 0.5 },
        gammaRegularizer: 'l2',
        betaInitializer: { type: 'randomUniform', minval: -0.1, maxval: 0.1 },
        betaRegularizer: 'l1',
      },
    },
    { title: 'without weights, for inference', input: [4, 3], options: { center: false, scale: false } },
  ],
});
