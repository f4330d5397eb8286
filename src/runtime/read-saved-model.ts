/** The JSON of a saved model, wherever it lies: in a file of its own, in a folder with weights, in a `.keras` archive. */
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32, inflateRawSync } from 'node:zlib';
import { SpecccError } from '../diagnostics/index.js';

export interface SavedModelFile {
  readonly text: string;
  /** As messages name it. */
  readonly file: string;
}

/** Of a JSON file; a `.keras` archive holds the weights as well. */
const limits = { json: 64 * 1024 * 1024, archive: 2 ** 31 - 1 };

/** @throws SpecccError 'model-unreadable' */
export async function readSavedModel(path: string): Promise<SavedModelFile> {
  const bytes = await readFile(path);
  if (bytes === 'folder') return readSavedModel(join(path, 'model.json'));
  if (startsWith(bytes, 'PK\u0003\u0004')) {
    const member = 'config.json';
    return { text: decode(readMember(bytes, member, path), path), file: `${path}/${member}` };
  }
  if (startsWith(bytes, '\u0089HDF')) {
    throw unreadable(path, 'is an HDF5 file, not JSON', [
      'load it in Keras and save the model as .keras, or write what model.to_json() returns',
    ]);
  }
  if (bytes.length > limits.json)
    throw unreadable(path, `has ${bytes.length} bytes, and the limit is ${limits.json}`);
  return { text: decode(bytes, path), file: path };
}

const startsWith = (bytes: Buffer, text: string) =>
  bytes.subarray(0, text.length).equals(Buffer.from(text, 'latin1'));

const unreadable = (path: string, what: string, hints: readonly string[] = [], cause?: unknown) =>
  new SpecccError('model-unreadable', `${path} ${what}`, { hints, cause });

async function readFile(path: string): Promise<Buffer | 'folder'> {
  // Opening a pipe without a writer would wait for one for ever.
  const handle = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)).catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' || error.code === 'ENOTDIR')
        throw unreadable(path, 'does not exist', [], error);
      throw unreadable(path, `cannot be read: ${error.code ?? error.message}`, [], error);
    },
  );
  try {
    const status = await handle.stat();
    if (status.isDirectory()) return 'folder';
    if (!status.isFile()) throw unreadable(path, 'is a device or a pipe, not a file');
    if (status.size > limits.archive)
      throw unreadable(path, `has ${status.size} bytes, and the limit is ${limits.archive}`);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw unreadable(path, 'is not text in UTF-8', ['name the JSON file that holds the model'], cause);
  }
}

/** A file of a zip archive, as APPNOTE.TXT of PKWARE describes it; Keras stores its files as they are or deflates them. */
function readMember(archive: Buffer, name: string, path: string): Buffer {
  try {
    const at = findMember(archive, name);
    if (at === undefined) {
      throw unreadable(path, `is an archive without ${name}`, [
        'name a .keras file, or the JSON file of a model',
      ]);
    }
    const method = archive.readUInt16LE(at + 10);
    const sum = archive.readUInt32LE(at + 16);
    const [packed, size, local] = [at + 20, at + 24, at + 42].map((offset) =>
      archive.readUInt32LE(offset),
    ) as [number, number, number];
    if (size > limits.json)
      throw unreadable(path, `has a ${name} of ${size} bytes, and the limit is ${limits.json}`);
    const start = local + 30 + archive.readUInt16LE(local + 26) + archive.readUInt16LE(local + 28);
    const stored = archive.subarray(start, start + packed);
    const content = method === 0 ? stored : inflateRawSync(stored, { maxOutputLength: limits.json });
    if (crc32(content) !== sum) throw new Error(`the checksum of ${name} is wrong`);
    return content;
  } catch (error) {
    if (error instanceof SpecccError) throw error;
    throw unreadable(path, 'is a damaged archive', ['save the model again'], error);
  }
}

/** Where the archive's directory has its entry for the file. */
function findMember(archive: Buffer, name: string): number | undefined {
  const end = archive.lastIndexOf(Buffer.from('PK\u0005\u0006', 'latin1'));
  if (end < 0) throw new Error('the archive has no directory');
  let at = archive.readUInt32LE(end + 16);
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((field) =>
      archive.readUInt16LE(at + field),
    ) as [number, number, number];
    if (archive.toString('utf8', at + 46, at + 46 + nameLength) === name) return at;
    at += 46 + nameLength + extraLength + commentLength;
  }
  return undefined;
}
