/**
 * Goes through every change that a run makes to the file system, and stops the run right there, as a kill
 * would: from then on nothing reaches the disk. Each time the run is resumed and must end with the bytes of
 * one that never stopped.
 */
import { type FileHandle, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { readRunRecord } from '../../src/runtime/run-folder.js';
import { train } from '../../src/runtime/trainer.js';
import { countingEngine } from './support/counting-engine.js';
import { temporaryFolder } from './support/temporary-folder.js';

const disk = vi.hoisted(() => ({ changes: 0, dieAt: Number.POSITIVE_INFINITY }));

vi.mock('node:fs/promises', async (importOriginal) => {
  const real = await importOriginal<Record<string, (...args: unknown[]) => unknown>>();
  const changing = ['open', 'rename', 'mkdir', 'rm'].map((name) => [
    name,
    async (...args: unknown[]) => {
      disk.changes += 1;
      if (disk.changes >= disk.dieAt) throw new Error('killed');
      const result = await real[name]!(...args);
      // Flushing keeps data through a power cut, which is not tested here, and takes most of the time.
      return name === 'open' ? Object.assign(result as FileHandle, { sync: async () => {} }) : result;
    },
  ]);
  const replaced = Object.fromEntries(changing);
  return { ...real, ...replaced, default: { ...real, ...replaced } };
});

// The lock of a process that lives would keep it from resuming its own run.
vi.mock('../../src/runtime/training/run-lock.js', () => ({
  lockRun: async () => ({ held: () => true, release: async () => {} }),
}));

vi.mock('../../src/runtime/plots.js', () => ({
  drawCurves: async (history: readonly unknown[]) => ({
    svg: JSON.stringify(history),
    png: new Uint8Array([1]),
  }),
}));

const spec = `
name: small
input: [6]
layers: [{ name: out, type: dense, units: 3, activation: softmax }]
training:
  dataset: { type: synthetic, classes: 3, train: 7, validation: 6 }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 4
  epochs: 2
  validationFrequency: 2
  checkpoint: { monitor: loss, saveBestOnly: false }
`;
const graph = compileSpec(spec, 'small.yaml');
const examples = (count: number) => ({
  count,
  values: Float32Array.from({ length: count * 6 }, (_, i) => Math.sin(i)),
  labels: Int32Array.from({ length: count }, (_, i) => i % 3),
});
const dataset = {
  name: 'numbers',
  shape: [6],
  classNames: ['a', 'b', 'c'],
  synthetic: false,
  origin: 'test',
  scale: 1,
  train: examples(7),
  validation: examples(6),
};

let root: string;
beforeAll(async () => {
  root = await temporaryFolder();
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function trainOnce(
  folder: string,
  saveEverySeconds: number,
  dieAt: number,
): Promise<'finished' | 'killed'> {
  disk.changes = 0;
  disk.dieAt = dieAt;
  try {
    await train({ graph, dataset, folder, saveEverySeconds, engine: async (g) => countingEngine(g) });
    return 'finished';
  } catch (error) {
    if (disk.changes < dieAt) throw error;
    return 'killed';
  } finally {
    disk.dieAt = Number.POSITIVE_INFINITY;
  }
}

async function isFinished(folder: string): Promise<boolean> {
  return (await readRunRecord(folder))?.status === 'finished';
}

async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files = names.filter((name) => /\.\w+$|SUMS$/.test(name) && name !== 'run.json');
  return Object.fromEntries(
    await Promise.all(files.map(async (name) => [name, await readFile(join(folder, name), 'latin1')])),
  );
}

it.each([
  ['after every step', 0],
  ['at the ends of epochs', 60],
])('ends with the same bytes wherever it is stopped, saving %s', { timeout: 120_000 }, async (_, saving) => {
  const whole = join(root, `whole-${saving}`);
  expect(await trainOnce(whole, saving, Number.POSITIVE_INFINITY)).toBe('finished');
  const changes = disk.changes;
  const expected = await filesOf(whole);
  expect(Object.keys(expected)).toHaveLength(4 + 5 * 4);
  expect(changes).toBeGreaterThan(saving === 0 ? 100 : 60);

  for (let dieAt = 1; dieAt <= changes; dieAt += 1) {
    const folder = join(root, `stopped-${saving}-${dieAt}`);
    expect(await trainOnce(folder, saving, dieAt)).toBe('killed');
    // The recovery may be stopped as well. A run that was recorded as finished needs none.
    if (dieAt % 4 === 0 && !(await isFinished(folder))) await trainOnce(folder, saving, 1 + (dieAt % 25));
    if (!(await isFinished(folder))) {
      expect(await trainOnce(folder, saving, Number.POSITIVE_INFINITY)).toBe('finished');
    }
    expect(await filesOf(folder), `stopped at change ${dieAt}`).toEqual(expected);
    await rm(folder, { recursive: true });
  }
});
