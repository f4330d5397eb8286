import { spawnSync } from 'node:child_process';
import { readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { openBackend } from '../../src/runtime/backend.js';
import {
  checkpointFileNames,
  checkpointFiles,
  readCheckpoint,
  readModelWeights,
} from '../../src/runtime/checkpoint.js';
import { checkpointHandler } from '../../src/runtime/run-model.js';
import { openTfjsEngine } from '../../src/runtime/tfjs-engine.js';
import { batchFiller } from '../../src/runtime/training/batches.js';
import { writeFolderWhole } from '../../src/runtime/whole-files.js';
import { fakeCurves } from './support/fake-curves.js';
import { abortAfter, eventsOf, filesOf, smallData, smallGraph, trainSmall } from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

fakeCurves();

let root: string;
let run: string;
let last: string;
let best: string;
beforeEach(async () => {
  root = await temporaryFolder();
  run = join(root, 'small');
  last = join(run, 'checkpoints/last');
  best = join(run, 'checkpoints/best');
  return () => rm(root, { recursive: true, force: true });
});

const changeByte = async (file: string) => {
  const bytes = await readFile(file);
  bytes[bytes.length >> 1]! ^= 1;
  await writeFile(file, bytes);
};

const damages: readonly [string, (file: string) => Promise<unknown>, RegExp][] = [
  ['missing', (file) => rm(file), /is missing/],
  ['cut short', async (file) => truncate(file, (await readFile(file)).length - 4), /is not what was written/],
  ['altered', changeByte, /is not what was written/],
  ['empty', (file) => writeFile(file, ''), /is not what was written/],
];

describe.each(checkpointFileNames)('a damaged %s', (name) => {
  it.each(damages)('that is %s is named, never used and never overwritten', async (_, damage, message) => {
    await trainSmall(run, abortAfter(4));
    await damage(join(last, name));
    const before = await filesOf(run);
    const error = await trainSmall(run).catch((e) => e);
    expect(error).toMatchObject({ name: 'SpecccError', code: 'checkpoint-damaged' });
    expect(error.message).toContain(`the checkpoint ${last} is damaged: ${name}`);
    expect(error.message).toMatch(message);
    expect(error.hints).toEqual([
      '--resume-from best goes on from checkpoints/best, which is whole, after epoch 1',
      `--fresh begins anew and moves this run to ${run}.1`,
    ]);
    expect(await filesOf(run)).toEqual(before);
  });
});

describe('a damaged checkpoint', () => {
  it('without its sums is not trusted', async () => {
    await trainSmall(run);
    await rm(join(last, 'SHA256SUMS'));
    await expect(readCheckpoint(last)).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      message: `the checkpoint ${last} is damaged: SHA256SUMS is missing`,
    });
  });

  it('is moved aside where the run goes on from the best one, to the same end', async () => {
    const whole = join(root, 'whole');
    await trainSmall(whole);
    await trainSmall(run, abortAfter(5));
    await changeByte(join(last, 'weights.bin'));
    const damaged = await readFile(join(last, 'weights.bin'));
    const { events } = await trainSmall(run, { resumeFrom: 'best' });
    expect(events[0]).toMatchObject({ resumed: { checkpoint: 'best', epochs: 1, steps: 0 } });
    expect(eventsOf(events, 'notice')[0]!.message).toBe(`the last checkpoint was moved to ${last}.1`);
    expect(await readFile(`${last}.1/weights.bin`)).toEqual(damaged);
    await rm(`${last}.1`, { recursive: true });
    expect(await filesOf(run)).toEqual(await filesOf(whole));
  });

  it('is moved with the whole run by fresh', async () => {
    await trainSmall(run, abortAfter(5));
    await changeByte(join(last, 'state.json'));
    const { result } = await trainSmall(run, { fresh: true });
    expect(result.status).toBe('finished');
    await expect(readCheckpoint(`${run}.1/checkpoints/last`)).rejects.toMatchObject({
      code: 'checkpoint-damaged',
    });
  });

  it('does not serve as initial weights', async () => {
    await trainSmall(run);
    await changeByte(join(best, 'weights.bin'));
    for (const path of [run, best, join(best, 'model.json')]) {
      await expect(trainSmall(join(root, 'second'), { initialWeights: path })).rejects.toMatchObject({
        code: 'checkpoint-damaged',
        message: `the checkpoint ${best} is damaged: weights.bin is not what was written`,
      });
    }
  });
});

it.skipIf(spawnSync('sha256sum', ['--version']).status !== 0)(
  'has sums that sha256sum checks (skipped where there is none)',
  async () => {
    await trainSmall(run);
    const check = spawnSync('sha256sum', ['--check', '--strict', 'SHA256SUMS'], {
      cwd: best,
      encoding: 'utf8',
    });
    expect(check.stdout).toBe('model.json: OK\nweights.bin: OK\noptimizer.bin: OK\nstate.json: OK\n');
  },
);

describe('model.json and weights.bin', () => {
  it('are a layers-model of tfjs, with the weights and outputs of the run', { timeout: 30_000 }, async () => {
    const engine = await openTfjsEngine(smallGraph(), 'cpu');
    await trainSmall(run, { engine: async () => engine });
    const { tf } = await openBackend('cpu');
    const model = await tf.loadLayersModel(checkpointHandler(last));
    const saved = await readCheckpoint(last);
    expect(model.getWeights().map((weight) => weight.dataSync())).toEqual(
      saved.weights.map(({ values }) => values),
    );

    const fresh = await openTfjsEngine(smallGraph(), 'cpu');
    await fresh.setWeights(saved.weights);
    const batch = batchFiller(smallData.validation, [6], 1, 6)(0, 6);
    const outputs = model.predict(tf.tensor(batch.inputs, [6, 6])) as ReturnType<typeof tf.tensor>;
    expect(outputs.dataSync()).toEqual(await fresh.predictBatch(batch));
  });

  it('of another program serve as initial weights, in several files, without sums', async () => {
    const { tf } = await openBackend('cpu');
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ name: 'hidden', units: 4, inputShape: [6] }),
        tf.layers.dense({ name: 'out', units: 3 }),
      ],
    });
    await model.save({
      save: async (artifacts) => {
        const weights = artifacts.weightSpecs!;
        const bytes = Buffer.from(artifacts.weightData as ArrayBuffer);
        const groups = [
          { paths: ['a.bin'], weights: weights.slice(0, 2) },
          { paths: ['b.bin', 'c.bin'], weights: weights.slice(2) },
        ];
        const cut = (6 * 4 + 4) * 4;
        await writeFile(join(root, 'a.bin'), bytes.subarray(0, cut));
        await writeFile(join(root, 'b.bin'), bytes.subarray(cut, cut + 8));
        await writeFile(join(root, 'c.bin'), bytes.subarray(cut + 8));
        await writeFile(
          join(root, 'model.json'),
          JSON.stringify({ modelTopology: artifacts.modelTopology, weightsManifest: groups }),
        );
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' as const } };
      },
    });
    const read = await readModelWeights(join(root, 'model.json'));
    expect(read.map(({ name }) => name)).toEqual(['hidden/kernel', 'hidden/bias', 'out/kernel', 'out/bias']);
    expect(read.map(({ values }) => values)).toEqual(model.getWeights().map((weight) => weight.dataSync()));
    const { result } = await trainSmall(run, { initialWeights: join(root, 'model.json') });
    expect(result.status).toBe('finished');

    await rm(join(root, 'b.bin'));
    await expect(readModelWeights(join(root, 'model.json'))).rejects.toMatchObject({
      code: 'checkpoint-damaged',
      message: expect.stringContaining('its weights b.bin are missing'),
    });
    await writeFile(join(root, 'b.bin'), 'four');
    await expect(readModelWeights(join(root, 'model.json'))).rejects.toMatchObject({
      message: expect.stringContaining('its weights have 168 bytes, but 172 are announced'),
    });
    await writeFile(join(root, 'model.json'), '{"modelTopology": {}}');
    await expect(readModelWeights(join(root, 'model.json'))).rejects.toMatchObject({
      message: expect.stringContaining('it is not a tfjs layers-model with weights'),
    });
  });
});

it('holds the state of training and nothing that depends on when it was written', async () => {
  await trainSmall(run, abortAfter(5));
  const { state, optimizer, weights } = await readCheckpoint(last);
  expect(state).toMatchObject({ epoch: 1, step: 2, means: { examples: 8 }, leg: { start: 0, epochs: 2 } });
  expect(state.history).toHaveLength(1);
  expect(optimizer).toMatchObject({ type: 'adam', iterations: 5 });
  expect(weights.map(({ name, trainable }) => [name, trainable])).toEqual([
    ['hidden/kernel', true],
    ['hidden/bias', true],
    ['out/kernel', true],
    ['out/bias', true],
  ]);
  const text = await readFile(join(last, 'state.json'), 'utf8');
  expect(text).not.toMatch(/20\d\d-|second|time|wasm|cpu|counting/i);
});

it('of a newer speccc is not misread', async () => {
  const { createHash } = await import('node:crypto');
  await trainSmall(run);
  const file = join(last, 'state.json');
  const text = (await readFile(file, 'utf8')).replace('"version": 1', '"version": 2');
  await writeFile(file, text);
  const sums = await readFile(join(last, 'SHA256SUMS'), 'utf8');
  const digest = createHash('sha256').update(text).digest('hex');
  await writeFile(join(last, 'SHA256SUMS'), sums.replace(/\w{64}(?= {2}state.json)/, digest));
  await expect(readCheckpoint(last)).rejects.toMatchObject({
    code: 'checkpoint-damaged',
    message: expect.stringContaining('was written by another version of speccc'),
  });
});

it('is read whole while it is replaced again and again', async () => {
  await trainSmall(run);
  const { state, ...content } = await readCheckpoint(last);
  let writing = true;
  const writer = (async () => {
    for (let epoch = 100; writing; epoch += 1) {
      const weights = content.weights.map((weight) => ({
        ...weight,
        values: weight.values.map(() => epoch),
      }));
      await writeFolderWhole(last, checkpointFiles({ ...content, weights, state: { ...state, epoch } }));
    }
  })();
  const seen = new Set<number>();
  for (let read = 0; read < 300; read += 1) {
    const { state: found, weights } = await readCheckpoint(last);
    if (found.epoch >= 100)
      expect(new Set(weights.flatMap(({ values }) => [...values]))).toEqual(new Set([found.epoch]));
    seen.add(found.epoch);
  }
  writing = false;
  await writer;
  expect(seen.size).toBeGreaterThan(10);
});
