/** Reading a spec's file: the only place before the runtime that touches a disk. */
import { closeSync, constants, fstatSync, openSync, readdirSync, readSync, realpathSync } from 'node:fs';
import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, extname, join, relative, sep } from 'node:path';
import { SpecccError } from '../diagnostics/index.js';
import { limits } from './limits.js';
import type { ReadFile } from './program.js';
import { nearest } from './suggest.js';

export interface SpecFile {
  readonly text: string;
  /** As the user named it. */
  readonly file: string;
}

/**
 * The text of a spec. At most one byte more than the limit is ever read.
 *
 * @throws SpecccError with a code of its own for a path that is missing, not a file, unreadable, too large, or
 * not text in UTF-8. An empty file is text: `parseSpec` has words for it.
 */
export async function readSpecFile(path: string): Promise<SpecFile> {
  // Opening a pipe without a writer would wait for one for ever.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);
  const handle = await open(path, flags).catch((error: NodeJS.ErrnoException) => refuse(path, error));
  try {
    return { text: decode(path, await readBytes(path, handle)), file: path };
  } finally {
    await handle.close();
  }
}

/**
 * The files that a spec on the disk may include or extend: those in its folder and the folders in that, and nothing
 * that a symbolic link leads to outside. For `checkSpec` and `compileSpec`.
 */
export function specFolder(file: string): ReadFile {
  const folder = dirname(file);
  return (path) => {
    const place = join(folder, path);
    const real = resolveInside(folder, place);
    const descriptor = attempt(place, () => openSync(real, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)));
    try {
      const bytes = attempt(place, () => readInside(place, descriptor));
      return decode(place, bytes, 'include-unreadable');
    } finally {
      closeSync(descriptor);
    }
  };
}

function resolveInside(folder: string, place: string): string {
  const real = attempt(place, () => realpathSync(place));
  const way = relative(
    attempt(folder, () => realpathSync(folder)),
    real,
  );
  if (way !== '..' && !way.startsWith(`..${sep}`)) return real;
  throw new SpecccError('include-outside', `${place} is a link that leads out of the folder of the spec`, {
    hints: ['put the file itself there'],
  });
}

function readInside(place: string, descriptor: number): Uint8Array {
  const status = fstatSync(descriptor);
  if (!status.isFile()) {
    const what = status.isDirectory() ? 'a folder' : 'a device or a pipe';
    throw new SpecccError('include-unreadable', `${place} is ${what}, not a file of a spec`);
  }
  const bytes = new Uint8Array(limits.fileBytes + 1);
  let length = 0;
  for (;;) {
    const bytesRead = readSync(descriptor, bytes, length, bytes.length - length, null);
    length += bytesRead;
    if (length > limits.fileBytes) {
      const message = `${place} is larger than a spec may be: the limit is ${limits.fileBytes} bytes`;
      throw new SpecccError('include-unreadable', message);
    }
    if (bytesRead === 0) return bytes.subarray(0, length);
  }
}

/** What the operating system refuses, in our words. */
function attempt<Value>(place: string, action: () => Value): Value {
  try {
    return action();
  } catch (error) {
    if (error instanceof SpecccError) throw error;
    const { code = '', message } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ENOTDIR', 'ERR_INVALID_ARG_VALUE'].includes(code)) {
      const names = namesIn(dirname(place));
      throw new SpecccError('include-not-found', `there is no file ${place}`, {
        hints:
          names === undefined
            ? [`there is no folder ${dirname(place)} either`]
            : nearbyHints(place, names, []),
        cause: error,
      });
    }
    throw new SpecccError(
      'include-unreadable',
      `cannot read ${place}: ${reasons[code] ?? (code || message)}`,
      {
        cause: error,
      },
    );
  }
}

function namesIn(folder: string): readonly string[] | undefined {
  try {
    return readdirSync(folder);
  } catch {
    return undefined;
  }
}

async function readBytes(path: string, handle: FileHandle): Promise<Uint8Array> {
  const status = await handle.stat();
  if (!status.isFile()) throw notAFile(path, status.isDirectory() ? 'a folder' : 'a device or a pipe');
  if (status.size > limits.fileBytes) throw tooLarge(path, status.size);
  const bytes = new Uint8Array(limits.fileBytes + 1);
  let length = 0;
  // A file may grow while it is read, and a file of /proc has no size: so read to the end, not to the size.
  for (;;) {
    const { bytesRead } = await handle
      .read(bytes, length, bytes.length - length)
      .catch((error: NodeJS.ErrnoException) => refuse(path, error));
    length += bytesRead;
    if (length > limits.fileBytes) throw tooLarge(path, length);
    if (bytesRead === 0) return bytes.subarray(0, length);
  }
}

function decode(
  path: string,
  bytes: Uint8Array,
  code: 'spec-not-text' | 'include-unreadable' = 'spec-not-text',
): string {
  const utf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (utf16) {
    throw new SpecccError(code, `${path} is text in UTF-16, and a spec is text in UTF-8`, {
      hints: ['save it again as UTF-8'],
    });
  }
  const nul = bytes.indexOf(0);
  if (nul >= 0) {
    throw new SpecccError(code, `${path} is not text: byte ${nul} of it is zero`, {
      hints: ['name the YAML file that holds the spec'],
    });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new SpecccError(code, `${path} is not text in UTF-8`, {
      hints: ['save it again as UTF-8, or name the YAML file that holds the spec'],
      cause,
    });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ELOOP: 'its symbolic links form a circle',
  ENAMETOOLONG: 'its name is too long',
};

async function refuse(path: string, error: NodeJS.ErrnoException): Promise<never> {
  switch (error.code) {
    case 'ENOENT':
    case 'ENOTDIR':
    case 'ERR_INVALID_ARG_VALUE':
      throw new SpecccError('spec-not-found', `there is no file ${path || "''"}`, {
        hints: await hintsFor(path),
        cause: error,
      });
    case 'EISDIR':
      throw notAFile(path, 'a folder');
    case 'ENXIO':
      throw notAFile(path, 'a device or a pipe');
    default: {
      const reason = reasons[error.code ?? ''] ?? error.code ?? error.message;
      throw new SpecccError('spec-unreadable', `cannot read ${path}: ${reason}`, { cause: error });
    }
  }
}

const notAFile = (path: string, what: string) =>
  new SpecccError('spec-not-a-file', `${path} is ${what}, not a spec`, {
    hints: ['name the YAML file that holds the spec'],
  });

const tooLarge = (path: string, bytes: number) =>
  new SpecccError(
    'spec-too-large',
    `${path} is larger than a spec may be: ${bytes} bytes, and the limit is ${limits.fileBytes}`,
  );

const isYaml = (name: string) => ['.yaml', '.yml'].includes(extname(name));

async function hintsFor(path: string): Promise<readonly string[]> {
  const folder = dirname(path);
  const names = await readdir(folder).catch(() => undefined);
  if (names === undefined) return folder === '.' ? [] : [`there is no folder ${folder} either`];
  return nearbyHints(path, names, ['`speccc init` writes a spec to start from']);
}

/** Files in the same folder that may have been meant; `otherwise` where there is none. */
function nearbyHints(
  path: string,
  names: readonly string[],
  otherwise: readonly string[],
): readonly string[] {
  const folder = dirname(path);
  const yaml = names.filter(isYaml).sort();
  const wanted = basename(path);
  const stem = (name: string) => (isYaml(name) ? name.slice(0, -extname(name).length) : name);
  const sameStem = yaml.find((name) => stem(name) === stem(wanted));
  const nearStem = nearest(stem(wanted), yaml.map(stem));
  const near = sameStem ?? yaml.find((name) => stem(name) === nearStem);
  if (near !== undefined) return [`did you mean ${join(folder, near)}?`];
  if (yaml.length === 0) return otherwise;
  const shown = yaml.slice(0, 5).map((name) => join(folder, name));
  return [`specs there: ${shown.join(', ')}${yaml.length > shown.length ? ', …' : ''}`];
}
