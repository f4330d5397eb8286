/** The data sets that a spec can name: their options and the shape of their examples. */

import type { Shape } from '../layers/index.js';
import { positiveInteger } from '../layers/options.js';
import { Type } from '../layers/type.js';
import { type Choice, choiceSchema } from './choice-schema.js';

interface DatasetKind extends Choice {
  /** Of one example; the spec's own input where left out. */
  readonly shape?: Shape;
  readonly classNames?: readonly string[];
}

const datasets = {
  cifar10: {
    summary: 'CIFAR-10: 50,000 training and 10,000 validation images of 32x32x3 in ten classes.',
    options: {},
    shape: [32, 32, 3],
    classNames: ['airplane', 'automobile', 'bird', 'cat', 'deer', 'dog', 'frog', 'horse', 'ship', 'truck'],
  },
  mnist: {
    summary: 'MNIST: 28x28x1 handwritten digits, from the standard idx files in your folder (`--data`).',
    options: {},
    shape: [28, 28, 1],
    classNames: ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'],
  },
  fashionMnist: {
    summary: 'Fashion-MNIST: 28x28x1 pieces of clothing, from idx files in your folder (`--data`).',
    options: {},
    shape: [28, 28, 1],
    classNames: [
      'T-shirt/top',
      'trouser',
      'pullover',
      'dress',
      'coat',
      'sandal',
      'shirt',
      'sneaker',
      'bag',
      'ankle boot',
    ],
  },
  kmnist: {
    summary: 'Kuzushiji-MNIST: 28x28x1 cursive hiragana, from idx files in your folder (`--data`).',
    options: {},
    shape: [28, 28, 1],
    classNames: ['o', 'ki', 'su', 'tsu', 'na', 'ha', 'ma', 'ya', 're', 'wo'],
  },
  synthetic: {
    summary: 'Drawn by a program from a seed, in the spec’s own input shape: for trials and tests only.',
    options: {
      classes: Type.Optional(
        Type.Integer({ minimum: 2, maximum: 1000, default: 10, description: 'Number of classes.' }),
      ),
      train: Type.Optional(
        positiveInteger({ maximum: 1_000_000, default: 1000, description: 'Number of training examples.' }),
      ),
      validation: Type.Optional(
        positiveInteger({ maximum: 1_000_000, default: 200, description: 'Number of validation examples.' }),
      ),
      seed: Type.Optional(
        Type.Integer({
          minimum: 1,
          maximum: 2147483647,
          description: 'Seed of the drawing; the spec’s seed where it is left out.',
        }),
      ),
    },
  },
} as const satisfies Readonly<Record<string, DatasetKind>>;

export type DatasetChoice = string | ({ readonly type: string } & Readonly<Record<string, unknown>>);

export const datasetSchema = () => choiceSchema<DatasetChoice>(datasets, 'What to train on.');

export interface DatasetPlan {
  readonly dataset: Readonly<{ type: string } & Record<string, unknown>>;
  readonly shape: Shape | undefined;
  readonly classes: number;
  readonly classNames: readonly string[] | undefined;
}

/** With its defaults filled in. */
export function planDataset(choice: DatasetChoice): DatasetPlan {
  const { type, ...options } = typeof choice === 'string' ? { type: choice } : choice;
  if (!Object.hasOwn(datasets, type)) throw new Error(`no data set '${type}'`);
  const kind: DatasetKind = datasets[type as keyof typeof datasets];
  const dataset: { type: string } & Record<string, unknown> = { type };
  for (const [name, schema] of Object.entries(kind.options)) {
    const value = (options as Record<string, unknown>)[name] ?? (schema as { default?: unknown }).default;
    if (value !== undefined) dataset[name] = value;
  }
  const classes = kind.classNames?.length ?? (dataset.classes as number);
  return { dataset, shape: kind.shape, classes, classNames: kind.classNames };
}
