import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { openRun } from '../../src/runtime/run-folder.js';
import { fakeCurves } from './support/fake-curves.js';
import { abortAfter, smallGraph, trainSmall } from './support/small-run.js';
import { temporaryFolder } from './support/temporary-folder.js';

fakeCurves();

let root: string;
let run: string;
beforeAll(async () => {
  root = await temporaryFolder();
  run = join(root, 'runs/small');
  await trainSmall(run);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const opening = (path: string) => openRun(path).catch((error) => error);

describe('a run', () => {
  it('is opened by its folder, with its spec, history and best checkpoint', async () => {
    const { folder, graph, history, checkpoint, record, readCheckpoint } = await openRun(run);
    expect([folder, checkpoint, record.status]).toEqual([run, 'best', 'finished']);
    expect(graph).toEqual(compileSpec(smallGraph().source.text, join(run, 'spec.yaml')));
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2]);
    expect((await readCheckpoint()).state.epoch).toBe(record.best!.epoch);
    expect((await readCheckpoint('last')).state.epoch).toBe(2);
    await expect(readCheckpoint('epoch-1')).rejects.toMatchObject({ code: 'checkpoint-not-found' });
  });

  it.each(['checkpoints/last', 'checkpoints/last/', 'checkpoints/last/model.json'])(
    'is opened by its %s',
    async (path) => {
      expect(await openRun(join(run, path))).toMatchObject({ folder: run, checkpoint: 'last' });
    },
  );

  it('has its last checkpoint chosen where there is no best yet', async () => {
    const young = join(root, 'runs/young');
    await trainSmall(young, abortAfter(1));
    expect((await openRun(young)).checkpoint).toBe('last');
    await rm(young, { recursive: true });
  });

  it('is found while its checkpoint is being replaced', async () => {
    const best = join(run, 'checkpoints/best');
    await rename(best, `${best}.previous`);
    const opened = await openRun(run);
    expect(opened.checkpoint).toBe('best');
    expect((await opened.readCheckpoint()).state.epoch).toBe(opened.record.best!.epoch);
    await rename(`${best}.previous`, best);
  });
});

describe('what is no run', () => {
  it('is named', async () => {
    const file = join(root, 'file.txt');
    await writeFile(file, 'x');
    await mkdir(join(root, 'empty'), { recursive: true });
    expect(await opening(join(root, 'nowhere'))).toMatchObject({
      code: 'run-not-found',
      message: `there is no run ${root}/nowhere`,
    });
    expect(await opening(file)).toMatchObject({
      code: 'run-not-found',
      message: `${file} is a file, not a run folder`,
    });
    expect(await opening(join(root, 'empty'))).toMatchObject({
      code: 'run-not-found',
      message: `${root}/empty is not a run folder: it has no run.json`,
      hints: [],
    });
  });

  it('may hold runs, which are named', async () => {
    expect(await opening(join(root, 'runs'))).toMatchObject({
      code: 'run-not-found',
      hints: [`there are runs in it: ${run}`],
    });
  });
});

describe('a damaged file', () => {
  const cases: readonly [string, string | undefined, RegExp][] = [
    ['run.json', '{', /run.json is not what speccc writes/],
    ['run.json', '{"name": "another program’s"}', /run.json is not what speccc writes/],
    ['run.json', '{"format": "speccc run", "version": 99}', /run.json was written by a newer speccc/],
    ['spec.yaml', 'name: other', /spec.yaml is not the spec as it was run/],
    ['spec.yaml', undefined, /has no readable spec.yaml/],
    ['history.csv', 'epoch,loss\n1,x', /history.csv:2 is not a row of a history/],
  ];
  let path: string;
  let before: string;
  beforeEach(() => async () => {
    await writeFile(path, before);
    expect((await openRun(run)).record.status).toBe('finished');
  });

  it.each(cases)('%s, holding %j, is named, and written anew by training', async (name, content, message) => {
    path = join(run, name);
    before = await readFile(path, 'utf8');
    await (content === undefined ? rm(path) : writeFile(path, content));
    expect(await opening(run)).toMatchObject({
      code: 'run-damaged',
      message: expect.stringMatching(message),
    });
    await trainSmall(run, { untilEpoch: 2 });
    if (name !== 'run.json') expect(await readFile(path, 'utf8')).toBe(before);
    expect((await openRun(run)).history).toHaveLength(2);
  });
});
