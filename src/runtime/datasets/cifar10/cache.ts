/**
 * The decoded data set in one file, as it is needed in memory, so that loading it is reading it. The file is
 * checked against the published digest each time: that costs 0.1 s and finds every damage.
 *
 * Format, version 1: `speccc-cifar10` and two zero bytes; four little-endian 32-bit numbers (version, training
 * images, test images, bytes in an image); SHA-256 of what follows; the content of an `ImageSet`.
 */
import { type FileHandle, open, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { countBytes, type DataTask } from '../progress.js';
import {
  type Contents,
  contentBytes,
  emptyImageSet,
  headerBytes,
  type ImageSet,
  imageBytes,
  isGenuine,
} from './contents.js';
import { DataFault } from './data-fault.js';

const version = 1;

export function cacheFile(folder: string): string {
  return join(folder, `cifar10-v${version}.bin`);
}

/** Fills the bytes in front of the content; then `set.whole` is the cache file. */
export function writeHeader(set: ImageSet, contents: Contents): void {
  const header = set.whole.subarray(0, headerBytes).fill(0);
  header.write('speccc-cifar10', 'latin1');
  for (const [index, value] of [version, set.trainCount, set.testCount, imageBytes].entries()) {
    header.writeUInt32LE(value, 16 + 4 * index);
  }
  header.write(contents.sha256, 32, 'hex');
}

const chunk = 8 * 1024 * 1024;

/**
 * @returns undefined where there is no cache file.
 * @throws DataFault, `is damaged: …`, for a file that is not exactly the data set.
 */
export async function readCache(
  path: string,
  contents: Contents,
  task: DataTask,
): Promise<ImageSet | undefined> {
  let file: FileHandle;
  try {
    file = await open(path);
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new DataFault(`cannot be read (${code})`, { cause: error });
  }
  try {
    const set = emptyImageSet(contents);
    const found = await file.stat();
    if (!found.isFile()) throw new DataFault('is not a file');
    const expected = set.whole.length;
    if (found.size !== expected) {
      throw new DataFault(`is damaged: ${thousands(found.size)} bytes instead of ${thousands(expected)}`);
    }
    const count = countBytes(task, { phase: 'load', source: 'cache', total: expected });
    for (let offset = 0; offset < expected; ) {
      task.signal?.throwIfAborted();
      const { bytesRead } = await file.read(set.whole, offset, Math.min(chunk, expected - offset), offset);
      if (bytesRead === 0) throw new DataFault('is damaged: it ends early');
      offset += bytesRead;
      count(offset);
    }
    const header = Buffer.from(set.whole.subarray(0, headerBytes));
    writeHeader(set, contents);
    if (!header.equals(set.whole.subarray(0, headerBytes))) {
      throw new DataFault('is damaged, or of another version: its header is wrong');
    }
    if (!(await isGenuine(set, contents, 'cache', task)))
      throw new DataFault('is damaged: its digest is wrong');
    return set;
  } catch (error) {
    const { syscall, code } = error as NodeJS.ErrnoException;
    if (syscall === undefined) throw error;
    throw new DataFault(`cannot be read (${code})`, { cause: error });
  } finally {
    await file.close();
  }
}

const thousands = (value: number) => value.toLocaleString('en');

/** What there is, from the file's size alone. */
export async function inspectCache(
  path: string,
  contents: Contents,
): Promise<{ readonly bytes: number; readonly complete: boolean } | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return {
    bytes: found.size,
    complete: found.isFile() && found.size === headerBytes + contentBytes(contents),
  };
}
