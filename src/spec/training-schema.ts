/** What a spec says about training, as a schema, and what it gets where it says nothing. */
import { oneOf, positiveInteger, strictObject } from '../layers/options.js';
import { type Static, Type } from '../layers/type.js';
import { datasetSchema } from './datasets.js';
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
