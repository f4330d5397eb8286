/**
 * Files that are written whole or not at all. A run may be killed at any instant, and a disk may be full:
 * what was there before must then still be there, complete. So data goes to a temporary sibling first, is
 * flushed to the disk, and takes its name by a rename, which the file system does in one go.
 */
import { type FileHandle, mkdir, open, readdir, realpath, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { SpecccError } from '../diagnostics/index.js';

export type FileContent = string | Uint8Array;

const temporarySuffix = '.speccc-tmp';
const previousSuffix = '.previous';
let temporaryFiles = 0;

/**
 * Writes a file, and the folders that lead to it, so that a kill at any instant leaves either the old file
 * or the new one. A symbolic link is followed, the mode of an existing file is kept, and a device or pipe is
 * written to directly.
 *
 * @throws SpecccError 'disk-write-failed'; the old file is then as it was.
 */
export async function writeFileWhole(path: string, data: FileContent): Promise<void> {
  const shown = path;
  await asDiskError(shown, async () => {
    const target = await realpath(path).catch(() => resolve(path));
    const before = await stat(target).catch(() => undefined);
    if (before?.isDirectory()) throw systemError('EISDIR', 'is a folder');
    if (before !== undefined && !before.isFile()) {
      await writeAndFlush(await open(target, 'w'), data);
      return;
    }
    await mkdir(dirname(target), { recursive: true });
    const temporary = temporarySibling(target);
    try {
      await writeAndFlush(await open(temporary, 'wx', before?.mode), data);
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw error;
    }
    await flushFolder(dirname(target));
  });
}

/**
 * Replaces a folder by one that holds exactly `files` (name → content), so that a kill at any instant leaves
 * the old or the new folder complete: under its own name, or, for the moment between two renames, as
 * `FOLDER.previous`. Readers find it with `currentFolder`; the one who owns the folder calls `recoverFolder`
 * before the first write of a process. Only one process may write at a time.
 *
 * @throws SpecccError 'disk-write-failed'; the old folder is then as it was.
 */
export async function writeFolderWhole(
  folder: string,
  files: Readonly<Record<string, FileContent>>,
): Promise<void> {
  const target = resolve(folder);
  await recoverFolder(target);
  await asDiskError(folder, async () => {
    await mkdir(dirname(target), { recursive: true });
    const temporary = temporarySibling(target);
    const previous = target + previousSuffix;
    let moved = false;
    try {
      await mkdir(temporary);
      for (const [name, data] of Object.entries(files)) {
        await writeAndFlush(await open(join(temporary, name), 'wx'), data);
      }
      await flushFolder(temporary);
      if (await exists(target)) {
        await rename(target, previous);
        moved = true;
      }
      await rename(temporary, target);
    } catch (error) {
      if (moved) await rename(previous, target).catch(() => {});
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      throw error;
    }
    await flushFolder(dirname(target));
    await rm(previous, { recursive: true, force: true });
  });
}

/**
 * Where the content of a folder that `writeFolderWhole` writes is now: the folder itself, its `.previous`
 * where a writer was stopped between two renames, or undefined where neither exists. Changes nothing, so it
 * is safe beside a running writer.
 */
export async function currentFolder(folder: string): Promise<string | undefined> {
  // The second look at the folder itself is for a writer that swapped between the first two.
  for (const candidate of [folder, folder + previousSuffix, folder]) {
    if (await exists(candidate)) return candidate;
  }
  return undefined;
}

/**
 * Finishes or undoes what a killed writer left: `FOLDER.previous` takes its name back where the folder is
 * missing and is removed where it is not; temporary siblings are removed. For the one writer of the folder.
 */
export async function recoverFolder(folder: string): Promise<void> {
  const target = resolve(folder);
  await asDiskError(folder, async () => {
    const previous = target + previousSuffix;
    if (await exists(previous)) {
      if (await exists(target)) await rm(previous, { recursive: true, force: true });
      else await rename(previous, target);
    }
    await removeTemporary(dirname(target), `${basename(target)}.`);
  });
}

/** Removes what killed writers left in a folder of whole files. For the one writer of that folder. */
export async function removeLeftovers(folder: string): Promise<void> {
  await asDiskError(folder, () => removeTemporary(folder, ''));
}

async function removeTemporary(folder: string, prefix: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    if (name.startsWith(prefix) && name.endsWith(temporarySuffix)) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

function temporarySibling(target: string): string {
  temporaryFiles += 1;
  return `${target}.${process.pid}-${temporaryFiles}${temporarySuffix}`;
}

async function writeAndFlush(file: FileHandle, data: FileContent): Promise<void> {
  try {
    await file.writeFile(data);
    // A pipe or a terminal has nothing to flush and says so.
    await file.sync().catch(ignoreCodes('EINVAL', 'ENOTSUP', 'EPERM'));
  } finally {
    await file.close();
  }
}

/** Makes renames in a folder last through a power cut, where the system can (Windows cannot open folders). */
async function flushFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(ignoreCodes('EISDIR', 'EPERM', 'EACCES'));
  if (handle === undefined) return;
  try {
    await handle.sync().catch(ignoreCodes('EINVAL', 'ENOTSUP', 'EPERM', 'EISDIR'));
  } finally {
    await handle.close();
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

function ignoreCodes(...ignored: readonly string[]) {
  return (error: NodeJS.ErrnoException): undefined => {
    if (!ignored.includes(error.code ?? '')) throw error;
    return undefined;
  };
}

function systemError(code: string, message: string): NodeJS.ErrnoException {
  return Object.assign(new Error(message), { code, syscall: 'open' });
}

const writable = 'choose another folder, or change its permissions';
const causes: Readonly<Record<string, readonly [reason: string, hint: string]>> = {
  ENOSPC: [
    'the disk is full',
    'free some space or choose a folder on another disk, then run the same command',
  ],
  EDQUOT: [
    'your disk quota is used up',
    'free some space or choose a folder on another disk, then run the same command',
  ],
  EFBIG: [
    'the file is larger than is allowed here',
    'raise the file size limit (`ulimit -f`), or choose another disk',
  ],
  EROFS: ['the disk is read-only', 'choose a folder on a disk that can be written to'],
  EACCES: ['permission denied', writable],
  EPERM: ['the operation is not permitted', writable],
  ENOTDIR: ['a part of the path is a file, not a folder', 'choose another path, or move that file away'],
  EEXIST: ['a part of the path is a file, not a folder', 'choose another path, or move that file away'],
  EISDIR: ['it is a folder', 'name a file'],
  ENAMETOOLONG: ['the name is too long', 'choose a shorter path'],
  EMFILE: ['too many files are open', 'raise the limit (`ulimit -n`)'],
  EIO: ['the disk reports an input/output error', 'check the disk, or choose another one'],
};

async function asDiskError<T>(path: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    throw diskError(path, error);
  }
}

/** A system error of a write as SpecccError 'disk-write-failed'; anything else as it is. */
export function diskError(path: string, error: unknown): unknown {
  const { code, syscall, message } = error as NodeJS.ErrnoException;
  if (error instanceof SpecccError || code === undefined || syscall === undefined) return error;
  const [reason, hint] = causes[code] ?? [message, 'choose another folder, or look into that error'];
  return new SpecccError('disk-write-failed', `cannot write ${path}: ${reason} (${code})`, {
    hints: [hint],
    cause: error,
  });
}
