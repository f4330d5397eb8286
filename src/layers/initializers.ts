/**
 * How weights start: tfjs's initializers. What tfjs does differently from what it says:
 * - it takes a mean, a deviation or a bound of zero for "not given" and uses its default instead;
 * - `varianceScaling` with the distribution `truncatedNormal` draws uniformly (`normal` is the truncated one), so
 *   that name is not offered;
 * - a seed of zero is no seed.
 */

import type { ChoiceFamily, ChoiceKind, ChoiceOptions } from './named-choice.js';
import { oneOf } from './options.js';
import { describeShape, sizeOf } from './shape.js';
import { Type } from './type.js';

const seed = Type.Optional(
  Type.Integer({
    minimum: 1,
    maximum: 2147483647,
    description: 'Seed of the draw; derived from the spec’s seed and the layer’s name where it is left out.',
  }),
);
const mean = Type.Optional(Type.Number({ default: 0, description: 'Mean of the values drawn.' }));
const stddev = Type.Optional(
  Type.Number({ default: 0.05, exclusiveMinimum: 0, description: 'Standard deviation of the values drawn.' }),
);
const gain = Type.Optional(Type.Number({ default: 1, description: 'Factor applied to the matrix.' }));
const scaled = (summary: string): ChoiceKind => ({ summary, options: { seed } });

/** tfjs reads a bound of zero as "not given"; this one is zero again as soon as it is a 32-bit float. */
const bound = (value: number) => (value === 0 ? Number.MIN_VALUE : value);

function bounds({ minval = -0.05, maxval = 0.05 }: ChoiceOptions): [number, number] {
  return [minval as number, maxval as number];
}

export const initializers: ChoiceFamily = {
  namespace: 'initializers',
  kinds: {
    zeros: { summary: 'All zeros.', options: {} },
    ones: { summary: 'All ones.', options: {} },
    constant: {
      summary: 'All the same value.',
      options: { value: Type.Number({ description: 'The value.' }) },
    },
    randomUniform: {
      summary: 'Uniform between minval and maxval.',
      options: {
        minval: Type.Optional(Type.Number({ default: -0.05, description: 'Lower bound.' })),
        maxval: Type.Optional(Type.Number({ default: 0.05, description: 'Upper bound.' })),
        seed,
      },
      problem(options) {
        const [minval, maxval] = bounds(options);
        return minval < maxval ? undefined : `needs minval < maxval, but they are ${minval} and ${maxval}`;
      },
      lower: ({ minval, maxval, ...others }) => ({
        ...others,
        ...(minval === undefined ? {} : { minval: bound(minval as number) }),
        ...(maxval === undefined ? {} : { maxval: bound(maxval as number) }),
      }),
    },
    randomNormal: { summary: 'Normal.', options: { mean, stddev, seed } },
    truncatedNormal: {
      summary: 'Normal, with values beyond two standard deviations drawn again.',
      options: { mean, stddev, seed },
    },
    identity: {
      summary: 'The identity matrix, for square matrices only.',
      options: { gain },
      problem: (_options, shape) =>
        shape.length === 2 && shape[0] === shape[1]
          ? undefined
          : `needs a square matrix, but the weight is ${describeShape(shape)}`,
    },
    varianceScaling: {
      summary: 'Scaled to the number of inputs or outputs of a unit (fanIn, fanOut).',
      options: {
        scale: Type.Optional(
          Type.Number({ default: 1, exclusiveMinimum: 0, description: 'Factor of the variance.' }),
        ),
        mode: Type.Optional(
          oneOf(['fanIn', 'fanOut', 'fanAvg'], {
            default: 'fanIn',
            description: 'What the variance is divided by; fanAvg is the mean of the two.',
          }),
        ),
        distribution: Type.Optional(
          oneOf(['normal', 'uniform'], {
            default: 'normal',
            description: 'What to draw from; normal is cut off at two standard deviations.',
          }),
        ),
        seed,
      },
    },
    glorotUniform: scaled('Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010).'),
    glorotNormal: scaled(
      'Truncated normal with deviation sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio, 2010).',
    ),
    heNormal: scaled('Truncated normal with deviation sqrt(2 / fanIn) (He et al., 2015).'),
    heUniform: scaled('Uniform within sqrt(6 / fanIn) (He et al., 2015).'),
    leCunNormal: scaled('Truncated normal with deviation sqrt(1 / fanIn) (LeCun et al., 1998).'),
    leCunUniform: scaled('Uniform within sqrt(3 / fanIn) (LeCun et al., 1998).'),
    orthogonal: {
      summary:
        'A random matrix with orthogonal rows or columns (Saxe et al., 2014); all axes but the last count as rows. Slow in tfjs for large weights: some 10 s for 400x120.',
      options: { gain, seed },
      problem: (_options, shape) =>
        shape.length >= 2 && sizeOf(shape) > 0
          ? undefined
          : `needs a weight of at least 2 dimensions, but it is ${describeShape(shape)}`,
    },
  },
};
