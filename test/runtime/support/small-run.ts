/** A small spec and data set for tests of the trainer, with an engine that needs no tfjs. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileSpec, type ModelGraph } from '../../../src/compiler/index.js';
import type { Dataset, Examples } from '../../../src/runtime/datasets/dataset.js';
import { train } from '../../../src/runtime/trainer.js';
import type { TrainEvent, TrainOptions, TrainResult } from '../../../src/runtime/training/events.js';
import { countingEngine } from './counting-engine.js';

export const smallSpec = `
name: small
seed: 7
input: [6]
layers:
  - { name: hidden, type: dense, units: 4 }
  - { name: out, type: dense, units: 3, activation: softmax }
training:
  dataset: { type: synthetic, classes: 3, train: 10, validation: 6 }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 4
  epochs: 2
`;

/** The small spec with parts of its text replaced. */
export function smallGraph(...replacements: readonly [string, string][]): ModelGraph {
  const text = replacements.reduce((result, [from, to]) => {
    if (!result.includes(from)) throw new Error(`the small spec has no '${from}'`);
    return result.replace(from, to);
  }, smallSpec);
  return compileSpec(text, 'small.yaml');
}

export function numbers(count: number, size = 6, classes = 3): Examples {
  return {
    count,
    values: Float32Array.from({ length: count * size }, (_, i) => Math.sin(i)),
    labels: Int32Array.from({ length: count }, (_, i) => i % classes),
  };
}

/** Ten training examples make two batches of four and one of two. */
export const smallData: Dataset = {
  name: 'numbers',
  shape: [6],
  classNames: ['one', 'two', 'three'],
  synthetic: false,
  origin: 'test',
  scale: 1,
  train: numbers(10),
  validation: numbers(6),
};

export interface Trained {
  readonly result: TrainResult;
  readonly events: readonly TrainEvent[];
}

/** Trains the small spec on the small data without tfjs, and keeps the events. */
export async function trainSmall(folder: string, options: Partial<TrainOptions> = {}): Promise<Trained> {
  const events: TrainEvent[] = [];
  const result = await train({
    graph: smallGraph(),
    dataset: smallData,
    folder,
    command: 'test',
    engine: async (graph) => countingEngine(graph),
    ...options,
    onEvent: (event) => {
      events.push(event);
      options.onEvent?.(event);
    },
  });
  return { result, events };
}

/** Aborts in the midst of training, after so many steps. */
export function abortAfter(steps: number): Pick<TrainOptions, 'signal' | 'onEvent'> {
  const controller = new AbortController();
  let seen = 0;
  return {
    signal: controller.signal,
    onEvent: ({ type }) => {
      if (type === 'step') seen += 1;
      if (seen === steps) controller.abort();
    },
  };
}

export function eventsOf<Type extends TrainEvent['type']>(
  events: readonly TrainEvent[],
  type: Type,
): Extract<TrainEvent, { type: Type }>[] {
  return events.filter((event): event is Extract<TrainEvent, { type: Type }> => event.type === type);
}

/** Everything in a run folder but run.json, which holds times, and the curves. */
export async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files = names.filter((name) => /\.\w+$|SUMS$/.test(name) && !/run\.json|curves/.test(name));
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), 'latin1')])),
  );
}
