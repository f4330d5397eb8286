/**
 * Examples that a program draws, for tests and for trials without data. They say so wherever they appear, and
 * they are made to be learnt: by a small convolutional network within an epoch or two, not at once.
 */
import { SpecccError } from '../../../diagnostics/index.js';
import { formatShape, type Shape, sizeOf } from '../../../layers/index.js';
import { deriveSeed } from '../../../layers/seed.js';
import type { Dataset, Examples } from '../dataset.js';
import { countBytes, type DataTask } from '../progress.js';
import { clusters } from './clusters.js';
import type { Drawing } from './drawing.js';
import { mostPictures, pictures } from './pictures.js';
import { mostSignals, signals } from './signals.js';
import { Stream } from './stream.js';

export interface SyntheticOptions {
  readonly shape: Shape;
  readonly classes: number;
  /** Numbers of examples. */
  readonly train: number;
  readonly validation: number;
  readonly seed: number;
}

const largest = 2 ** 31 - 1;

/**
 * An example depends on the seed, the shape, the number of classes and its own number only: asking for more
 * examples leaves the first ones as they are. Classes take turns, so any first part is balanced.
 *
 * @throws SpecccError 'out-of-range' where the examples would take more than 2 GiB.
 */
export async function drawSynthetic(options: SyntheticOptions, task: DataTask): Promise<Dataset> {
  const { shape, train, validation, seed } = options;
  const bytes = (train + validation) * sizeOf(shape);
  if (bytes > largest) {
    throw new SpecccError(
      'out-of-range',
      `${(train + validation).toLocaleString('en')} synthetic examples of ${formatShape(shape)} take ${Math.ceil(bytes / 2 ** 30)} GiB of memory, and at most 2 GiB are allowed`,
      { hints: ['ask for fewer training or validation examples, or use a smaller input'] },
    );
  }
  const drawing = drawingFor(options);
  const count = countBytes(task, { phase: 'load', source: 'synthetic', total: bytes });
  const draw = (part: string, examples: number, before: number) =>
    drawExamples(drawing, { ...options, part, examples }, task, (drawn) => count(before + drawn));
  return {
    name: 'synthetic',
    shape,
    classNames: drawing.classNames,
    synthetic: true,
    origin: `drawn from seed ${seed}`,
    scale: 1 / 255,
    train: await draw('train', train, 0),
    validation: await draw('validation', validation, train * sizeOf(shape)),
  };
}

function drawingFor({ shape, classes, seed }: SyntheticOptions): Drawing {
  const [first = 1, second = 1, third = 1] = shape;
  if (shape.length === 1 && first >= 16 && classes <= mostSignals) return signals(first, classes);
  const isPicture = (shape.length === 2 || shape.length === 3) && Math.min(first, second) >= 8;
  if (isPicture && classes <= mostPictures) return pictures(first, second, third, classes);
  return clusters(sizeOf(shape), classes, seed);
}

/** Examples that are drawn before others get a turn. */
const together = 64;

async function drawExamples(
  drawing: Drawing,
  {
    shape,
    classes,
    seed,
    part,
    examples,
  }: Pick<SyntheticOptions, 'shape' | 'classes' | 'seed'> & { part: string; examples: number },
  task: DataTask,
  onBytes: (bytes: number) => void,
): Promise<Examples> {
  const size = sizeOf(shape);
  const values = new Uint8ClampedArray(examples * size);
  const labels = classes <= 256 ? new Uint8Array(examples) : new Int32Array(examples);
  for (let index = 0; index < examples; index++) {
    if (index % together === 0) {
      await new Promise(setImmediate);
      task.signal?.throwIfAborted();
      onBytes(index * size);
    }
    const label = index % classes;
    labels[index] = label;
    const stream = new Stream(deriveSeed(seed, 'synthetic', part, index));
    drawing.draw(label, stream, values.subarray(index * size, (index + 1) * size));
  }
  onBytes(examples * size);
  return { count: examples, values: new Uint8Array(values.buffer), labels };
}
