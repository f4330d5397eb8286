/**
 * How weights start, shrink and stay bounded: tfjs's initializers, regularizers and constraints as spec
 * options, and their lowering to calls. One table each; schema, types and lowering are derived from it.
 */
import Type, { type TSchema } from 'typebox';
import type { Argument, Call } from './call.js';
import { namedChoice, oneOf, strictObject } from './options.js';

interface ChoiceKind {
  readonly summary: string;
  readonly options: Readonly<Record<string, TSchema>>;
  /** Takes a `seed`, which is derived where the spec gives none. */
  readonly random?: boolean;
  /** Must be written in the object form, since it has required options. */
  readonly required?: readonly string[];
}

export type NamedChoice = string | ({ readonly type: string } & Readonly<Record<string, Argument>>);

const seedOption = Type.Integer({
  minimum: 1,
  maximum: 2147483647,
  description: 'Seed of this draw; derived from the spec’s seed and the layer’s name where it is left out.',
});
const gain = (value: number) => Type.Number({ default: value, description: 'Factor applied to the matrix.' });
const mean = Type.Number({ default: 0, description: 'Mean of the values drawn.' });
const stddev = Type.Number({
  default: 0.05,
  minimum: 0,
  description: 'Standard deviation of the values drawn.',
});
const fan = (rule: string): ChoiceKind => ({ summary: rule, options: {}, random: true });

const initializers: Readonly<Record<string, ChoiceKind>> = {
  zeros: { summary: 'All zeros.', options: {} },
  ones: { summary: 'All ones.', options: {} },
  constant: {
    summary: 'All the same value.',
    options: { value: Type.Number({ description: 'The value.' }) },
    required: ['value'],
  },
  randomUniform: {
    summary: 'Uniform between minval and maxval.',
    options: {
      minval: Type.Number({ default: -0.05, description: 'Lower bound.' }),
      maxval: Type.Number({ default: 0.05, description: 'Upper bound.' }),
    },
    random: true,
  },
  randomNormal: { summary: 'Normal.', options: { mean, stddev }, random: true },
  truncatedNormal: {
    summary: 'Normal, values beyond two standard deviations drawn again.',
    options: { mean, stddev },
    random: true,
  },
  identity: { summary: 'The identity matrix, for square matrices only.', options: { gain: gain(1) } },
  varianceScaling: {
    summary: 'Scaled to the number of inputs or outputs.',
    options: {
      scale: Type.Number({ default: 1, exclusiveMinimum: 0, description: 'Scaling factor.' }),
      mode: oneOf(['fanIn', 'fanOut', 'fanAvg'] as const, {
        default: 'fanIn',
        description: 'What to scale by.',
      }),
      distribution: oneOf(['normal', 'uniform', 'truncatedNormal'] as const, {
        default: 'normal',
        description: 'What to draw from.',
      }),
    },
    random: true,
  },
  glorotUniform: fan('Uniform within sqrt(6 / (fanIn + fanOut)) (Glorot and Bengio, 2010).'),
  glorotNormal: fan('Truncated normal with deviation sqrt(2 / (fanIn + fanOut)) (Glorot and Bengio, 2010).'),
  heNormal: fan('Truncated normal with deviation sqrt(2 / fanIn) (He et al., 2015).'),
  heUniform: fan('Uniform within sqrt(6 / fanIn) (He et al., 2015).'),
  leCunNormal: fan('Truncated normal with deviation sqrt(1 / fanIn) (LeCun et al., 1998).'),
  leCunUniform: fan('Uniform within sqrt(3 / fanIn) (LeCun et al., 1998).'),
  orthogonal: { summary: 'A random orthogonal matrix.', options: { gain: gain(1) }, random: true },
};

const rate = (description: string) => Type.Number({ default: 0.01, minimum: 0, description });

const regularizers: Readonly<Record<string, ChoiceKind>> = {
  l1: { summary: 'Adds l1 * sum(|w|) to the loss.', options: { l1: rate('Factor.') } },
  l2: { summary: 'Adds l2 * sum(w²) to the loss.', options: { l2: rate('Factor.') } },
  l1l2: {
    summary: 'Adds l1 * sum(|w|) + l2 * sum(w²) to the loss.',
    options: { l1: rate('Factor of the absolute values.'), l2: rate('Factor of the squares.') },
  },
};

const axis = Type.Integer({ default: 0, minimum: 0, description: 'Axis along which norms are taken.' });
const maxValue = (value: number) =>
  Type.Number({ default: value, minimum: 0, description: 'Largest norm allowed.' });

const constraints: Readonly<Record<string, ChoiceKind>> = {
  maxNorm: { summary: 'Norms of at most maxValue.', options: { maxValue: maxValue(2), axis } },
  unitNorm: { summary: 'Norms of one.', options: { axis } },
  nonNeg: { summary: 'No negative weights.', options: {} },
  minMaxNorm: {
    summary: 'Norms between minValue and maxValue.',
    options: {
      minValue: Type.Number({ default: 0, minimum: 0, description: 'Smallest norm allowed.' }),
      maxValue: maxValue(1),
      axis,
      rate: Type.Number({
        default: 1,
        minimum: 0,
        maximum: 1,
        description: 'How strictly it is enforced at each step.',
      }),
    },
  },
};

function choice(kinds: Readonly<Record<string, ChoiceKind>>, options: object) {
  const branches = Object.entries(kinds).map(([type, kind]) =>
    strictObject(
      {
        type: Type.Literal(type),
        ...Object.fromEntries(
          Object.entries(kind.options).map(([name, schema]) => [
            name,
            kind.required?.includes(name) ? schema : Type.Optional(schema),
          ]),
        ),
        ...(kind.random ? { seed: Type.Optional(seedOption) } : {}),
      },
      { description: kind.summary },
    ),
  );
  const bare = Object.entries(kinds).filter(([, kind]) => kind.required === undefined);
  return Type.Optional(
    namedChoice<NamedChoice>(
      branches,
      bare.map(([name]) => name),
      options,
    ),
  );
}

export const initializer = (what: string, name: string) =>
  choice(initializers, { description: `How the ${what} starts.`, default: name });
export const regularizer = (what: string) =>
  choice(regularizers, { description: `Penalty on the ${what}, added to the loss.` });
export const constraint = (what: string) =>
  choice(constraints, { description: `Constraint on the ${what}, enforced after each step.` });

function lowerChoice(
  family: 'initializers' | 'regularizers' | 'constraints',
  kinds: Readonly<Record<string, ChoiceKind>>,
  value: NamedChoice,
  seed?: () => number,
): Call {
  const { type, ...options } = typeof value === 'string' ? { type: value } : value;
  const kind = kinds[type];
  if (kind === undefined) throw new Error(`no ${family} '${type}'`);
  const seeded =
    kind.random && seed !== undefined && !('seed' in options) ? { ...options, seed: seed() } : options;
  const takesNothing = Object.keys(kind.options).length === 0 && !kind.random;
  return { call: `tf.${family}.${type}`, args: takesNothing ? [] : [seeded] };
}

/** `seed` is called only where the initializer is random and the spec gives no seed. */
export function lowerInitializer(value: NamedChoice, seed: () => number): Call {
  return lowerChoice('initializers', initializers, value, seed);
}
export function lowerRegularizer(value: NamedChoice | undefined): Call | undefined {
  return value === undefined ? undefined : lowerChoice('regularizers', regularizers, value);
}
export function lowerConstraint(value: NamedChoice | undefined): Call | undefined {
  return value === undefined ? undefined : lowerChoice('constraints', constraints, value);
}
