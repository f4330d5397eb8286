/** The data sets that there are. A new one is a file, a line in this table, and its options in spec/datasets.ts. */
import { SpecccError } from '../../diagnostics/index.js';
import { formatShape, type Shape } from '../../layers/index.js';
import { planDataset } from '../../spec/datasets.js';
import { loadCifar10 } from './cifar10/cifar10.js';
import type { Dataset } from './dataset.js';
import { loadMnist } from './mnist/mnist.js';
import type { DataTask } from './progress.js';
import { drawSynthetic } from './synthetic/synthetic.js';

export { fetchCifar10, inspectCifar10 } from './cifar10/cifar10.js';
export type { Dataset, Examples } from './dataset.js';
export type { DataProgress, DataTask } from './progress.js';

export interface LoadDatasetOptions extends DataTask {
  /** The user's own files, where the data set has files: a folder, or an archive. */
  readonly folder?: string | undefined;
  /** Where fetched data is kept; speccc's cache folder where left out. */
  readonly cacheFolder?: string | undefined;
  /** What the model takes; a data set with examples of another shape is refused before anything is fetched. */
  readonly inputShape: Shape;
  /** The spec's seed, for data that is drawn. */
  readonly seed: number;
}

type Plan = Readonly<{ type: string } & Record<string, unknown>>;
type Loader = (plan: Plan, options: LoadDatasetOptions) => Promise<Dataset>;

const loaders: Readonly<Record<string, Loader>> = {
  cifar10: (_, options) => loadCifar10(options),
  mnist: ({ type }, options) => loadMnist(type, options),
  fashionMnist: ({ type }, options) => loadMnist(type, options),
  kmnist: ({ type }, options) => loadMnist(type, options),
  synthetic: (plan, options) => {
    if (options.folder !== undefined) throw folderNotUsed(options.folder);
    const { classes, train, validation, seed = options.seed } = plan as unknown as SyntheticPlan;
    return drawSynthetic({ shape: options.inputShape, classes, train, validation, seed }, options);
  },
};

interface SyntheticPlan {
  readonly classes: number;
  readonly train: number;
  readonly validation: number;
  readonly seed?: number;
}

/**
 * Loads the data set that a training plan names, from the nearest place that has it.
 *
 * @throws SpecccError 'unknown-dataset', 'input-data-mismatch', 'data-folder-not-used', 'data-not-found',
 * 'data-damaged', 'data-unavailable' or 'out-of-range'; the signal's reason where it is aborted.
 */
export async function loadDataset(plan: Plan, options: LoadDatasetOptions): Promise<Dataset> {
  options.signal?.throwIfAborted();
  const loader = Object.hasOwn(loaders, plan.type) ? loaders[plan.type] : undefined;
  if (loader === undefined) {
    throw new SpecccError('unknown-dataset', `there is no data set '${plan.type}'`, {
      hints: [`data sets: ${Object.keys(loaders).join(', ')}`],
    });
  }
  const { dataset, shape } = planDataset(plan);
  if (shape !== undefined && formatShape(shape) !== formatShape(options.inputShape)) {
    throw new SpecccError(
      'input-data-mismatch',
      `the model takes ${formatShape(options.inputShape)}, but the examples of ${plan.type} are ${formatShape(shape)}`,
      { hints: [`set 'input: [${shape.join(', ')}]'`] },
    );
  }
  return loader(dataset, options);
}

function folderNotUsed(folder: string): SpecccError {
  return new SpecccError(
    'data-folder-not-used',
    `the data set 'synthetic' is drawn by the program and reads no files, but ${folder} was given for it`,
    { hints: ['leave --data away, or choose another data set'] },
  );
}
