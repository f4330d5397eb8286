/** The cache file: what it holds, and that damage of any kind is found, named and mended. */
import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { cacheFile, readCache } from '../../../src/runtime/datasets/cifar10/cache.js';
import {
  fetchCifar10,
  inspectCifar10,
  loadCifar10,
  type World,
} from '../../../src/runtime/datasets/cifar10/cifar10.js';
import type { DataProgress } from '../../../src/runtime/datasets/index.js';
import { contentOf, type SmallWorld, serve, smallWorld, type TestServer } from './small-world.js';

let small: SmallWorld;
let server: TestServer;
let world: World;
let offline: World;
let cacheFolder: string;
let path: string;
let folders = 0;

beforeAll(async () => {
  small = await smallWorld();
  server = await serve((_, response) => response.end(small.archiveBytes));
  world = await small.world({ archive: server.address });
  offline = await small.world({});
});
afterAll(async () => {
  await server.close();
  await small.remove();
});
beforeEach(() => {
  cacheFolder = join(small.root, `cache-${folders++}`);
  path = cacheFile(cacheFolder);
  server.requests.length = 0;
});
afterEach(() => rm(cacheFolder, { recursive: true, force: true }));

function listen(): { events: DataProgress[]; onProgress: (event: DataProgress) => void } {
  const events: DataProgress[] = [];
  return { events, onProgress: (event) => events.push(event) };
}

const warnings = (events: readonly DataProgress[]) =>
  events.flatMap(({ phase, message }) => (phase === 'warning' ? [message] : []));

describe('the cache file', () => {
  it('has the documented format, and nothing lies beside it', async () => {
    expect(await inspectCifar10({ cacheFolder }, world)).toEqual({
      dataset: 'cifar10',
      path,
      present: false,
      bytes: 0,
      complete: false,
    });
    const fetched = await fetchCifar10({ cacheFolder }, world);
    const bytes = await readFile(path);
    expect(fetched).toEqual({
      dataset: 'cifar10',
      path,
      present: true,
      bytes: bytes.length,
      complete: true,
      fetched: true,
      origin: 'official archive',
    });
    expect(bytes.toString('latin1', 0, 16)).toBe('speccc-cifar10\0\0');
    expect([16, 20, 24, 28].map((at) => bytes.readUInt32LE(at))).toEqual([1, 15, 3, 3072]);
    const content = bytes.subarray(64);
    expect(bytes.toString('hex', 32, 64)).toBe(createHash('sha256').update(content).digest('hex'));
    expect(content.equals(small.expected)).toBe(true);
    expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin']);
  });

  it('is all that is needed afterwards, and fetching again fetches nothing', async () => {
    await fetchCifar10({ cacheFolder }, world);
    const dataset = await loadCifar10({ cacheFolder }, offline);
    expect(dataset.origin).toBe('cache');
    expect(contentOf(dataset).equals(small.expected)).toBe(true);
    expect(await fetchCifar10({ cacheFolder }, offline)).toMatchObject({ fetched: false, origin: 'cache' });
    expect(server.requests).toHaveLength(1);
  });

  it.skipIf(process.platform !== 'linux')('lies where XDG_CACHE_HOME says', async () => {
    vi.stubEnv('XDG_CACHE_HOME', small.root);
    const { path } = await inspectCifar10();
    vi.unstubAllEnvs();
    expect(path).toBe(join(small.root, 'speccc/cifar10-v1.bin'));
  });

  it('can be filled from the user’s own files', async () => {
    expect(await fetchCifar10({ cacheFolder, folder: small.archive }, offline)).toMatchObject({
      fetched: true,
      origin: `archive ${small.archive}`,
    });
    expect((await loadCifar10({ cacheFolder }, offline)).origin).toBe('cache');
  });

  it('is refused after a change of any of its bytes', async () => {
    await fetchCifar10({ cacheFolder }, world);
    const good = await readFile(path);
    const everywhere = [...Array(64).keys()];
    for (let at = 64; at < good.length; at += 499) everywhere.push(at);
    everywhere.push(good.length - 1);
    for (const at of everywhere) {
      const bad = Buffer.from(good);
      bad[at]! ^= 1 << (at % 8);
      await writeFile(path, bad);
      await expect(readCache(path, small.contents, {}), `byte ${at}`).rejects.toThrow(/^is damaged/);
    }
  });

  it.each([0, 1, 63, 64, 65, 10_000])('is refused when only %i bytes of it are left', async (bytes) => {
    await fetchCifar10({ cacheFolder }, world);
    await truncate(path, bytes);
    await expect(readCache(path, small.contents, {})).rejects.toThrow(
      `is damaged: ${bytes.toLocaleString('en')} bytes instead of 55,378`,
    );
    expect(await inspectCifar10({ cacheFolder }, world)).toMatchObject({ present: true, complete: false });
  });

  it('that is damaged is named, replaced, and never used', async () => {
    await fetchCifar10({ cacheFolder }, world);
    const good = await readFile(path);
    const bad = Buffer.from(good);
    bad[5000]! ^= 1;
    await writeFile(path, bad);
    const { events, onProgress } = listen();
    const dataset = await loadCifar10({ cacheFolder, onProgress }, world);
    expect(dataset.origin).toBe('official archive');
    expect(contentOf(dataset).equals(small.expected)).toBe(true);
    expect(warnings(events)).toEqual([
      `the cache file ${path} is damaged: its digest is wrong; it is not used and will be replaced`,
    ]);
    expect(await readFile(path)).toEqual(good);
  });

  it('that is damaged where nothing can be fetched stays as it is, and the error says so', async () => {
    await fetchCifar10({ cacheFolder }, world);
    await truncate(path, 100);
    await expect(loadCifar10({ cacheFolder }, offline)).rejects.toMatchObject({
      code: 'data-unavailable',
      message: expect.stringContaining(`cache ${path}: is damaged: 100 bytes`),
    });
    expect((await stat(path)).size).toBe(100);
  });

  it('loses what killed writers left beside it', async () => {
    await mkdir(cacheFolder);
    await writeFile(`${path}.4711-1.speccc-tmp`, 'half a file');
    await fetchCifar10({ cacheFolder }, world);
    expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin']);
  });

  it('is not left behind by a load that was stopped', async () => {
    await fetchCifar10({ cacheFolder }, world);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('stop'));
    await expect(
      loadCifar10({ cacheFolder, signal: controller.signal, onProgress }, offline),
    ).rejects.toThrow('stop');
  });
});

describe('a cache that cannot be written', () => {
  it('because its folder is a file: the data is used all the same, with a warning', async () => {
    await writeFile(cacheFolder, 'a file');
    const { events, onProgress } = listen();
    const dataset = await loadCifar10({ cacheFolder, onProgress }, world);
    expect(contentOf(dataset).equals(small.expected)).toBe(true);
    expect(warnings(events)).toEqual([
      `cannot write ${path}: a part of the path is a file, not a folder (EEXIST); the data is used now, but will have to be fetched again next time`,
    ]);
    expect(await readFile(cacheFolder, 'utf8')).toBe('a file');
    await expect(fetchCifar10({ cacheFolder }, world)).rejects.toMatchObject({ code: 'disk-write-failed' });
  });

  it.skipIf(process.platform !== 'linux')(
    'because the disk is full: the data is used all the same, with a warning',
    async () => {
      await mkdir(cacheFolder);
      await symlink('/dev/full', path);
      const { events, onProgress } = listen();
      const dataset = await loadCifar10({ cacheFolder, onProgress }, world);
      expect(contentOf(dataset).equals(small.expected)).toBe(true);
      expect(warnings(events)).toEqual([
        `the cache file ${path} is not a file; it is not used and will be replaced`,
        `cannot write ${path}: the disk is full (ENOSPC); the data is used now, but will have to be fetched again next time`,
      ]);
      expect(await readdir(cacheFolder)).toEqual(['cifar10-v1.bin']);
    },
  );

  it('because a folder has its name: the folder is left alone', async () => {
    await mkdir(join(path, 'inner'), { recursive: true });
    const { events, onProgress } = listen();
    await loadCifar10({ cacheFolder, onProgress }, world);
    expect(warnings(events)[1]).toMatch(/it is a folder \(EISDIR\)/);
    expect(await readdir(path)).toEqual(['inner']);
  });
});
