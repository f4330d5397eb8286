import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { train } from '../../src/runtime/trainer.js';
import { countingEngine } from './support/counting-engine.js';
import { fakeCurves } from './support/fake-curves.js';
import {
  abortAfter,
  eventsOf,
  filesOf,
  numbers,
  smallData,
  smallGraph,
  smallSpec,
  trainSmall,
} from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

const curves = { broken: false };
fakeCurves(async () => {
  if (curves.broken) throw new Error('no font');
  return { svg: '<svg/>', png: new Uint8Array([1]) };
});

let root: string;
let run: string;
beforeEach(async () => {
  root = await temporaryFolder();
  run = join(root, 'runs/small');
  return () => rm(root, { recursive: true, force: true });
});

const readJson = async (...path: string[]) => JSON.parse(await readFile(join(...path), 'utf8'));

describe('a new run', () => {
  it('tells what it does, in order', async () => {
    const { result, events } = await trainSmall(run);
    expect(events.map((event) => (event.type === 'checkpoint' ? event.checkpoint : event.type))).toEqual([
      ...['start', 'step', 'step', 'step', 'best', 'last', 'epoch'],
      ...['step', 'step', 'step', ...(result.best!.epoch === 2 ? ['best'] : []), 'last', 'epoch', 'end'],
    ]);
    expect(events[0]).toEqual({
      type: 'start',
      name: 'small',
      parameters: 6 * 4 + 4 + 4 * 3 + 3,
      seed: 7,
      dataset: { name: 'numbers', origin: 'test', synthetic: false, train: 10, validation: 6 },
      engine: 'counting',
      engineReason: null,
      backend: 'counting',
      backendDescription: 'a test',
      folder: run,
      resumed: null,
      movedOld: null,
      firstEpoch: 1,
      lastEpoch: 2,
      stepsPerEpoch: 3,
    });
    expect(events.at(-1)).toMatchObject({
      type: 'end',
      status: 'finished',
      epochs: 2,
      steps: 0,
      monitor: 'val_loss',
    });
    // Plain data, as `--json` prints it.
    expect(JSON.parse(JSON.stringify(events))).toEqual(events);
  });

  it('writes a folder that explains itself', async () => {
    const { result } = await trainSmall(run);
    expect((await readdir(run)).sort()).toEqual([
      ...['checkpoints', 'curves.png', 'curves.svg', 'history.csv', 'run.json', 'spec.yaml'],
    ]);
    expect(await readdir(join(root, 'runs'))).toEqual(['small']);
    expect(await readFile(join(run, 'spec.yaml'), 'utf8')).toBe(smallSpec);
    const [header, ...lines] = (await readFile(join(run, 'history.csv'), 'utf8')).trimEnd().split('\n');
    expect(header).toBe('epoch,loss,accuracy,val_loss,val_accuracy');
    expect(lines.map((line) => line.split(',').map(Number))).toEqual(
      result.history.map((row) => Object.values(row)),
    );
    expect(await readJson(run, 'run.json')).toMatchObject({
      status: 'finished',
      command: 'test',
      seed: 7,
      parameters: 43,
      data: { name: 'numbers', origin: 'test', synthetic: false, train: 10, validation: 6 },
      versions: { node: process.versions.node },
      epochs: 2,
      epochSeconds: [expect.any(Number), expect.any(Number)],
    });
  });

  it('weights means by the sizes of batches, the last of which is smaller', async () => {
    const losses = [3, 5, 11];
    const { result } = await trainSmall(run, {
      engine: async (graph) => countingEngine(graph, { lossAt: (step) => losses[step % 3]! }),
    });
    expect(result.history[0]!.loss).toBeCloseTo((4 * 3 + 4 * 5 + 2 * 11) / 10, 12);
  });

  it('validates as often as the plan says, and after the last epoch', async () => {
    const graph = smallGraph(['epochs: 2', 'epochs: 5\n  validationFrequency: 2']);
    const { result } = await trainSmall(run, { graph });
    expect(result.history.map((row) => row.val_loss !== null)).toEqual([false, true, false, true, true]);
    expect((await readFile(join(run, 'history.csv'), 'utf8')).split('\n')[1]).toMatch(/^1,[\d.]+,[\d.]+,,$/);
  });

  it('keeps every epoch without saveBestOnly', async () => {
    const graph = smallGraph(['epochs: 2', 'epochs: 3\n  checkpoint: { saveBestOnly: false }']);
    await trainSmall(run, { graph });
    expect((await readdir(join(run, 'checkpoints'))).sort()).toEqual([
      'best',
      'epoch-1',
      'epoch-2',
      'epoch-3',
      'last',
    ]);
    const files = await filesOf(join(run, 'checkpoints'));
    expect(files['epoch-3/weights.bin']).toBe(files['last/weights.bin']);
    expect(files['epoch-1/weights.bin']).not.toBe(files['last/weights.bin']);
  });

  it('monitors what the plan names', async () => {
    const losses = [4, 2, 3];
    const graph = smallGraph(['epochs: 2', 'epochs: 3\n  checkpoint: { monitor: loss, mode: max }']);
    const { result, events } = await trainSmall(run, {
      graph,
      engine: async (g) => countingEngine(g, { lossAt: (step) => losses[Math.floor(step / 3)]! }),
    });
    expect(result.best).toEqual({ epoch: 1, value: 4 });
    expect(eventsOf(events, 'epoch').map(({ best }) => best)).toEqual([true, false, false]);
    expect((await readJson(run, 'checkpoints/best/state.json')).epoch).toBe(1);
  });

  it('is the same again in another folder, and another with another seed', async () => {
    await trainSmall(run);
    await trainSmall(join(root, 'again'));
    await trainSmall(join(root, 'other'), { graph: smallGraph(['seed: 7', 'seed: 8']) });
    const [first, again, other] = await Promise.all(
      [run, join(root, 'again'), join(root, 'other')].map(filesOf),
    );
    expect(again).toEqual(first);
    expect(other!['history.csv']).not.toBe(first!['history.csv']);
  });

  it('uses the first examples where it is limited', async () => {
    const { events } = await trainSmall(run, { limitTrain: 5, limitValidation: 3 });
    expect(events[0]).toMatchObject({ dataset: { train: 5, validation: 3 }, stepsPerEpoch: 2 });
    const cut = { ...smallData, train: numbers(5), validation: numbers(3) };
    await trainSmall(join(root, 'cut'), { dataset: cut });
    expect((await filesOf(join(root, 'cut')))['history.csv']).toBe((await filesOf(run))['history.csv']);
  });

  it('scales bytes and takes floats as they are', async () => {
    const bytes = Uint8Array.from({ length: 60 }, (_, i) => (i * 37) % 256);
    const floats = Float32Array.from(bytes, (byte) => byte / 256);
    const dataWith = (values: Uint8Array | Float32Array) => ({
      ...smallData,
      scale: 1 / 256,
      train: { ...smallData.train, values },
    });
    await trainSmall(run, { dataset: dataWith(bytes) });
    await trainSmall(join(root, 'floats'), { dataset: dataWith(floats) });
    expect((await filesOf(join(root, 'floats')))['history.csv']).toBe((await filesOf(run))['history.csv']);
  });

  it('lets timers and signals through between steps', async () => {
    let ticks = 0;
    const timer = setInterval(() => {
      ticks += 1;
    }, 10);
    const slow = () => {
      const end = performance.now() + 20;
      while (performance.now() < end);
      return 1;
    };
    await trainSmall(run, {
      engine: async (graph) => countingEngine(graph, { lossAt: slow }),
      limitTrain: 10,
    });
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
  });

  it('saves within an epoch as often as it is told', async () => {
    const { events } = await trainSmall(run, { saveEverySeconds: 0 });
    expect(
      eventsOf(events, 'checkpoint')
        .filter(({ step }) => step > 0)
        .map(({ epoch, step }) => [epoch, step]),
    ).toEqual([
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ]);
  });

  it('finishes although the curves cannot be drawn, and says so', async () => {
    curves.broken = true;
    const { result, events } = await trainSmall(run).finally(() => {
      curves.broken = false;
    });
    expect(result.status).toBe('finished');
    expect(eventsOf(events, 'notice')).toEqual([
      { type: 'notice', message: 'the curves could not be drawn: no font' },
    ]);
  });
});

describe('what training cannot begin with', () => {
  const cases: readonly [string, Parameters<typeof trainSmall>[1], string, RegExp][] = [
    [
      'examples of another shape',
      { dataset: { ...smallData, shape: [7], train: numbers(10, 7), validation: numbers(6, 7) } },
      'data-does-not-fit',
      /the examples of numbers are 7, but small takes 6/,
    ],
    [
      'a label beyond the outputs',
      { dataset: { ...smallData, validation: numbers(6, 6, 4) } },
      'data-does-not-fit',
      /the validation example 3 of numbers has the label 3, but the model has 3 outputs, for labels 0 to 2/,
    ],
    [
      'arrays that are too short',
      { dataset: { ...smallData, train: { ...numbers(10), count: 11 } } },
      'data-does-not-fit',
      /says that it has 11 training examples of 6, but holds 60 values and 10 labels/,
    ],
    [
      'no training examples',
      { dataset: { ...smallData, train: numbers(0) } },
      'data-does-not-fit',
      /numbers has no training examples/,
    ],
    [
      'a monitor without validation examples',
      { dataset: { ...smallData, validation: numbers(0) } },
      'monitor-without-value',
      /'val_loss', but there are no validation examples, so that the history has loss, accuracy only/,
    ],
    [
      'a limit of nothing',
      { limitTrain: 0 },
      'wrong-train-option',
      /limitTrain must be a whole number from 1/,
    ],
    ['half an epoch', { untilEpoch: 1.5 }, 'wrong-train-option', /untilEpoch must be a whole number from 1/],
    [
      'nothing to resume',
      { resumeFrom: 'best' },
      'checkpoint-not-found',
      /there is no run in .* to go on with/,
    ],
    [
      'a spec without training',
      { graph: compileSpec(smallSpec.slice(0, smallSpec.indexOf('training:')), 'small.yaml') },
      'no-training',
      /small.yaml has no 'training' section/,
    ],
  ];
  it.each(cases)('%s', async (_, options, code, message) => {
    await expect(trainSmall(run, options)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await readdir(join(root, 'runs')).catch(() => [])).toEqual([]);
  });

  it('a layer that tfjs has no gradient for', async () => {
    const graph = smallGraph(
      ['input: [6]', 'input: [6, 6, 1]'],
      [
        'layers:',
        'layers:\n  - { name: c, type: conv2d, filters: 2, kernelSize: 2, dilationRate: 2 }\n  - { type: flatten }',
      ],
    );
    const error = await trainSmall(run, { graph }).catch((thrown) => thrown);
    expect(error).toMatchObject({
      name: 'SpecError',
      diagnostics: [{ code: 'not-trainable', severity: 'error' }],
    });
    expect(await readdir(root)).toEqual([]);
  });

  it('a folder that holds something else', async () => {
    await mkdir(run, { recursive: true });
    await writeFile(join(run, 'thesis.txt'), 'mine');
    await expect(trainSmall(run)).rejects.toMatchObject({ code: 'run-not-found' });
    expect(await readdir(run)).toEqual(['thesis.txt']);
  });

  it('a folder below a file', async () => {
    await writeFile(join(root, 'runs'), 'a file');
    await expect(trainSmall(run)).rejects.toMatchObject({
      code: 'disk-write-failed',
      message: expect.stringContaining('a part of the path is a file'),
    });
  });

  it('a signal that is aborted already', async () => {
    const reason = new Error('stop');
    await expect(trainSmall(run, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(await readdir(root)).toEqual([]);
  });
});

describe('a loss that is no number', () => {
  it('stops, says where, and leaves the last checkpoint as it was', async () => {
    await trainSmall(run);
    const before = await filesOf(run);
    const lossAt = (step: number) => (step === 7 ? Number.NaN : 1);
    await expect(
      trainSmall(run, { engine: async (graph) => countingEngine(graph, { lossAt }) }),
    ).rejects.toMatchObject({ code: 'loss-not-finite', message: 'the loss is NaN at step 2 of epoch 3' });
    expect(await filesOf(run)).toEqual(before);
    expect(await readJson(run, 'run.json')).toMatchObject({
      status: 'failed',
      error: 'the loss is NaN at step 2 of epoch 3',
      epochs: 2,
    });
  });

  it('may come of an option of the optimizer, which is then named first', async () => {
    const graph = smallGraph(['type: adam', 'type: rmsprop, centered: true']);
    const lossAt = () => Number.NaN;
    await expect(
      trainSmall(run, { graph, engine: async (given) => countingEngine(given, { lossAt }) }),
    ).rejects.toMatchObject({
      hints: [expect.stringMatching(/^leave 'centered' out/), expect.anything(), expect.anything()],
    });
  });

  it('never saves weights that are no numbers', async () => {
    const engine = countingEngine(smallGraph());
    const ruined = {
      ...engine,
      getWeights: async () =>
        (await engine.getWeights()).map((weight) => ({
          ...weight,
          values: weight.values.map(() => Number.NaN),
        })),
    };
    await expect(trainSmall(run, { engine: async () => ruined })).rejects.toMatchObject({
      code: 'loss-not-finite',
      message: 'the weight hidden/kernel has values that are no numbers after epoch 1',
    });
    expect(await readdir(run)).not.toContain('checkpoints');
  });
});

describe('the lock', () => {
  it('lets one process train in a folder at a time, and lets go at the end', async () => {
    let second: Promise<unknown> | undefined;
    await trainSmall(run, {
      onEvent: ({ type }) => {
        if (type === 'start') second = trainSmall(run).catch((error: unknown) => error);
      },
    });
    expect(await second).toMatchObject({
      code: 'run-locked',
      message: `process ${process.pid} is training in ${run}`,
    });
    expect(await readdir(join(root, 'runs'))).toEqual(['small']);
    expect((await trainSmall(run)).result.history).toHaveLength(4);
  });

  it('of a process that is gone, or whose number another process has now, is free', async () => {
    for (const owner of [
      { pid: 2 ** 22 + 1, host: (await import('node:os')).hostname(), processStart: null },
      { pid: process.pid, host: (await import('node:os')).hostname(), processStart: '1' },
    ]) {
      await mkdir(`${run}.lock`, { recursive: true });
      await writeFile(`${run}.lock.json`, JSON.stringify(owner));
      await trainSmall(run);
    }
    expect(await readdir(join(root, 'runs'))).toEqual(['small']);
  });

  it('is not left behind where it cannot be noted whose it is', async () => {
    await mkdir(`${run}.lock.json`, { recursive: true });
    await expect(trainSmall(run)).rejects.toMatchObject({ code: 'disk-write-failed' });
    expect(await readdir(join(root, 'runs'))).toEqual(['small.lock.json']);
  });

  it('of another machine is respected', async () => {
    await mkdir(`${run}.lock`, { recursive: true });
    await writeFile(`${run}.lock.json`, JSON.stringify({ pid: 1, host: 'elsewhere', processStart: null }));
    await expect(trainSmall(run)).rejects.toMatchObject({
      code: 'run-locked',
      message: `process 1 on elsewhere is training in ${run}`,
    });
  });
});

it('loads the data set that the spec names, and trains on it with tfjs', { timeout: 30_000 }, async () => {
  const result = await train({
    graph: smallGraph(
      ['input: [6]', 'input: [4, 4, 1]'],
      ['layers:', 'layers:\n  - { name: flat, type: flatten }'],
    ),
    folder: run,
    backend: 'cpu',
  });
  expect(result.status).toBe('finished');
  expect(await readJson(run, 'run.json')).toMatchObject({
    data: { name: 'synthetic', synthetic: true },
    backend: 'cpu',
  });
});

it('interrupted, saves within the epoch and says so', async () => {
  const { result, events } = await trainSmall(run, abortAfter(4));
  expect(result.status).toBe('interrupted');
  expect(events.at(-1)).toMatchObject({ type: 'end', status: 'interrupted', epochs: 1, steps: 1 });
  expect(await readJson(run, 'run.json')).toMatchObject({ status: 'interrupted', epochs: 1, steps: 1 });
});

it('interrupted while it validates, goes on with the validation', async () => {
  const whole = join(root, 'whole');
  await trainSmall(whole);
  const controller = new AbortController();
  const { events } = await trainSmall(run, {
    signal: controller.signal,
    engine: async (graph) => {
      const engine = countingEngine(graph);
      return {
        ...engine,
        evaluateBatch: (batch) => {
          controller.abort();
          return engine.evaluateBatch(batch);
        },
      };
    },
  });
  expect(events.at(-1)).toMatchObject({ type: 'end', status: 'interrupted', epochs: 0, steps: 3 });
  const resumed = await trainSmall(run);
  expect(eventsOf(resumed.events, 'step')[0]).toMatchObject({ epoch: 2, step: 1 });
  expect(await filesOf(run)).toEqual(await filesOf(whole));
});
