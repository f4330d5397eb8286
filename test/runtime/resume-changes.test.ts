/** What a second command in a run folder does: how far it trains, and what it says to a changed spec. */
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import type { TrainOptions } from '../../src/runtime/training/events.js';
import { countingEngine } from './support/counting-engine.js';
import { fakeCurves } from './support/fake-curves.js';
import {
  abortAfter,
  eventsOf,
  filesOf,
  numbers,
  smallData,
  smallGraph,
  trainSmall,
} from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

fakeCurves();

let root: string;
let run: string;
beforeEach(async () => {
  root = await temporaryFolder();
  run = join(root, 'small');
  return () => rm(root, { recursive: true, force: true });
});

const epochs = (count: number) => smallGraph(['epochs: 2', `epochs: ${count}`]);
const record = async () => JSON.parse(await readFile(join(run, 'run.json'), 'utf8'));
const notices = (events: Parameters<typeof eventsOf>[0]) =>
  eventsOf(events, 'notice').map(({ message }) => message);

describe('how far it trains', () => {
  it('an unfinished run, to its planned end, as if it had never stopped', async () => {
    const whole = join(root, 'whole');
    await trainSmall(whole, { graph: epochs(4) });
    for (const steps of [1, 3, 2, 4]) await trainSmall(run, { graph: epochs(4), ...abortAfter(steps) });
    const { events } = await trainSmall(run, { graph: epochs(4) });
    expect(events[0]).toMatchObject({
      resumed: { checkpoint: 'last', epochs: 3, steps: 1 },
      firstEpoch: 4,
      lastEpoch: 4,
    });
    expect(await filesOf(run)).toEqual(await filesOf(whole));
  });

  it('a finished run, as many epochs more, in the streams of these epochs', async () => {
    await trainSmall(run, { graph: epochs(2) });
    const { events, result } = await trainSmall(run, { graph: epochs(2) });
    expect(events[0]).toMatchObject({ resumed: { epochs: 2, steps: 0 }, firstEpoch: 3, lastEpoch: 4 });
    expect(result.history.map(({ epoch }) => epoch)).toEqual([1, 2, 3, 4]);
    const whole = join(root, 'whole');
    await trainSmall(whole, { graph: epochs(4) });
    for (const file of ['history.csv', 'checkpoints/last/weights.bin', 'checkpoints/last/optimizer.bin']) {
      expect((await filesOf(run))[file]).toBe((await filesOf(whole))[file]);
    }
    expect(await record()).toMatchObject({ status: 'finished', epochs: 4, leg: { start: 2, epochs: 2 } });
  });

  it('an unfinished run, to the end that the spec names now', async () => {
    await trainSmall(run, { graph: epochs(4), ...abortAfter(4) });
    expect((await trainSmall(run, { graph: epochs(3) })).events[0]).toMatchObject({
      firstEpoch: 2,
      lastEpoch: 3,
    });
  });

  it('an unfinished run whose epochs were cut below what it has, to the end of its epoch', async () => {
    await trainSmall(run, { graph: epochs(4), ...abortAfter(7) });
    const { result } = await trainSmall(run, { graph: epochs(1) });
    expect([result.status, result.history.length]).toEqual(['finished', 3]);
  });

  it('any run, until the epoch that is asked for', async () => {
    await trainSmall(run, { untilEpoch: 3 });
    expect((await trainSmall(run, { untilEpoch: 5 })).result.history).toHaveLength(5);
    const { events, result } = await trainSmall(run, { untilEpoch: 5 });
    expect([result.status, result.history.length]).toEqual(['finished', 5]);
    expect(eventsOf(events, 'step')).toEqual([]);
    expect((await trainSmall(run)).result.history).toHaveLength(7);
  });

  it('a second stretch that was killed before its first save, that stretch', async () => {
    await trainSmall(run);
    await cp(join(run, 'checkpoints'), join(root, 'checkpoints'), { recursive: true });
    await trainSmall(run, abortAfter(1));
    await rm(join(run, 'checkpoints'), { recursive: true });
    await cp(join(root, 'checkpoints'), join(run, 'checkpoints'), { recursive: true });
    const begun = { ...(await record()), status: 'running', steps: 0 };
    await writeFile(join(run, 'run.json'), JSON.stringify(begun));
    expect((await trainSmall(run)).events[0]).toMatchObject({ firstEpoch: 3, lastEpoch: 4 });
  });

  it('a stretch that was killed while it wrote its last files, not at all: these are written', async () => {
    await trainSmall(run);
    await writeFile(join(run, 'run.json'), JSON.stringify({ ...(await record()), status: 'running' }));
    await rm(join(run, 'curves.svg'));
    const { events } = await trainSmall(run);
    expect(events.map(({ type }) => type)).toEqual(['start', 'end']);
    expect(await record()).toMatchObject({ status: 'finished', epochs: 2 });
    expect(await readdir(run)).toContain('curves.svg');
  });

  it('fresh, from the start, and the old run is moved aside', async () => {
    await trainSmall(run);
    const old = await filesOf(run);
    const { events } = await trainSmall(run, { fresh: true });
    expect(events[0]).toMatchObject({ resumed: null, movedOld: `${run}.1`, firstEpoch: 1 });
    expect(await filesOf(`${run}.1`)).toEqual(old);
    expect(await filesOf(run)).toEqual(old);
    expect((await trainSmall(run, { fresh: true })).events[0]).toMatchObject({ movedOld: `${run}.2` });
    expect((await readdir(root)).sort()).toEqual(['small', 'small.1', 'small.2']);
  });

  it('a run that was stopped before its first save, from the start', async () => {
    await trainSmall(run);
    const whole = await filesOf(run);
    await rm(join(run, 'checkpoints'), { recursive: true });
    const { events } = await trainSmall(run);
    expect(events[0]).toMatchObject({ resumed: null, firstEpoch: 1 });
    expect(notices(events)).toEqual(['the run in the folder had no checkpoint yet: it begins anew']);
    expect(await filesOf(run)).toEqual(whole);
  });

  it('on another backend, with a word about it', async () => {
    await trainSmall(run);
    const { events } = await trainSmall(run, {
      engine: async (graph) => ({ ...countingEngine(graph), backend: 'other' }),
    });
    expect(notices(events)).toEqual([
      'the run was trained on counting before: on other results differ in rounding',
    ]);
  });
});

describe('a changed spec', () => {
  const changed = smallGraph(
    ['batchSize: 4', 'batchSize: 5'],
    ['activation: softmax', 'activation: sigmoid'],
    ['learningRate: 0.01', 'learningRate: 0.02'],
    ['seed: 7', 'seed: 9'],
  );

  it('is refused, option by option, with the ways out, and nothing is touched', async () => {
    await trainSmall(run, abortAfter(4));
    const before = await filesOf(run);
    const refused = await trainSmall(run, { graph: changed }).catch((error) => error);
    expect(refused).toMatchObject({ name: 'SpecccError', code: 'run-changed' });
    expect(refused.message.split('\n')).toEqual([
      `the run in ${run} was begun with other values than these:`,
      '  seed: 7 → 9',
      '  layers.out.activation: softmax → sigmoid',
      '  training.optimizer.learningRate: 0.01 → 0.02',
      '  training.batchSize: 4 → 5',
    ]);
    expect(refused.hints.map((hint: string) => hint.split(' ')[0])).toEqual([
      '--on-change',
      '--on-change',
      '--fresh',
    ]);
    expect(await filesOf(run)).toEqual(before);
    expect((await trainSmall(run)).result.status).toBe('finished');
  });

  it('is not one where only words, epochs, the order of keys or written defaults differ', async () => {
    await trainSmall(run, abortAfter(4));
    const graph = smallGraph(
      [
        '{ name: out, type: dense, units: 3, activation: softmax }',
        '{ activation: softmax, units: 3, type: dense, name: out, useBias: true, kernelInitializer: glorotNormal }',
      ],
      ['input: [6]', 'description: The same # in other words\ninput: [6]'],
      ['epochs: 2', 'epochs: 3'],
    );
    expect((await trainSmall(run, { graph })).result.history).toHaveLength(3);
  });

  it('keep-run goes on as if nothing had changed', async () => {
    const whole = join(root, 'whole');
    await trainSmall(whole);
    await trainSmall(run, abortAfter(4));
    const { result } = await trainSmall(run, { graph: changed, onChange: 'keep-run' });
    expect(result.status).toBe('finished');
    expect(await filesOf(run)).toEqual(await filesOf(whole));
  });

  it('keep-run needs the spec of the run', async () => {
    await trainSmall(run, abortAfter(4));
    await rm(join(run, 'spec.yaml'));
    await expect(trainSmall(run, { graph: changed, onChange: 'keep-run' })).rejects.toMatchObject({
      code: 'run-damaged',
      message: `the run ${run} has no readable spec.yaml to keep`,
    });
  });

  it('use-spec goes on with the new values, says so, and needs no telling again', async () => {
    await trainSmall(run, abortAfter(4));
    const { events } = await trainSmall(run, { graph: changed, onChange: 'use-spec', ...abortAfter(1) });
    expect(notices(events)).toEqual([
      'the run goes on with changed values: seed: 7 → 9, layers.out.activation: softmax → sigmoid, training.optimizer.learningRate: 0.01 → 0.02, training.batchSize: 4 → 5',
      'epoch 2 starts over from its first step, with the weights that it had reached',
      'earlier epochs no longer count as best, since their values do not compare',
    ]);
    expect(events[0]).toMatchObject({ seed: 9, stepsPerEpoch: 2, firstEpoch: 2 });
    const again = await trainSmall(run, { graph: changed });
    expect([again.result.status, notices(again.events)]).toEqual(['finished', []]);
    expect(again.result.history).toHaveLength(2);
    expect(await readFile(join(run, 'spec.yaml'), 'utf8')).toContain('batchSize: 5');
  });

  it('a changed learning rate keeps the steps of the epoch and the best epoch', async () => {
    await trainSmall(run, abortAfter(4));
    const graph = smallGraph(['learningRate: 0.01', 'learningRate: 0.02']);
    const { events } = await trainSmall(run, { graph, onChange: 'use-spec', ...abortAfter(1) });
    expect(notices(events)).toHaveLength(1);
    expect(events[0]).toMatchObject({ resumed: { epochs: 1, steps: 1 } });
    expect(eventsOf(events, 'end')[0]!.best).toMatchObject({ epoch: 1 });
  });

  it('a changed monitor chooses the best of the epochs so far', async () => {
    const losses = [3, 1, 2];
    const engine: TrainOptions['engine'] = async (graph) =>
      countingEngine(graph, { lossAt: (step) => losses[Math.floor(step / 3)] ?? 5 });
    await trainSmall(run, { engine, untilEpoch: 3 });
    const graph = smallGraph(['epochs: 2', 'epochs: 2\n  checkpoint: { monitor: loss }']);
    const { result } = await trainSmall(run, { engine, graph, onChange: 'use-spec', untilEpoch: 4 });
    expect(result.best).toEqual({ epoch: 2, value: 1 });
  });

  it('another optimizer starts afresh', async () => {
    await trainSmall(run);
    const graph = smallGraph(['{ type: adam, learningRate: 0.01 }', '{ type: sgd, learningRate: 0.01 }']);
    const { events } = await trainSmall(run, { graph, onChange: 'use-spec' });
    expect(notices(events)).toContain('the optimizer sgd starts afresh, since the run had adam before');
  });

  it('layers that the weights do not fit cannot be used', async () => {
    await trainSmall(run);
    const before = await filesOf(run);
    const graph = smallGraph(
      ['units: 4', 'units: 5'],
      ['layers:', 'layers:\n  - { name: first, type: dense, units: 6 }'],
    );
    await expect(trainSmall(run, { graph, onChange: 'use-spec' })).rejects.toMatchObject({
      code: 'checkpoint-of-another-model',
      message: [
        `the weights of ${run}/checkpoints/last do not fit the model small:`,
        '  first/kernel [6, 6] is missing',
        '  first/bias [6] is missing',
        "  hidden/kernel is [6, 4], but the model's is [6, 5]",
        "  hidden/bias is [4], but the model's is [5]",
        "  out/kernel is [4, 3], but the model's is [5, 3]",
      ].join('\n'),
    });
    expect(await filesOf(run)).toEqual(before);
  });
});

describe('changed data', () => {
  it('are noticed: limits, names, and values', async () => {
    await trainSmall(run);
    const refusal = async (options: Partial<TrainOptions>) =>
      (await trainSmall(run, options).catch((error) => error)).message.split('\n').slice(1).join('\n');
    expect(await refusal({ limitTrain: 9 })).toMatch(/^ {2}data.train: 10 → 9\n {2}data.digest: /);
    expect(await refusal({ dataset: { ...smallData, name: 'others' } })).toBe(
      '  data.name: numbers → others',
    );
    const values = numbers(10).values.map((value) => value + 1);
    const other = { ...smallData, train: { ...numbers(10), values } };
    expect(await refusal({ dataset: other })).toMatch(/^ {2}data.digest: [0-9a-f]+ → [0-9a-f]+$/);
    expect(await refusal({ dataset: other, onChange: 'keep-run' })).toMatch(/^ {2}data.digest/);
    expect((await trainSmall(run, { dataset: other, onChange: 'use-spec' })).result.history).toHaveLength(4);
  });

  it('keep-run keeps the limits', async () => {
    await trainSmall(run, { limitTrain: 6, limitValidation: 2, ...abortAfter(2) });
    const { events } = await trainSmall(run, { onChange: 'keep-run' });
    expect(events[0]).toMatchObject({ dataset: { train: 6, validation: 2 } });
  });
});

describe('initial weights', () => {
  const start = (path: string, folder: string, options: Partial<TrainOptions> = {}) =>
    trainSmall(folder, { initialWeights: path, ...options });
  const firstWeights = async (folder: string) =>
    (await filesOf(join(folder, 'checkpoints/last')))['weights.bin'];

  it('come from a run, a checkpoint or a model.json', async () => {
    await trainSmall(run);
    const folders = [run, join(run, 'checkpoints/best'), join(run, 'checkpoints/best/model.json')];
    const files = [];
    for (const [i, path] of folders.entries()) {
      const folder = join(root, `from-${i}`);
      await start(path, folder, { untilEpoch: 1 });
      files.push(await filesOf(folder));
    }
    expect(files[1]).toEqual(files[0]);
    expect(files[2]).toEqual(files[0]);
    await trainSmall(join(root, 'without'), { untilEpoch: 1 });
    expect(await firstWeights(join(root, 'from-0'))).not.toBe(await firstWeights(join(root, 'without')));
  });

  it('are where the run begins: stopped before its first step it has just these', async () => {
    await trainSmall(run);
    const controller = new AbortController();
    const folder = join(root, 'second');
    await start(join(run, 'checkpoints/last'), folder, {
      signal: controller.signal,
      onEvent: ({ type }) => type === 'start' && controller.abort(),
    });
    expect(await firstWeights(folder)).toBe(await firstWeights(run));
  });

  it('may be named again when the run goes on, but not others', async () => {
    await trainSmall(run);
    const second = join(root, 'second');
    await start(run, second, abortAfter(1));
    expect((await start(run, second)).result.status).toBe('finished');
    await trainSmall(run, { fresh: true, graph: smallGraph(['seed: 7', 'seed: 8']) });
    await expect(start(run, second)).rejects.toMatchObject({ code: 'initial-weights-not-used' });
  });

  it('must fit, and must be there', async () => {
    await trainSmall(run);
    const second = join(root, 'second');
    await expect(start(run, second, { graph: smallGraph(['units: 4', 'units: 5']) })).rejects.toMatchObject({
      code: 'checkpoint-of-another-model',
      message: expect.stringContaining("hidden/kernel is [6, 4], but the model's is [6, 5]"),
    });
    await expect(start(join(root, 'nowhere'), second)).rejects.toMatchObject({
      code: 'checkpoint-not-found',
    });
    await expect(start(root, second)).rejects.toMatchObject({ code: 'checkpoint-not-found' });
    expect(await readdir(root)).toEqual(['small']);
  });
});
