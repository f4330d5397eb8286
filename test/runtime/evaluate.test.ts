import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evaluateRun } from '../../src/runtime/evaluate.js';
import { openRun } from '../../src/runtime/run-folder.js';
import { openTfjsEngine } from '../../src/runtime/tfjs-engine.js';
import { fakeCurves } from './support/fake-curves.js';
import { numbers, smallData, smallGraph, trainSmall } from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

fakeCurves();

let root: string;
let run: string;
const graph = smallGraph(['epochs: 2', 'epochs: 4'], ['learningRate: 0.01', 'learningRate: 0.1']);
beforeAll(async () => {
  root = await temporaryFolder();
  run = join(root, 'small');
  await trainSmall(run, { graph, engine: (g) => openTfjsEngine(g, 'cpu') });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const onCpu = { backend: 'cpu', dataset: smallData } as const;

describe('an evaluation of a run', () => {
  it('of its last checkpoint is the last row of its history, of its best that of the best', async () => {
    const { history, record } = await openRun(run);
    for (const [checkpoint, epoch] of [
      ['last', 4],
      ['best', record.best!.epoch],
    ] as const) {
      const result = await evaluateRun(run, { ...onCpu, checkpoint });
      const row = history[epoch - 1]!;
      expect(result).toMatchObject({
        checkpoint,
        epoch,
        engine: 'tfjs',
        backend: 'cpu',
        backendDescription: 'cpu, plain JavaScript, 1 thread',
        values: { loss: row.val_loss, accuracy: row.val_accuracy },
      });
    }
    const byPath = await evaluateRun(join(run, 'checkpoints/last'), onCpu);
    expect(byPath.checkpoint).toBe('last');
  });

  it('counts classes right and wrong', async () => {
    const { classification, values, dataset } = await evaluateRun(run, { ...onCpu, examples: 'train' });
    expect(dataset).toEqual({
      name: 'numbers',
      origin: 'test',
      synthetic: false,
      examples: 'train',
      count: 10,
    });
    const { confusion, classes, accuracy } = classification!;
    expect(confusion.map((row) => row.reduce((a, b) => a + b))).toEqual([4, 3, 3]);
    expect(classes.map(({ name, examples }) => [name, examples])).toEqual([
      ['one', 4],
      ['two', 3],
      ['three', 3],
    ]);
    classes.forEach((one, label) => {
      expect(one.correct).toBe(confusion[label]![label]);
      expect(one.accuracy).toBe(one.correct / one.examples);
    });
    expect(accuracy).toBeCloseTo(values.accuracy!, 6);
    expect(accuracy).toBe((confusion[0]![0]! + confusion[1]![1]! + confusion[2]![2]!) / 10);
  });

  it('can be of the first examples only, and tell of classes without any', async () => {
    const { dataset, classification } = await evaluateRun(run, { ...onCpu, limit: 2 });
    expect(dataset.count).toBe(2);
    expect(classification!.classes[2]).toEqual({ name: 'three', examples: 0, correct: 0, accuracy: null });
  });

  it('loads the data of the spec where it is given none', async () => {
    const { dataset } = await evaluateRun(run, { backend: 'cpu' });
    expect(dataset).toMatchObject({ name: 'synthetic', synthetic: true, count: 6 });
  });

  it('refuses data that the model does not take', async () => {
    const other = { ...smallData, validation: numbers(6, 6, 5) };
    await expect(evaluateRun(run, { ...onCpu, dataset: other })).rejects.toMatchObject({
      code: 'data-does-not-fit',
    });
    await expect(evaluateRun(run, { ...onCpu, limit: -1 })).rejects.toMatchObject({
      code: 'wrong-train-option',
      message: 'limit must be a whole number from 1, but is -1',
    });
    await expect(evaluateRun(run, { ...onCpu, checkpoint: 'epoch-1' })).rejects.toMatchObject({
      code: 'checkpoint-not-found',
    });
  });

  it('stops when it is told to', async () => {
    const reason = new Error('enough');
    await expect(evaluateRun(run, { ...onCpu, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });
});
