import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpecccError } from '../../src/diagnostics/index.js';
import { readImage } from '../../src/runtime/read-image.js';
import { fc } from '../property.js';

let folder: string;
let files = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speccc-image-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function save(image: Sharp | Buffer, extension = 'png'): Promise<string> {
  const path = join(folder, `image ${files++}.${extension}`);
  await writeFile(path, Buffer.isBuffer(image) ? image : await image.toBuffer());
  return path;
}

type Colour = readonly [number, number, number];
const red: Colour = [255, 0, 0];
const green: Colour = [0, 255, 0];
const blue: Colour = [0, 0, 255];
const white: Colour = [255, 255, 255];

/** An image with these columns of colour from left to right. */
function columns(colours: readonly Colour[], width: number, height: number): Sharp {
  const data = Buffer.alloc(width * height * 3);
  for (let at = 0; at < width * height; at++) {
    data.set(colours[Math.floor(((at % width) * colours.length) / width)]!, at * 3);
  }
  return sharp(data, { raw: { width, height, channels: 3 } });
}

function pixel(bytes: Uint8Array, width: number, row: number, column: number): number[] {
  return [...bytes.subarray((row * width + column) * 3, (row * width + column + 1) * 3)];
}

describe('readImage', () => {
  it('gives the pixels of an image of the right size unchanged, row by row', async () => {
    const data = Buffer.from(Uint8Array.from({ length: 5 * 4 * 3 }, (_, i) => (i * 37) % 256));
    const path = await save(sharp(data, { raw: { width: 5, height: 4, channels: 3 } }).png());
    expect(Buffer.from(await readImage(path, [4, 5, 3])).equals(data)).toBe(true);
  });

  it.each(['png', 'jpeg', 'webp', 'gif', 'tiff', 'avif'] as const)('reads %s', async (format) => {
    const path = await save(columns([red, blue], 64, 64).toFormat(format), format);
    const bytes = await readImage(path, [32, 32, 3]);
    expect(bytes).toHaveLength(32 * 32 * 3);
    expect(bytes).toBeInstanceOf(Uint8Array);
    const [left, right] = [pixel(bytes, 32, 16, 4), pixel(bytes, 32, 16, 27)];
    expect(left[0]! - left[2]!).toBeGreaterThan(200);
    expect(right[2]! - right[0]!).toBeGreaterThan(200);
  });

  it('keeps the proportions and cuts off what stands out, evenly', async () => {
    const wide = await readImage(await save(columns([red, green, green, blue], 400, 100).png()), [20, 20, 3]);
    for (const column of [1, 10, 18]) expect(pixel(wide, 20, 10, column)).toEqual(green);
    const tall = await readImage(
      await save(columns([red, green, green, blue], 400, 100).rotate(90).png()),
      [20, 20, 3],
    );
    for (const row of [1, 10, 18]) expect(pixel(tall, 20, row, 10)).toEqual(green);
    const toWide = await readImage(await save(columns([red, green, blue], 90, 90).png()), [10, 30, 3]);
    expect([2, 15, 27].map((column) => pixel(toWide, 30, 5, column))).toEqual([red, green, blue]);
  });

  it('enlarges a tiny image', async () => {
    const bytes = await readImage(await save(columns([red], 1, 1).png()), [8, 8, 3]);
    expect(pixel(bytes, 8, 7, 7)).toEqual(red);
  });

  it('turns a picture upright as its EXIF data says', async () => {
    // Orientation 6: the camera was held so that the left side of the file is the top of the picture.
    const path = await save(
      columns([red, blue], 64, 64)
        .jpeg({ quality: 100, chromaSubsampling: '4:4:4' })
        .withMetadata({ orientation: 6 }),
      'jpg',
    );
    const bytes = await readImage(path, [16, 16, 3]);
    expect(pixel(bytes, 16, 2, 8)[0]).toBeGreaterThan(200);
    expect(pixel(bytes, 16, 13, 8)[2]).toBeGreaterThan(200);
  });

  it('lays transparent pixels on white', async () => {
    const data = Buffer.from([255, 0, 0, 255, 255, 0, 0, 0]);
    const path = await save(sharp(data, { raw: { width: 2, height: 1, channels: 4 } }).png());
    expect([...(await readImage(path, [1, 2, 3]))]).toEqual([...red, ...white]);
  });

  it('makes grey from colours, and colours from grey, also with 16 bits and with alpha', async () => {
    const colour = await save(columns([white, [0, 0, 0]], 2, 1).png());
    expect([...(await readImage(colour, [1, 2, 1]))]).toEqual([255, 0]);
    expect([...(await readImage(colour, [1, 2]))]).toEqual([255, 0]);
    const grey = await save(
      sharp(Buffer.from([0, 100]), { raw: { width: 2, height: 1, channels: 1 } }).png(),
    );
    expect([...(await readImage(grey, [1, 2, 3]))]).toEqual([0, 0, 0, 100, 100, 100]);
    expect([...(await readImage(grey, [1, 2, 1]))]).toEqual([0, 100]);
    const alpha = await save(
      sharp(Buffer.from([100, 255, 100, 0]), { raw: { width: 2, height: 1, channels: 2 } }).png(),
    );
    expect([...(await readImage(alpha, [1, 2, 1]))]).toEqual([100, 255]);
    const deep = await save(
      sharp(Buffer.from([255, 128, 0]), { raw: { width: 1, height: 1, channels: 3 } })
        .toColourspace('rgb16')
        .png(),
    );
    expect((await sharp(deep).metadata()).depth).toBe('ushort');
    expect([...(await readImage(deep, [1, 1, 3]))]).toEqual([255, 128, 0]);
    const palette = await save(columns([red, blue], 4, 4).png({ palette: true }));
    expect(pixel(await readImage(palette, [4, 4, 3]), 4, 0, 0)).toEqual(red);
    const cmyk = await save(columns([white], 4, 4).toColourspace('cmyk').jpeg(), 'jpg');
    expect(await readImage(cmyk, [4, 4, 3])).toHaveLength(48);
  });

  it('sees the file as it is now, not as it was before', async () => {
    const path = await save(columns([red], 4, 4).png());
    expect(pixel(await readImage(path, [4, 4, 3]), 4, 0, 0)).toEqual(red);
    await writeFile(path, await columns([blue], 4, 4).png().toBuffer());
    expect(pixel(await readImage(path, [4, 4, 3]), 4, 0, 0)).toEqual(blue);
  });
});

describe('readImage refuses', () => {
  const shape = [32, 32, 3];

  it.each([
    ['a path that leads nowhere', () => join(folder, 'nowhere.png'), /^there is no .*nowhere\.png$/],
    ['a folder', () => folder, /is not a file$/],
    ['a device', () => '/dev/zero', /^\/dev\/zero is not a file$/],
  ])('%s', async (_, path, message) => {
    await expect(readImage(path(), shape)).rejects.toMatchObject({
      code: 'image-not-found',
      message: expect.stringMatching(message),
    });
  });

  it.each([
    ['an empty file', Buffer.alloc(0), /is empty$/],
    ['a text', Buffer.from('hello, this is not a picture'), /is not an image$/],
    [
      'random bytes',
      Buffer.from(Uint8Array.from({ length: 999 }, (_, i) => (i * i * 31) % 251)),
      /is not an image$/,
    ],
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'), /is svg/],
  ])('%s', async (_, bytes, message) => {
    await expect(readImage(await save(bytes), shape)).rejects.toMatchObject({
      code: 'image-unreadable',
      message: expect.stringMatching(message),
    });
  });

  it.each(['png', 'jpeg', 'webp', 'tiff', 'gif'] as const)('a %s that is cut short', async (format) => {
    const noise = Buffer.from(Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => (i * i * 7) % 255));
    const image = sharp(noise, { raw: { width: 200, height: 200, channels: 3 } }).toFormat(format);
    const path = await save(image, format);
    const { length } = await image.toBuffer();
    for (const part of [0.9, 0.5, 0.1]) {
      await truncate(path, Math.floor(length * part));
      await expect(readImage(path, shape), `${part}`).rejects.toMatchObject({ code: 'image-unreadable' });
    }
  });

  it('or reads whatever damage makes of a file, and never fails in another way', async () => {
    const pictures = await Promise.all(
      (['png', 'jpeg', 'webp', 'tiff', 'gif'] as const).map((format) =>
        columns([red, green, blue], 24, 16).toFormat(format).toBuffer(),
      ),
    );
    const path = await save(Buffer.alloc(0));
    const damage = fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), {
      minLength: 1,
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...pictures), damage, async (picture, changes) => {
        const bytes = Buffer.from(picture);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        await writeFile(path, bytes);
        const read = await readImage(path, [8, 8, 3]).catch((error: unknown) => error);
        if (read instanceof SpecccError) expect(read.code).toMatch(/^image-(unreadable|too-large)$/);
        else expect(read).toHaveLength(8 * 8 * 3);
      }),
      { numRuns: 500, seed: 11 },
    );
  });

  it('a small file that claims to be an enormous picture, before it is decoded', async () => {
    const chunk = (type: string, data: Buffer) => {
      const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
      const frame = Buffer.alloc(8);
      frame.writeUInt32BE(data.length, 0);
      frame.writeUInt32BE(crc32(body), 4);
      return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
    };
    const header = Buffer.alloc(13);
    header.writeUInt32BE(100_000, 0);
    header.writeUInt32BE(100_000, 4);
    header.set([8, 2, 0, 0, 0], 8);
    const bomb = Buffer.concat([
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
      chunk('IHDR', header),
      chunk('IDAT', deflateSync(Buffer.alloc(1_000_000))),
      chunk('IEND', Buffer.alloc(0)),
    ]);
    await expect(readImage(await save(bomb), shape)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringMatching(/has more than 268,402,689 pixels$/),
    });
  });

  it('an enormous file without reading it', async () => {
    const path = await save(Buffer.from('x'));
    await truncate(path, 257 * 1024 * 1024);
    await expect(readImage(path, shape)).rejects.toMatchObject({
      code: 'image-too-large',
      message: expect.stringMatching(/has 257 MiB, and images may have 256 MiB$/),
    });
  });

  it.each([[[10]], [[32, 32, 4]], [[2, 32, 32, 3]], [[]]])('a model that takes %j', async (other) => {
    await expect(readImage('any.png', other)).rejects.toMatchObject({ code: 'not-an-image-model' });
  });
});
