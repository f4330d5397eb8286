/**
 * A run that is killed and resumed ends with the bytes of one that never stopped: here with real processes,
 * the real engines and SIGKILL; resume-crash-points.test.ts goes through every write.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applyOverrides } from '../../src/spec/apply-overrides.js';
import { type CompiledSources, compileSources } from './support/compile-sources.js';
import { temporaryFolder } from './support/temporary-folder.js';

const small = (examples: number) => `
name: small
seed: 7
input: [10, 10, 3]
layers:
  - { name: c1, type: conv2d, filters: 4, kernelSize: 3, activation: relu }
  - { name: norm, type: batchNormalization }
  - { name: p1, type: maxPooling2d, poolSize: 2 }
  - { name: flatten, type: flatten }
  - { name: drop, type: dropout, rate: 0.3 }
  - { name: out, type: dense, units: 4, activation: softmax }
training:
  dataset: { type: synthetic, classes: 4, train: ${examples}, validation: 40 }
  optimizer: { type: adam, learningRate: 0.003 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 8
  epochs: 4
`;

const trainer = 'test/runtime/support/train-run.ts';
let sources: CompiledSources;
let root: string;

beforeAll(async () => {
  sources = await compileSources(trainer);
  root = await temporaryFolder();
});
afterAll(async () => {
  await sources.remove();
  await rm(root, { recursive: true, force: true });
});

type EngineName = 'tfjs' | 'compiled';
type Kill = { readonly atChange: number } | { readonly afterSteps: number; readonly milliseconds: number };

/** Trains in a process of its own, which `kill` may end early. Returns its output. */
async function trainRun(
  spec: string,
  folder: string,
  saveEverySeconds: number,
  engine: EngineName,
  kill?: Kill,
): Promise<string> {
  const child = spawn(process.execPath, [
    sources.file(trainer),
    spec,
    folder,
    String(saveEverySeconds),
    engine,
    ...(kill !== undefined && 'atChange' in kill ? [String(kill.atChange)] : []),
  ]);
  let output = '';
  let errors = '';
  let timer: NodeJS.Timeout | undefined;
  child.stdout.on('data', (data) => {
    output += data;
    if (kill === undefined || 'atChange' in kill || timer !== undefined) return;
    if (output.split('\n').length <= kill.afterSteps) return;
    timer = setTimeout(() => child.kill('SIGKILL'), kill.milliseconds);
  });
  child.stderr.on('data', (data) => {
    errors += data;
  });
  await new Promise((closed) => child.once('close', closed));
  clearTimeout(timer);
  expect(errors).toBe('');
  return output;
}

/** Everything in a run folder but run.json, which holds times. */
async function filesOf(folder: string): Promise<Record<string, string>> {
  const names = (await readdir(folder, { recursive: true })).sort();
  const files = names.filter((name) => /\.\w+$|SUMS$/.test(name) && name !== 'run.json');
  return Object.fromEntries(
    await Promise.all(
      files.map(async (name) => [name, (await readFile(join(folder, name))).toString('base64')]),
    ),
  );
}

/** Kills a run again and again, then lets it end. Saves so often that there is something to lose at every moment. */
async function trainWithKills(
  spec: string,
  folder: string,
  kills: readonly Kill[],
  saveEverySeconds: number,
  engine: EngineName,
): Promise<void> {
  for (const [index, kill] of kills.entries()) {
    const output = await trainRun(spec, folder, saveEverySeconds, engine, kill);
    expect(output, `kill ${index}, ${JSON.stringify(kill)}`).not.toMatch(/done/);
  }
  expect(await trainRun(spec, folder, 60, engine)).toMatch(/done\n$/);
}

function drawnKills(count: number, seed: number): readonly Kill[] {
  const random = xoroshiro128plus(seed);
  return Array.from({ length: count }, (_, index) =>
    // A start makes some 20 changes before its first step, and each save some 15 more.
    index % 2 === 0
      ? { atChange: uniformInt(random, 1, 60) }
      : { afterSteps: uniformInt(random, 1, 8), milliseconds: uniformInt(random, 0, 60) },
  );
}

async function specFile(name: string, text: string): Promise<string> {
  const file = join(root, `${name}.yaml`);
  await writeFile(file, text);
  return file;
}

/** Of each run; there are four. */
const kills = 5;

it.each([
  ['tfjs', 240],
  // Its steps are so short that a run of so few would be over before it is killed.
  ['compiled', 6_000],
] as const)(
  'ends with the same bytes after kills as without one: %s',
  { timeout: 180_000 },
  async (engine, examples) => {
    const [whole, first, second] = ['whole', 'first', 'second'].map((name) => join(root, engine, name));
    const spec = await specFile(engine, small(examples));
    await Promise.all([
      trainWithKills(spec, whole!, [], 60, engine),
      trainWithKills(spec, first!, drawnKills(kills, 20261125), 0.03, engine),
      trainWithKills(spec, second!, drawnKills(kills, 20261126), 0.03, engine),
    ]);
    const expected = await filesOf(whole!);
    expect(Object.keys(expected)).toEqual(
      expect.arrayContaining([
        'checkpoints/last/weights.bin',
        'checkpoints/best/optimizer.bin',
        'history.csv',
      ]),
    );
    expect(await filesOf(first!)).toEqual(expected);
    expect(await filesOf(second!)).toEqual(expected);
    expect(JSON.parse(await readFile(join(first!, 'run.json'), 'utf8'))).toMatchObject({ engine });
  },
);

it('so does Inception10, with its running means and variances', { timeout: 120_000 }, async () => {
  const path = fileURLToPath(new URL('../../specs/inception10.yaml', import.meta.url));
  const text = applyOverrides(await readFile(path, 'utf8'), path, [
    { path: 'training.dataset', value: '{ type: synthetic, train: 10, validation: 2 }' },
    { path: 'training.batchSize', value: '2' },
    { path: 'training.epochs', value: '1' },
  ]);
  const spec = await specFile('inception10', text);
  const [whole, killed] = ['inception10-whole', 'inception10-killed'].map((name) => join(root, name));
  await Promise.all([
    trainWithKills(spec, whole!, [], 60, 'compiled'),
    trainWithKills(spec, killed!, [{ afterSteps: 2, milliseconds: 20 }], 0, 'compiled'),
  ]);
  expect(await filesOf(killed!)).toEqual(await filesOf(whole!));
});
