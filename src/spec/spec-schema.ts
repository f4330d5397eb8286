/** The parts of a spec as schemas, but for its layers: sections, blocks, and the forms of steps. */
import { anyOf, listOf, positiveInteger, strictObject } from '../layers/options.js';
import { type TSchema, Type } from '../layers/type.js';
import { limits } from './limits.js';
import { defaults, trainingSchema } from './training-schema.js';

const identifier = '[A-Za-z][A-Za-z0-9_]*';

/** Names in a list of steps, and those of steps inside other steps: `unit1/conv2d_1`, `stage/0/c1`. */
const stepName = (description: string, options: object = {}) =>
  Type.String({
    pattern: `^${identifier}(/[A-Za-z0-9_]+)*$`,
    maxLength: limits.fullNameLength,
    description,
    ...options,
  });

const paramName = (description: string) =>
  Type.String({ pattern: `^${identifier}$`, maxLength: limits.nameLength, description });

const shape = (description: string) =>
  Type.Array(positiveInteger({ maximum: limits.tensorValues }), { minItems: 1, maxItems: 5, description });

const steps = (description: string, options: object = {}) =>
  Type.Array(Type.Unknown({ title: 'step' }), { description, ...options });

/** Number, text or truth value: what `${…}` computes with. */
const paramValues = [Type.Number(), Type.String(), Type.Boolean()];

const params = (description: string) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    propertyNames: { type: 'string', pattern: `^${identifier}$`, maxLength: limits.nameLength },
    additionalProperties: anyOf([...paramValues, Type.Null()]),
    description,
  });

/** A mapping with keys of the user's own. */
const namedValues = (value: TSchema, options: object) =>
  Type.Unsafe<Readonly<Record<string, unknown>>>({
    type: 'object',
    propertyNames: { type: 'string', pattern: `^${identifier}$`, maxLength: limits.nameLength },
    additionalProperties: value,
    ...options,
  });

export const include = () =>
  Type.Array(Type.String(), {
    maxItems: limits.files,
    description:
      'Files whose blocks this one uses: paths from its own folder, inside the folder of the whole spec.',
  });

export const description = () =>
  Type.Optional(
    Type.String({ maxLength: 10_000, description: 'What it is, for people who read the spec or its code.' }),
  );

export const blockSchema = strictObject(
  {
    description: description(),
    params: Type.Optional(
      params(
        'Names of what can be set where the block is used, with their values where it is not; null where it must be.',
      ),
    ),
    inputs: Type.Optional(
      Type.Array(paramName('Name of an input.'), {
        minItems: 1,
        maxItems: 16,
        uniqueItems: true,
        description:
          'Names of the block’s inputs, for its `from`, where it has several: whoever uses it gives as many in `from`. A block without this has one, called `input`.',
      }),
    ),
    layers: steps('The steps of the block. The output of the last one is the block’s.', { minItems: 1 }),
  },
  { title: 'a block', description: 'Steps to use several times, with other numbers each time.' },
);

const count = Type.Integer({ minimum: 0 });
/** A fact about a number: its value, or its bounds. */
const amount = (description: string) =>
  Type.Optional(
    anyOf(
      [
        count,
        strictObject({
          min: Type.Optional(Type.Number({ description: 'At least this.' })),
          max: Type.Optional(Type.Number({ description: 'At most this.' })),
        }),
      ],
      { description },
    ),
  );

const expectSchema = strictObject(
  {
    parameters: amount('Values in all weights, trainable or not: a number, or { min, max }.'),
    multiplyAdds: amount('Multiply-adds of the forward pass of one example: a number, or { min, max }.'),
    output: Type.Optional(
      anyOf([shape('Sizes.'), namedValues(shape('Sizes.'), {})], {
        description:
          'Shape of the output, without the batch; of several outputs, those to check by their names.',
      }),
    ),
  },
  { description: 'Facts about the model that are checked whenever the spec is read.' },
);

export const sections = {
  name: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
    maxLength: limits.nameLength,
    description:
      'Name of the model, its generated code and its runs: a letter, then letters, digits, underscores and hyphens.',
  }),
  description: description(),
  extends: Type.Optional(
    Type.String({
      description:
        'Another spec that this one changes: mappings are merged key by key, everything else (lists too) is replaced by what stands here.',
    }),
  ),
  include: Type.Optional(include()),
  params: Type.Optional(
    params(
      'Values to use as ${name} in all of the file but its blocks; `--set params.width=32` changes one.',
    ),
  ),
  seed: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: defaults.seed,
      description: 'Everything random is drawn from this: weights, shuffles, dropout.',
    }),
  ),
  input: Type.Optional(
    shape(
      'Shape of one example, without the batch: [height, width, channels] for images. Called `input` in `from`.',
    ),
  ),
  inputs: Type.Optional(
    namedValues(shape(''), {
      minProperties: 1,
      maxProperties: 64,
      description: 'Instead of `input`: several inputs, by the names that `from` uses for them.',
    }),
  ),
  blocks: Type.Optional(
    namedValues(Type.Unknown(), { description: 'Steps to use several times, by the name for `use`.' }),
  ),
  layers: steps(
    'The steps of the model, each on the output of the one before it, or on what its `from` names.',
    { minItems: 1 },
  ),
  outputs: Type.Optional(
    Type.Array(stepName('Name of a step.'), {
      minItems: 1,
      maxItems: 64,
      uniqueItems: true,
      description: 'Names of the steps whose outputs the model returns; the last step where left out.',
    }),
  ),
  expect: Type.Optional(expectSchema),
  training: Type.Optional(trainingSchema),
};

/** What every step may have besides what it is. */
export const stepOptions = {
  name: Type.Optional(
    stepName(
      'Name of the step, and of its weights where it is a layer: a letter, then letters, digits and underscores. Generated (`conv2d_1`) where it is left out.',
    ),
  ),
  from: Type.Optional(
    anyOf([Type.String(), listOf(Type.String(), { minItems: 1, maxItems: 1000 })], {
      description:
        'Whose output it takes, instead of that of the step before it: the name of an earlier step, or of an input; a list for layers that join several.',
    }),
  ),
  when: Type.Optional(
    anyOf([Type.Boolean(), Type.Number()], {
      default: true,
      description: 'Whether the step is there: where this is false or 0, its input is passed on as it is.',
    }),
  ),
};

export const useSchema = strictObject(
  { use: Type.String({ description: 'Name of a block. Its params are written beside it.' }), ...stepOptions },
  { title: 'the use of a block', description: 'A block, with values for its params.' },
);

export const repeatSchema = strictObject(
  {
    repeat: Type.Integer({ minimum: 0, description: 'How many times.' }),
    as: Type.Optional(paramName('Name of the number of the turn, from 0, for ${…} in the steps.')),
    layers: steps('The steps of one turn, on the output of the turn before it.', { minItems: 1 }),
    ...stepOptions,
  },
  { title: 'a repeat', description: 'Steps, several times over.' },
);

export const parallelSchema = strictObject(
  {
    parallel: Type.Array(steps('The steps of one branch; none to pass the input on.'), {
      minItems: 2,
      maxItems: 1000,
      description: 'Branches, each a list of steps on the same input.',
    }),
    merge: Type.Unknown({
      title: 'merge layer',
      description: 'The layer that joins the outputs of the branches.',
    }),
    ...stepOptions,
  },
  { title: 'a parallel', description: 'Branches on the same input, and the layer that joins them.' },
);
