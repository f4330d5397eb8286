/**
 * A run that is killed and resumed ends with the bytes of one that never stopped: here with real processes,
 * the real engine and SIGKILL; resume-crash-points.test.ts goes through every write.
 */
import { spawn } from 'node:child_process';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type CompiledSources, compileSources } from './support/compile-sources.js';
import { temporaryFolder } from './support/temporary-folder.js';

let sources: CompiledSources;
let root: string;

beforeAll(async () => {
  sources = await compileSources();
  root = await temporaryFolder();
});
afterAll(async () => {
  await sources.remove();
  await rm(root, { recursive: true, force: true });
});

/** Trains in a process of its own, which `kill` may end early. Returns its output. */
async function trainRun(
  folder: string,
  saveEverySeconds: number,
  kill: { atChange: number } | { afterSteps: number; milliseconds: number } | undefined,
): Promise<string> {
  const child = spawn(process.execPath, [
    sources.file('test/runtime/support/train-run.ts'),
    folder,
    String(saveEverySeconds),
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

/** Kills a run again and again, then lets it end. */
async function trainWithKills(folder: string, kills: number, seed: number): Promise<void> {
  const random = xoroshiro128plus(seed);
  for (let kill = 0; kill < kills; kill += 1) {
    // A start makes some 20 changes before its first step, and each save some 15 more.
    const how =
      kill % 2 === 0
        ? { atChange: uniformInt(random, 1, 60) }
        : { afterSteps: uniformInt(random, 1, 8), milliseconds: uniformInt(random, 0, 60) };
    const output = await trainRun(folder, 0.03, how);
    expect(output, `kill ${kill}, ${JSON.stringify(how)}`).not.toMatch(/done/);
  }
  expect(await trainRun(folder, 60, undefined)).toMatch(/done\n$/);
}

it('ends with the same bytes after kills as without one', { timeout: 180_000 }, async () => {
  const [whole, first, second] = ['whole', 'first', 'second'].map((name) => join(root, name));
  await Promise.all([
    trainWithKills(whole!, 0, 1),
    trainWithKills(first!, 10, 20261125),
    trainWithKills(second!, 10, 20261126),
  ]);
  const expected = await filesOf(whole!);
  expect(Object.keys(expected)).toEqual(
    expect.arrayContaining(['checkpoints/last/weights.bin', 'checkpoints/best/optimizer.bin', 'history.csv']),
  );
  expect(await filesOf(first!)).toEqual(expected);
  expect(await filesOf(second!)).toEqual(expected);
});
