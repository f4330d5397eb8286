/** CIFAR-10 from the user's own files. */
import { cp, mkdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCifar10, type World } from '../../../src/runtime/datasets/cifar10/cifar10.js';
import type { DataProgress } from '../../../src/runtime/datasets/index.js';
import { contentOf, type SmallWorld, smallWorld } from './small-world.js';

let small: SmallWorld;
let world: World;
let copies = 0;

beforeAll(async () => {
  small = await smallWorld();
  world = await small.world({});
});
afterAll(() => small.remove());

/** A folder of its own with the official files. */
async function copyOfFiles(): Promise<string> {
  const folder = join(small.root, `copy-${copies++}`);
  await cp(small.folder, folder, { recursive: true });
  return folder;
}

/** A file of its own with these bytes. */
async function fileWith(bytes: Uint8Array): Promise<string> {
  const path = join(small.root, `file-${copies++}.tar.gz`);
  await writeFile(path, bytes);
  return path;
}

const load = (folder: string) => loadCifar10({ folder }, world);

describe('the user’s own files', () => {
  it('are read from their folder, whichever form it has', async () => {
    const archiveFolder = join(small.root, 'downloads');
    await mkdir(archiveFolder);
    await cp(small.archive, join(archiveFolder, 'cifar-10-binary.tar.gz'));
    const forms: readonly (readonly [string, string])[] = [
      [small.folder, `folder ${small.folder}`],
      [small.root, `folder ${small.folder}`],
      [small.archive, `archive ${small.archive}`],
      [archiveFolder, `archive ${join(archiveFolder, 'cifar-10-binary.tar.gz')}`],
      [small.package, `archive ${small.package}`],
      [await fileWith(gunzipSync(small.archiveBytes)), expect.stringMatching(/^archive /)],
    ];
    for (const [path, origin] of forms) {
      const dataset = await load(path);
      expect(dataset).toMatchObject({ name: 'cifar10', synthetic: false, scale: 1 / 255, origin });
      expect(dataset.shape).toEqual([32, 32, 3]);
      expect(dataset.classNames.slice(0, 2)).toEqual(['airplane', 'automobile']);
      expect([dataset.train.count, dataset.validation.count]).toEqual([15, 3]);
      expect(contentOf(dataset).equals(small.expected)).toBe(true);
    }
  });

  it('are never written to the cache, nor looked for there', async () => {
    const cacheFolder = join(small.root, 'unused-cache');
    await loadCifar10({ folder: small.folder, cacheFolder }, world);
    await expect(readFile(cacheFolder)).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('tell their progress', async () => {
    const events: DataProgress[] = [];
    await loadCifar10({ folder: small.archive, onProgress: (event) => events.push(event) }, world);
    expect(events.at(-1)).toMatchObject({ phase: 'verify', received: small.expected.length });
    expect(events.filter(({ phase }) => phase === 'decode').map(({ received }) => received)).toEqual([
      1, 2, 3, 4, 5, 6,
    ]);
  });

  it.each([
    ['nothing there', async () => join(small.root, 'nowhere'), /^there is no .*nowhere$/],
    [
      'an empty folder',
      async () => {
        const folder = await copyOfFiles();
        await rm(folder, { recursive: true });
        await mkdir(folder);
        return folder;
      },
      /has none of data_batch_1\.bin, cifar-10-batches-bin and cifar-10-binary\.tar\.gz$/,
    ],
    [
      'files missing',
      async () => {
        const folder = await copyOfFiles();
        await rm(join(folder, 'data_batch_2.bin'));
        await rm(join(folder, 'test_batch.bin'));
        return folder;
      },
      /lacks data_batch_2\.bin, test_batch\.bin$/,
    ],
    [
      'the Python version',
      async () => {
        const folder = join(small.root, `python-${copies++}`);
        await mkdir(join(folder, 'cifar-10-batches-py'), { recursive: true });
        return folder;
      },
      /has cifar-10-batches-py, which is another version of CIFAR-10$/,
    ],
    ['a device', async () => '/dev/null', /^\/dev\/null is not a file or folder$/],
  ])('with %s: says so', async (_, make, message) => {
    await expect(load(await make())).rejects.toMatchObject({
      code: 'data-not-found',
      message: expect.stringMatching(message),
      hints: [expect.stringContaining('test_batch.bin'), expect.stringContaining('--data')],
    });
  });

  it('that are cut short or altered by one bit are named', async () => {
    const short = await copyOfFiles();
    await truncate(join(short, 'data_batch_4.bin'), 3 * 3073 - 1);
    await expect(load(short)).rejects.toMatchObject({
      code: 'data-damaged',
      message: `${join(short, 'data_batch_4.bin')} has 9,218 bytes instead of 9,219`,
    });
    for (const position of [0, 1, 1025, 3072, 3073, 3 * 3073 - 1]) {
      const altered = await copyOfFiles();
      const path = join(altered, 'data_batch_5.bin');
      const bytes = await readFile(path);
      bytes[position]! ^= 1;
      await writeFile(path, bytes);
      await expect(load(altered)).rejects.toMatchObject({
        code: 'data-damaged',
        message: `${path} is not the published file: its digest is another`,
      });
    }
  });

  it('whose names were swapped are named', async () => {
    const folder = await copyOfFiles();
    await rename(join(folder, 'data_batch_1.bin'), join(folder, 'x'));
    await rename(join(folder, 'data_batch_2.bin'), join(folder, 'data_batch_1.bin'));
    await rename(join(folder, 'x'), join(folder, 'data_batch_2.bin'));
    await expect(load(folder)).rejects.toMatchObject({
      message: expect.stringContaining('data_batch_1.bin is not the published file'),
    });
  });
});

describe('an archive of the user’s', () => {
  it('that is cut at any place is never used', async () => {
    const whole = small.archiveBytes;
    const tar = gunzipSync(whole);
    const cuts = [
      ...[0, 1, 2, 10, 100, 0.25, 0.5, 0.75, 0.99].map((at) =>
        whole.subarray(0, at < 1 ? whole.length * at : at),
      ),
      whole.subarray(0, whole.length - 1),
      ...[1, 511, 512, 5000, 30_000, 50_000].map((at) => tar.subarray(0, at)),
    ];
    for (const bytes of cuts) {
      await expect(load(await fileWith(bytes))).rejects.toMatchObject({ code: 'data-damaged' });
    }
    await expect(load(await fileWith(whole.subarray(0, whole.length / 2)))).rejects.toMatchObject({
      message: expect.stringMatching(/ends early$/),
    });
  });

  it('that is altered by one byte anywhere in its files is never used', async () => {
    const tar = gunzipSync(small.archiveBytes);
    const start = tar.indexOf(await readFile(join(small.folder, 'data_batch_3.bin')));
    expect(start).toBeGreaterThan(0);
    for (const position of [start, start + 1, start + 3073, start + 3 * 3073 - 1]) {
      const altered = Buffer.from(tar);
      altered[position]! ^= 0x80;
      await expect(load(await fileWith(gzipSync(altered)))).rejects.toMatchObject({
        code: 'data-damaged',
        message: expect.stringMatching(/holds other images or labels than were published$/),
      });
    }
    const compressed = Buffer.from(small.archiveBytes);
    compressed[compressed.length >> 1]! ^= 1;
    await expect(load(await fileWith(compressed))).rejects.toMatchObject({ code: 'data-damaged' });
  });

  it.each([
    ['text', Buffer.from('<!doctype html><title>404</title>'.repeat(40)), /is not a tar archive$/],
    ['a compressed text', gzipSync('hello '.repeat(500)), /is not a tar archive$/],
  ])('that is %s is called that', async (_, bytes, message) => {
    await expect(load(await fileWith(bytes))).rejects.toMatchObject({
      code: 'data-damaged',
      message: expect.stringMatching(message),
    });
  });

  it('of another version is not mistaken for this one', async () => {
    const { create } = await import('tar');
    const folder = join(small.root, 'cifar-10-batches-py');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'data_batch_1'), 'pickle');
    const path = join(small.root, 'cifar-10-python.tar.gz');
    await create({ gzip: true, cwd: small.root, file: path }, ['cifar-10-batches-py']);
    await expect(load(path)).rejects.toMatchObject({
      code: 'data-damaged',
      message: expect.stringMatching(/it is not the binary version of CIFAR-10$/),
    });
    await rm(folder, { recursive: true });
  });

  it('with a file larger than it may be is refused before it is held in memory', async () => {
    const { create } = await import('tar');
    const folder = join(small.root, 'large');
    await mkdir(folder);
    await writeFile(join(folder, 'data_batch_1.bin'), Buffer.alloc(3 * 3073 + 1));
    const path = join(small.root, 'large.tar.gz');
    await create({ gzip: true, cwd: small.root, file: path }, ['large']);
    await expect(load(path)).rejects.toMatchObject({
      code: 'data-damaged',
      message: expect.stringMatching(/has a data_batch_1\.bin of 9,220 bytes$/),
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const loading = loadCifar10(
      {
        folder: small.archive,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('stop')),
      },
      world,
    );
    await expect(loading).rejects.toThrow('stop');
  });
});
