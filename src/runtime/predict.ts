/** What a trained model says about pictures, or about any examples. */
import { SpecccError } from '../diagnostics/index.js';
import { formatShape, type Shape, sizeOf } from '../layers/index.js';
import type { Batch } from './engine.js';
import { readImage } from './read-image.js';
import { type OpenRunOptions, openRun } from './run-folder.js';
import { openRunModel, type RunModelOptions } from './run-model.js';
import { outputShape } from './training/check-data.js';

/** The path of a picture, or one example of the model's input shape: bytes are scaled as in training. */
export type PredictInput = string | Uint8Array | Float32Array;

export interface PredictOptions extends RunModelOptions, OpenRunOptions {
  /** How many classes to name, the most probable first; 3 where it is left out. */
  readonly top?: number;
}

export interface PredictResult {
  readonly folder: string;
  readonly checkpoint: string;
  /** Whole epochs that the checkpoint has. */
  readonly epoch: number;
  /** `compiled` or `tfjs`, and what it runs on. */
  readonly engine: string;
  readonly backend: string;
  readonly backendDescription: string;
  /** The model was trained on made-up data. */
  readonly synthetic: boolean;
  readonly predictions: readonly Prediction[];
}

export interface Prediction {
  /** The path, or null for an example that was given as values. */
  readonly image: string | null;
  /** The outputs are shares that add up to one, as those of softmax. */
  readonly probabilities: boolean;
  /** The classes with the largest outputs, the largest first. */
  readonly top: readonly ClassOutput[];
  /** All outputs, in the order of the classes. */
  readonly outputs: readonly number[];
}

export interface ClassOutput {
  readonly index: number;
  readonly name: string;
  readonly value: number;
}

/**
 * Predicts with a run, or one of its checkpoints, by its path. Pictures may have any size: `readImage` says
 * how they are brought to the model's.
 *
 * @throws SpecccError of `openRun` and `readImage`, 'checkpoint-not-found', 'checkpoint-damaged',
 *   'data-does-not-fit'
 */
export async function predictRun(
  path: string,
  inputs: readonly PredictInput[],
  options: PredictOptions = {},
): Promise<PredictResult> {
  const run = await openRun(path, options);
  const outputs = sizeOf(outputShape(run.graph));
  const { shape } = run.graph.inputs[0]!;
  const { classNames, scale, synthetic } = run.record.data;
  const examples = await Promise.all(inputs.map((input) => exampleOf(input, shape)));
  const { engine, checkpoint, epoch } = await openRunModel(run, options);
  try {
    const predictions: Prediction[] = [];
    for (const batch of batchesOf(examples, scale)) {
      // Valid until the next call.
      const found = Array.from(await engine.predictBatch(batch));
      for (let from = 0; from < batch.count * outputs; from += outputs) {
        const input = inputs[predictions.length]!;
        const output = found.slice(from, from + outputs);
        predictions.push({
          image: typeof input === 'string' ? input : null,
          probabilities: areProbabilities(output),
          top: topClasses(output, classNames, options.top ?? 3),
          outputs: output,
        });
      }
    }
    return {
      folder: run.folder,
      checkpoint,
      epoch,
      engine: engine.name,
      backend: engine.backend,
      backendDescription: engine.description,
      synthetic,
      predictions,
    };
  } finally {
    engine.dispose();
  }
}

async function exampleOf(input: PredictInput, shape: Shape): Promise<Uint8Array | Float32Array> {
  const values = typeof input === 'string' ? await readImage(input, shape) : input;
  if (values.length === sizeOf(shape)) return values;
  throw new SpecccError(
    'data-does-not-fit',
    `the model takes ${formatShape(shape)}, ${sizeOf(shape)} values, but an example has ${values.length}`,
  );
}

/** As many as the compiled engine computes at once. */
const mostTogether = 32;

/** In their order; bytes and floats apart. */
function* batchesOf(examples: readonly (Uint8Array | Float32Array)[], scale: number): Generator<Batch> {
  let from = 0;
  while (from < examples.length) {
    const areBytes = examples[from] instanceof Uint8Array;
    const rest = examples.slice(from, from + mostTogether);
    const other = rest.findIndex((example) => example instanceof Uint8Array !== areBytes);
    const batch = other === -1 ? rest : rest.slice(0, other);
    const size = batch[0]!.length;
    const values = new (areBytes ? Uint8Array : Float32Array)(batch.length * size);
    for (const [index, example] of batch.entries()) values.set(example, index * size);
    yield { count: batch.length, inputs: values, scale, labels: new Int32Array(batch.length) };
    from += batch.length;
  }
}

function areProbabilities(outputs: readonly number[]): boolean {
  const sum = outputs.reduce((total, value) => total + value, 0);
  return outputs.length > 1 && Math.abs(sum - 1) < 1e-4 && outputs.every((value) => value >= 0);
}

function topClasses(outputs: readonly number[], names: readonly string[], top: number): ClassOutput[] {
  return outputs
    .map((value, index) => ({ index, name: names[index] ?? String(index), value }))
    .sort((a, b) => b.value - a.value || a.index - b.index)
    .slice(0, top);
}
