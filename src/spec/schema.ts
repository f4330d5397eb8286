/**
 * The language of specs as one JSON schema. The layers come from the registry; this file adds what stands
 * around them. Checking, types, the published schema and the reference are all derived from here.
 */
import { type LayerDefinition, layers } from '../layers/index.js';
import { oneOf, positiveInteger, strictObject } from '../layers/options.js';
import { type Static, Type } from '../layers/type.js';
import { datasetSchema } from './datasets.js';
import type { JsonSchema } from './describe.js';
import { limits } from './limits.js';
import { lossNames, metricNames } from './losses.js';
import { optimizerSchema } from './optimizers.js';

/** What a spec gets where it says nothing. */
export const defaults = {
  seed: 42,
  batchSize: 32,
  epochs: 1,
  validationFrequency: 1,
  monitor: 'val_loss',
  mode: 'auto',
  saveBestOnly: true,
} as const;

const layerName = () =>
  Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_]*$',
    maxLength: limits.nameLength,
    description:
      'Name of the layer and of its weights: a letter, then letters, digits and underscores. Generated from the type (`conv2d_1`) where it is left out.',
  });

const checkpointSchema = strictObject(
  {
    monitor: Type.Optional(
      Type.String({
        default: defaults.monitor,
        description:
          'The column of the history that says which epoch is best: loss, a metric, or one of these with val_ before it.',
      }),
    ),
    mode: Type.Optional(
      oneOf(['auto', 'min', 'max'] as const, {
        default: defaults.mode,
        description:
          'Whether smaller or larger is better; auto knows it: max for accuracies and precision, min for all else.',
      }),
    ),
    saveBestOnly: Type.Optional(
      Type.Boolean({
        default: defaults.saveBestOnly,
        description: 'Whether checkpoints/best is written only when the monitored value got better.',
      }),
    ),
  },
  { description: 'Which weights are kept.' },
);

export const trainingSchema = strictObject(
  {
    dataset: datasetSchema(),
    optimizer: optimizerSchema(),
    loss: oneOf(lossNames, { description: 'What training makes small.' }),
    metrics: Type.Optional(
      Type.Array(oneOf(metricNames), {
        uniqueItems: true,
        default: [],
        description: 'What else is measured.',
      }),
    ),
    batchSize: Type.Optional(
      positiveInteger({
        maximum: 1_000_000,
        default: defaults.batchSize,
        description: 'Examples a step.',
      }),
    ),
    epochs: Type.Optional(
      positiveInteger({
        maximum: 1_000_000,
        default: defaults.epochs,
        description: 'Passes over the training data.',
      }),
    ),
    validationFrequency: Type.Optional(
      positiveInteger({
        maximum: 1_000_000,
        default: defaults.validationFrequency,
        description: 'Validate after every this many epochs, and after the last one.',
      }),
    ),
    checkpoint: Type.Optional(checkpointSchema),
  },
  { description: 'How the model is trained. Needed for `train` only.' },
);

export type TrainingSection = Static<typeof trainingSchema>;

const sections = {
  name: Type.String({
    pattern: '^[A-Za-z][A-Za-z0-9_-]*$',
    maxLength: limits.nameLength,
    description:
      'Name of the model, its generated code and its runs: a letter, then letters, digits, underscores and hyphens.',
  }),
  description: Type.Optional(
    Type.String({ maxLength: 10_000, description: 'What it is, for people who read the spec or its code.' }),
  ),
  seed: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      default: defaults.seed,
      description: 'Everything random is drawn from this: weights, shuffles, dropout.',
    }),
  ),
  input: Type.Array(positiveInteger({ maximum: limits.tensorValues }), {
    minItems: 1,
    maxItems: 5,
    description: 'Shape of one example, without the batch: [height, width, channels] for images.',
  }),
};

/** One layer of this kind, as it is written in a spec. */
export function layerSchema(definition: LayerDefinition) {
  return strictObject(
    {
      type: Type.Literal(definition.type),
      name: Type.Optional(layerName()),
      ...definition.options.properties,
    },
    { description: definition.summary },
  );
}

function wholeSpec() {
  const layer = Type.Unsafe<{ readonly type: string }>({
    type: 'object',
    discriminator: { propertyName: 'type' },
    oneOf: [...layers.values()].map(layerSchema),
  });
  return strictObject({
    ...sections,
    layers: Type.Array(layer, {
      minItems: 1,
      maxItems: limits.layers,
      description: 'The layers, each on the output of the one before it.',
    }),
    training: Type.Optional(trainingSchema),
  });
}

/** What a spec is, to check by. */
export const spec = wholeSpec() as unknown as JsonSchema;

/** The JSON schema (draft 2020-12) of whole specs, for editors and other programs: a copy, to do with as you like. */
export function specSchema(): Record<string, unknown> {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:speccc:spec',
    title: 'speccc spec',
    description: 'A neural network, and how to train it.',
    ...(JSON.parse(JSON.stringify(spec)) as object),
  };
}
