/**
 * What CIFAR-10 is, to the byte. Every source must give exactly these bytes, whatever form it has them in.
 *
 * The digests are SHA-256. Those of the files are the published ones of the official binary version; the
 * one of the whole was computed from two independent copies of the data set, which agree.
 */
import { createHash } from 'node:crypto';
import { countBytes, type DataTask } from '../progress.js';

export const side = 32;
export const channels = 3;
export const imageBytes = side * side * channels;

export interface Contents {
  /** Images in each file. */
  readonly imagesPerFile: number;
  /** In order; the last one is the test set. `sha256` is of the official binary file, `NAME.bin`. */
  readonly files: readonly { readonly name: string; readonly sha256: string }[];
  /** Of all images and labels, as an `ImageSet` has them. */
  readonly sha256: string;
}

export const cifar10Contents: Contents = {
  imagesPerFile: 10_000,
  files: [
    { name: 'data_batch_1', sha256: 'cee916563c9f80d84e3cc88e17fdc0941787f1244f00a67874d45b261883ada5' },
    { name: 'data_batch_2', sha256: 'a591ca11fa1708a91ee40f54b3da4784ccd871ecf2137de63f51ada8b3fa57ed' },
    { name: 'data_batch_3', sha256: 'bbe8596564c0f86427f876058170b84dac6670ddf06d79402899d93ceea26f67' },
    { name: 'data_batch_4', sha256: '014e562d6e23c72197cc727519169a60359f5eccd8945ad5a09d710285ff4e48' },
    { name: 'data_batch_5', sha256: '755304fc0b379caeae8c14f0dac912fbc7d6cd469eb67a1029a08a39453a9add' },
    { name: 'test_batch', sha256: '8e2eb146ae340b09e24670f29cabc6326dba54da8789dab6768acf480273f65b' },
  ],
  sha256: '80387ddb9a0edf3fc4a964ee3770296169bb26a651050df20035579673099660',
};

/** Bytes in front of the images, so that the cache file is written from the very memory they are decoded to. */
export const headerBytes = 64;

/**
 * All images and labels in one piece of memory: training images, training labels, test images, test labels.
 * An image is 32 rows of 32 pixels of red, green, blue (tfjs's order); a label is one byte.
 */
export interface ImageSet {
  /** The piece of memory: `headerBytes` bytes, then `content`. */
  readonly whole: Buffer;
  readonly content: Buffer;
  readonly trainCount: number;
  readonly testCount: number;
  /** Those of one file of `Contents.files`. */
  images(file: number): Buffer;
  labels(file: number): Buffer;
}

export function contentBytes(contents: Contents): number {
  return contents.files.length * contents.imagesPerFile * (imageBytes + 1);
}

export function emptyImageSet(contents: Contents): ImageSet {
  const { imagesPerFile, files } = contents;
  const whole = Buffer.allocUnsafeSlow(headerBytes + contentBytes(contents));
  const content = whole.subarray(headerBytes);
  const trainFiles = files.length - 1;
  const trainCount = trainFiles * imagesPerFile;
  const testImages = trainCount * (imageBytes + 1);
  const part = (start: number, bytes: number) => content.subarray(start, start + bytes);
  return {
    whole,
    content,
    trainCount,
    testCount: imagesPerFile,
    images: (file) =>
      part(file === trainFiles ? testImages : file * imagesPerFile * imageBytes, imagesPerFile * imageBytes),
    labels: (file) =>
      part(
        file === trainFiles
          ? testImages + imagesPerFile * imageBytes
          : trainCount * imageBytes + file * imagesPerFile,
        imagesPerFile,
      ),
  };
}

const chunk = 8 * 1024 * 1024;

/** Whether these are the published bytes. Takes 0.1 s for the real data set, in steps that let others run. */
export async function isGenuine(
  set: ImageSet,
  contents: Contents,
  source: string,
  task: DataTask,
): Promise<boolean> {
  const hash = createHash('sha256');
  const count = countBytes(task, { phase: 'verify', source, total: set.content.length });
  for (let offset = 0; offset < set.content.length; offset += chunk) {
    task.signal?.throwIfAborted();
    const part = set.content.subarray(offset, offset + chunk);
    hash.update(part);
    count(offset + part.length);
    await new Promise(setImmediate);
  }
  return hash.digest('hex') === contents.sha256;
}
