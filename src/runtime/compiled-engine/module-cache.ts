/**
 * Assembled modules, kept so that the next run starts at once. A file has the digest of its text for a name, and begins
 * with the digest of what follows: WebAssembly with a bit of it changed may well be a program that computes wrongly.
 */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../cache-folder.js';
import { writeFileWhole } from '../whole-files.js';

/** How many are kept, the latest: some 10 MB of them. */
const kept = 100;
const digestBytes = 32;

/** What `assemble` makes of a text, made once. A cache that cannot be read or written only costs the time for that. */
export async function cachedModule(
  text: string,
  assemble: () => Promise<Uint8Array<ArrayBuffer>>,
): Promise<Uint8Array<ArrayBuffer>> {
  const folder = join(cacheFolder(), 'modules');
  const file = join(folder, `${digestOf(text).toString('hex')}.module`);
  const found = await readFile(file).catch(() => undefined);
  if (found !== undefined) {
    const bytes = found.subarray(digestBytes);
    if (digestOf(bytes).equals(found.subarray(0, digestBytes))) return bytes;
  }
  const bytes = await assemble();
  try {
    await writeFileWhole(file, Buffer.concat([digestOf(bytes), bytes]));
    await removeOld(folder);
  } catch {
    // As if there were no cache.
  }
  return bytes;
}

const digestOf = (data: string | Uint8Array) => createHash('sha256').update(data).digest();

async function removeOld(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (names.length <= kept) return;
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, time: (await stat(path)).mtimeMs };
    }),
  );
  const old = files.sort((a, b) => b.time - a.time).slice(kept);
  await Promise.all(old.map(({ path }) => rm(path, { force: true })));
}
