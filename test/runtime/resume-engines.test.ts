/** A run that one engine began goes on with the other, which says so. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EngineChoice } from '../../src/runtime/open-engine.js';
import { eventsOf, smallGraph, trainSmall } from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

let root: string;
beforeAll(async () => {
  root = await temporaryFolder();
});
afterAll(() => rm(root, { recursive: true, force: true }));

const tfjs: EngineChoice = { engine: 'tfjs', backend: 'wasm' };
const compiled: EngineChoice = { engine: 'compiled', threads: 1 };

/** One epoch after the other, each in a leg of its own. */
async function legs(folder: string, choices: readonly EngineChoice[]) {
  const notices: (readonly string[])[] = [];
  const engines: string[] = [];
  for (const [index, choice] of choices.entries()) {
    const { events } = await trainSmall(folder, {
      graph: smallGraph(['epochs: 2', `epochs: ${choices.length}`]),
      untilEpoch: index + 1,
      ...choice,
    });
    notices.push(eventsOf(events, 'notice').map(({ message }) => message));
    const record = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8')) as { engine: string };
    engines.push(record.engine);
  }
  const history = await readFile(join(folder, 'history.csv'), 'utf8');
  return {
    notices,
    engines,
    losses: history
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => Number(line.split(',')[1])),
  };
}

test('a run of tfjs goes on with the compiled engine, and back', async () => {
  const mixed = await legs(join(root, 'mixed'), [tfjs, compiled, tfjs]);
  expect(mixed.engines).toEqual(['tfjs', 'compiled', 'tfjs']);
  expect(mixed.notices).toEqual([
    [],
    [
      'the run was trained on wasm before: on compiled results differ in rounding, and in what random layers draw',
    ],
    [
      'the run was trained on compiled before: on wasm results differ in rounding, and in what random layers draw',
    ],
  ]);
  const whole = await legs(join(root, 'whole'), [tfjs, tfjs, tfjs]);
  expect(whole.notices.flat()).toEqual([]);
  expect(mixed.losses).toHaveLength(3);
  for (const [index, loss] of whole.losses.entries()) expect(mixed.losses[index]).toBeCloseTo(loss, 5);
});
