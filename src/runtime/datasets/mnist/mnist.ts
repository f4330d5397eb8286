/**
 * The MNIST family: small grey images in ten classes, from the standard idx files in a folder of the user's,
 * packed as they are published or unpacked. MNIST, Fashion-MNIST and KMNIST share file names and sizes, so
 * that only the spec says which of them a folder holds.
 */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecccError } from '../../../diagnostics/index.js';
import { formatShape, sizeOf } from '../../../layers/index.js';
import { planDataset } from '../../../spec/datasets.js';
import type { Dataset, Examples } from '../dataset.js';
import { countBytes, type DataTask } from '../progress.js';
import { type IdxArray, parseIdx } from './idx.js';

export interface MnistOptions extends DataTask {
  /** The folder with the four files. */
  readonly folder?: string | undefined;
}

type Part = 'train' | 't10k';

const imagesOf = (part: Part) => `${part}-images-idx3-ubyte`;
const labelsOf = (part: Part) => `${part}-labels-idx1-ubyte`;
const allFiles = (['train', 't10k'] as const).flatMap((part) => [imagesOf(part), labelsOf(part)]);
const filesHint = `the folder must hold ${allFiles.join(', ')}, each packed by gzip (.gz) or not`;
const mostExamples = 1_000_000;

/**
 * @param type The name in the spec: `mnist`, `fashionMnist`, `kmnist`.
 * @throws SpecccError 'data-not-found' or 'data-damaged', naming the file.
 */
export async function loadMnist(type: string, options: MnistOptions): Promise<Dataset> {
  const { folder } = options;
  if (folder === undefined) {
    throw new SpecccError(
      'data-not-found',
      `'${type}' is read from files of yours, and no folder was named`,
      {
        hints: [
          `name it with --data FOLDER: ${filesHint}`,
          "to try without data, write 'dataset: { type: synthetic }'",
        ],
      },
    );
  }
  const { shape = [], classNames = [] } = planDataset(type);
  const readFileOf = await folderReader(folder, options);
  const readPart = async (part: Part): Promise<Examples> => {
    const images = await readFileOf(imagesOf(part), mostExamples * sizeOf(shape));
    const labels = await readFileOf(labelsOf(part), mostExamples);
    const [count = 0, ...size] = images.shape;
    if (formatShape([...size, 1]) !== formatShape(shape)) {
      const found = formatShape(images.shape);
      throw damaged(`${images.path} holds ${found} values instead of images of ${formatShape(shape)}`);
    }
    if (formatShape(labels.shape) !== formatShape([count])) {
      throw damaged(
        `${labels.path} has ${formatShape(labels.shape)} labels for the ${count} images of ${images.path}`,
      );
    }
    const wrong = labels.values.findIndex((label) => label >= classNames.length);
    if (wrong !== -1) {
      throw damaged(
        `${labels.path} has the label ${labels.values[wrong]}, but '${type}' has ${classNames.length} classes`,
      );
    }
    return { count, values: images.values, labels: labels.values };
  };
  return {
    name: type,
    shape,
    classNames,
    synthetic: false,
    origin: `folder ${folder}`,
    scale: 1 / 255,
    train: await readPart('train'),
    validation: await readPart('t10k'),
  };
}

type NamedArray = IdxArray & { readonly path: string };

/** Reads a file by its published name, under which of its usual spellings it may lie there. */
async function folderReader(
  folder: string,
  task: DataTask,
): Promise<(name: string, largest: number) => Promise<NamedArray>> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    const what =
      error.code === 'ENOENT' ? `there is no ${folder}` : `${folder} is not a folder that can be read`;
    throw new SpecccError('data-not-found', what, { hints: [filesHint], cause: error });
  });
  const count = countBytes(task, { phase: 'decode', source: folder, total: allFiles.length });
  let done = 0;
  return async (name, largest) => {
    task.signal?.throwIfAborted();
    // Some unpackers write train-images.idx3-ubyte.
    const spellings = [name, name.replace('-idx', '.idx')].flatMap((file) => [file, `${file}.gz`]);
    const file = spellings.find((spelling) => present.includes(spelling));
    if (file === undefined) {
      throw new SpecccError('data-not-found', `${folder} has no ${name}`, { hints: [filesHint] });
    }
    const path = join(folder, file);
    const bytes = await readFile(path).catch((error: Error) => {
      throw new SpecccError('data-not-found', `${path} cannot be read: ${error.message}`, { cause: error });
    });
    const array = await parseIdx(bytes, largest);
    if (typeof array === 'string') throw damaged(`${path} ${array}`);
    count(++done);
    return { ...array, path };
  };
}

function damaged(message: string): SpecccError {
  return new SpecccError('data-damaged', message, { hints: ['download the file again'] });
}
