/** The data set as files that the user has: the folder or the archive of the official binary version. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecccError } from '../../../diagnostics/index.js';
import { countBytes, type DataTask } from '../progress.js';
import { decodeArchive } from './archive.js';
import { type Contents, emptyImageSet, type ImageSet, isGenuine } from './contents.js';
import { DataFault } from './data-fault.js';
import { decodeRecords, recordBytes } from './records.js';

const officialFolder = 'cifar-10-batches-bin';
const officialArchive = 'cifar-10-binary.tar.gz';
const otherVersions = ['cifar-10-batches-py', 'cifar-10-batches-mat', 'data_batch_1', 'data_batch_1.mat'];

/**
 * @returns the data and where it was: `folder /data/cifar-10-batches-bin`.
 * @throws SpecccError 'data-not-found' or 'data-damaged', naming the file.
 */
export async function readLocalFiles(
  path: string,
  contents: Contents,
  task: DataTask,
): Promise<{ set: ImageSet; origin: string }> {
  const kind = await kindOf(path);
  if (kind === 'file') return { set: await readArchive(path, contents, task), origin: `archive ${path}` };
  if (kind !== 'folder') {
    throw notFound(kind === undefined ? `there is no ${path}` : `${path} is not a file or folder`, contents);
  }
  for (const folder of [path, join(path, officialFolder)]) {
    const names = contents.files.map(({ name }) => `${name}.bin`);
    const kinds = await Promise.all(names.map((name) => kindOf(join(folder, name))));
    const missing = names.filter((_, index) => kinds[index] !== 'file');
    if (missing.length === names.length) continue;
    if (missing.length > 0) throw notFound(`${folder} lacks ${missing.join(', ')}`, contents);
    return { set: await readFolder(folder, contents, task), origin: `folder ${folder}` };
  }
  const archive = join(path, officialArchive);
  if ((await kindOf(archive)) === 'file') {
    return { set: await readArchive(archive, contents, task), origin: `archive ${archive}` };
  }
  const kinds = await Promise.all(otherVersions.map((name) => kindOf(join(path, name))));
  const other = otherVersions.find((_, index) => kinds[index] !== undefined);
  throw notFound(
    other === undefined
      ? `${path} has none of ${contents.files[0]!.name}.bin, ${officialFolder} and ${officialArchive}`
      : `${path} has ${other}, which is another version of CIFAR-10`,
    contents,
  );
}

async function kindOf(path: string): Promise<'file' | 'folder' | 'other' | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return undefined;
  return found.isFile() ? 'file' : found.isDirectory() ? 'folder' : 'other';
}

async function readFolder(folder: string, contents: Contents, task: DataTask): Promise<ImageSet> {
  const set = emptyImageSet(contents);
  const size = contents.imagesPerFile * recordBytes;
  const count = countBytes(task, { phase: 'load', source: folder, total: size * contents.files.length });
  for (const [file, { name, sha256 }] of contents.files.entries()) {
    task.signal?.throwIfAborted();
    const path = join(folder, `${name}.bin`);
    const { size: found } = await stat(path);
    if (found !== size) {
      const [bytes, wanted] = [found, size].map((value) => value.toLocaleString('en'));
      throw damaged(`${path} has ${bytes} bytes instead of ${wanted}`);
    }
    const records = await readFile(path, { signal: task.signal ?? undefined }).catch((error: Error) => {
      task.signal?.throwIfAborted();
      throw notFound(`${path} cannot be read: ${error.message}`, contents);
    });
    if (createHash('sha256').update(records).digest('hex') !== sha256) {
      throw damaged(`${path} is not the published file: its digest is another`);
    }
    decodeRecords(records, set.images(file), set.labels(file));
    count((file + 1) * size);
  }
  return set;
}

async function readArchive(path: string, contents: Contents, task: DataTask): Promise<ImageSet> {
  const { size } = await stat(path);
  const count = countBytes(task, { phase: 'load', source: path, total: size });
  try {
    const set = await decodeArchive(counted(path, task, count), contents, path, task);
    if (await isGenuine(set, contents, path, task)) return set;
    throw new DataFault('holds other images or labels than were published');
  } catch (error) {
    task.signal?.throwIfAborted();
    if (error instanceof DataFault) throw damaged(`${path} ${error.message}`, error);
    const { syscall, message } = error as NodeJS.ErrnoException;
    if (syscall !== undefined) throw notFound(`${path} cannot be read: ${message}`, contents);
    throw error;
  }
}

async function* counted(path: string, task: DataTask, count: (bytes: number) => void) {
  let received = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    task.signal?.throwIfAborted();
    received += (chunk as Buffer).length;
    count(received);
    yield chunk as Buffer;
  }
}

function notFound(message: string, contents: Contents): SpecccError {
  const [first, last] = [contents.files[0]!.name, contents.files.at(-1)!.name];
  return new SpecccError('data-not-found', message, {
    hints: [
      `name the folder with ${first}.bin … ${last}.bin, or ${officialArchive} itself: the binary version of CIFAR-10`,
      'leave --data away, and the data set is fetched',
    ],
  });
}

function damaged(message: string, cause?: unknown): SpecccError {
  return new SpecccError('data-damaged', message, {
    hints: [
      'download and unpack the official archive again',
      'leave --data away, and the data set is fetched',
    ],
    cause,
  });
}
