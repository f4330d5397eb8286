/** The MNIST family from idx files, written here byte by byte as its page describes them. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadDataset } from '../../../src/runtime/datasets/index.js';

let root: string;
let folders = 0;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'speccc-mnist-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const bigEndian = (value: number) => [value >>> 24, (value >>> 16) & 255, (value >>> 8) & 255, value & 255];
const idx = (shape: readonly number[], values: readonly number[], type = 8) =>
  Uint8Array.from([0, 0, type, shape.length, ...shape.flatMap(bigEndian), ...values]);
const pixels = (count: number) => Array.from({ length: count * 784 }, (_, i) => (i * 7) % 256);
const images = (count: number) => idx([count, 28, 28], pixels(count));

const files = {
  'train-images-idx3-ubyte': images(3),
  'train-labels-idx1-ubyte': idx([3], [5, 0, 4]),
  't10k-images-idx3-ubyte': images(2),
  't10k-labels-idx1-ubyte': idx([2], [7, 2]),
};

async function folderWith(changes: Readonly<Record<string, Uint8Array | undefined>> = {}): Promise<string> {
  const folder = join(root, String(folders++));
  await mkdir(folder);
  for (const [name, bytes] of Object.entries({ ...files, ...changes })) {
    if (bytes !== undefined) await writeFile(join(folder, name), bytes);
  }
  return folder;
}

const load = (folder: string | undefined, type = 'mnist') =>
  loadDataset({ type }, { folder, inputShape: [28, 28, 1], seed: 1 });

describe('idx files', () => {
  it('are read as images and labels', async () => {
    const folder = await folderWith();
    const dataset = await load(folder);
    expect(dataset).toMatchObject({ name: 'mnist', shape: [28, 28, 1], synthetic: false });
    expect(dataset.origin).toBe(`folder ${folder}`);
    expect([...dataset.train.values]).toEqual(pixels(3));
    expect([...dataset.train.labels]).toEqual([5, 0, 4]);
    expect([dataset.train.count, dataset.validation.count]).toEqual([3, 2]);
    expect([...dataset.validation.labels]).toEqual([7, 2]);
  });

  it('may be packed by gzip, and have the spelling of other unpackers', async () => {
    const folder = await folderWith({
      'train-images-idx3-ubyte': undefined,
      'train-images-idx3-ubyte.gz': gzipSync(images(3)),
      't10k-labels-idx1-ubyte': undefined,
      't10k-labels.idx1-ubyte': files['t10k-labels-idx1-ubyte'],
    });
    const { train, validation } = await load(folder, 'fashionMnist');
    expect([...train.values]).toEqual(pixels(3));
    expect([...validation.labels]).toEqual([7, 2]);
  });

  const faults: readonly [string, Readonly<Record<string, Uint8Array | undefined>>, string, RegExp][] = [
    ['a missing file', { 't10k-labels-idx1-ubyte': undefined }, 'data-not-found', /has no t10k-labels-idx1-ubyte/],
    ['another file', { 'train-images-idx3-ubyte': Buffer.from('<html>') }, 'data-damaged', /is not an idx file/],
    ['an empty file', { 'train-images-idx3-ubyte': new Uint8Array() }, 'data-damaged', /is not an idx file/],
    ['a cut header', { 'train-images-idx3-ubyte': images(3).subarray(0, 9) }, 'data-damaged', /cut off within its header/],
    ['cut values', { 'train-images-idx3-ubyte': images(3).subarray(0, 999) }, 'data-damaged', /has 999 bytes instead of 2,368/],
    ['other values', { 'train-labels-idx1-ubyte': idx([3], [5, 0, 4], 13) }, 'data-damaged', /type 13 instead of unsigned bytes/],
    ['other images', { 'train-images-idx3-ubyte': idx([3, 4, 4], pixels(3).slice(0, 48)) }, 'data-damaged', /3x4x4 values instead of images of 28x28x1/],
    ['too few labels', { 'train-labels-idx1-ubyte': idx([2], [5, 0]) }, 'data-damaged', /has 2 labels for the 3 images/],
    ['a label out of range', { 'train-labels-idx1-ubyte': idx([3], [5, 10, 4]) }, 'data-damaged', /label 10, but 'mnist' has 10 classes/],
    [
      'a cut packed file',
      { 'train-images-idx3-ubyte': gzipSync(images(3)).subarray(0, 40) },
      'data-damaged',
      /cannot be unpacked/,
    ],
    [
      'a packed bomb',
      { 'train-labels-idx1-ubyte': gzipSync(new Uint8Array(3_000_000)) },
      'data-damaged',
      /unpacks to more than/,
    ],
  ]; // biome-ignore format: a table

  it.each(faults)('%s is named', async (_, changes, code, message) => {
    await expect(load(await folderWith(changes))).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
  });

  it('need a folder', async () => {
    await expect(load(undefined)).rejects.toMatchObject({ code: 'data-not-found' });
    await expect(load(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'data-not-found' });
    const file = join(await folderWith(), 'train-labels-idx1-ubyte');
    await expect(load(file)).rejects.toMatchObject({ code: 'data-not-found' });
  });
});
