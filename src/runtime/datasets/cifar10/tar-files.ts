/** Reads some files out of a tar archive, gzipped or not, while it arrives, without writing it to a disk. */
import { DataFault } from './data-fault.js';

/**
 * Calls `onFile` for each wanted file, one at a time, while the archive goes on arriving. `largest` gives the
 * number of bytes that a file may have, by its name without folders, and undefined for a file to pass over.
 *
 * @throws DataFault for an archive that is damaged, ends early, or has a wanted file that is too large.
 */
export async function readTarFiles(
  chunks: AsyncIterable<Uint8Array>,
  largest: (name: string) => number | undefined,
  onFile: (name: string, bytes: Buffer) => Promise<void> | void,
): Promise<void> {
  const { Parser } = await import('tar');
  let failure: unknown;
  let work = Promise.resolve();
  let entries = 0;
  const fail = (error: unknown) => {
    failure ??= error;
  };

  const parser = new Parser({
    strict: true,
    gzip: true,
    onReadEntry: (entry) => {
      entries += 1;
      const name = entry.path.slice(entry.path.lastIndexOf('/') + 1);
      const limit = entry.type === 'File' || entry.type === 'OldFile' ? largest(name) : undefined;
      if (limit === undefined) {
        entry.resume();
        return;
      }
      if (entry.size > limit) {
        fail(new DataFault(`has a ${name} of ${entry.size.toLocaleString('en')} bytes`));
        entry.resume();
        return;
      }
      const bytes = Buffer.allocUnsafeSlow(entry.size);
      let filled = 0;
      entry.on('data', (chunk) => {
        bytes.set(chunk, filled);
        filled += chunk.length;
      });
      entry.on('end', () => {
        work = work.then(() => (failure === undefined ? onFile(name, bytes) : undefined)).catch(fail);
      });
    },
  });
  const finished = new Promise<void>((resolve) => {
    parser.on('end', resolve);
    parser.on('error', (error: unknown) => {
      fail(archiveFault(error, entries));
      resolve();
    });
  });

  // Entries are copied as they are parsed, so the parser never holds data back and needs no drain.
  for await (const chunk of chunks) {
    parser.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
    if (failure !== undefined) throw failure;
  }
  parser.end();
  await finished;
  await work;
  if (failure !== undefined) throw failure;
}

function archiveFault(error: unknown, entries: number): DataFault {
  const { message, code } = error as NodeJS.ErrnoException;
  const reason =
    code === 'Z_BUF_ERROR' || /truncated|unexpected end/i.test(message)
      ? 'ends early'
      : entries === 0
        ? 'is not a tar archive'
        : `is damaged (${message.replace(/^TAR_\w+: /, '')})`;
  return new DataFault(reason, { cause: error });
}
