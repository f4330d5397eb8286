/** Pictures from files, as a model takes them. */
import { readFile, stat } from 'node:fs/promises';
import { SpecccError } from '../diagnostics/index.js';
import { formatShape, type Shape } from '../layers/index.js';

const mostPixels = 16_383 * 16_383;
const mostBytes = 256 * 1024 * 1024;

/** Formats that hold pixels. An SVG or a PDF is a program that draws, and may name other files. */
const formats = ['jpeg', 'png', 'webp', 'gif', 'tiff', 'heif', 'avif'];

/**
 * Reads a picture of any size for a model with the input `shape`: [height, width], or [height, width, channels]
 * with one channel (grey) or three (red, green, blue).
 *
 * The picture is turned upright as its EXIF data says, laid on white where it is transparent, scaled until it
 * covers height x width with its proportions kept, and what stands out on two sides is cut off evenly. Of an
 * animation the first frame counts.
 *
 * @returns height * width * channels bytes in tfjs's order: row by row, channels innermost.
 * @throws SpecccError 'image-not-found', 'image-unreadable', 'image-too-large' or 'not-an-image-model'.
 */
export async function readImage(path: string, shape: Shape): Promise<Uint8Array> {
  const [height, width, channels = 1] = shape;
  if (height === undefined || width === undefined || shape.length > 3 || (channels !== 1 && channels !== 3)) {
    throw new SpecccError(
      'not-an-image-model',
      `the model takes ${formatShape(shape)}, which is no image of one or three channels`,
      { hints: ['predict images with a model whose input is [height, width, 1] or [height, width, 3]'] },
    );
  }
  const data = await decode(path, height, width, channels);
  if (data.length !== height * width * channels) {
    throw new Error(`${path} was decoded to ${data.length} bytes for ${formatShape(shape)}`);
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.length);
}

async function decode(path: string, height: number, width: number, channels: 1 | 3): Promise<Buffer> {
  const bytes = await readBytes(path);
  const { default: sharp } = await import('sharp');
  try {
    const picture = sharp(bytes, { limitInputPixels: mostPixels, failOn: 'error' });
    const { format } = await picture.metadata();
    if (!formats.includes(format)) throw unreadable(path, `${path} is ${format}, which is not supported`);
    return await picture
      .rotate()
      .flatten({ background: 'white' })
      .resize({ width, height, fit: 'cover', position: 'centre' })
      .toColourspace(channels === 1 ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer();
  } catch (error) {
    if (error instanceof SpecccError) throw error;
    throw imageError(path, error as Error);
  }
}

async function readBytes(path: string): Promise<Buffer> {
  try {
    const found = await stat(path);
    if (!found.isFile()) throw notFound(path, `${path} is not a file`);
    if (found.size > mostBytes) {
      const size = Math.round(found.size / 2 ** 20).toLocaleString('en');
      throw tooLarge(`${path} has ${size} MiB, and images may have ${mostBytes / 2 ** 20} MiB`);
    }
    if (found.size === 0) throw unreadable(path, `${path} is empty`);
    return await readFile(path);
  } catch (error) {
    if (error instanceof SpecccError) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw notFound(
      path,
      code === 'ENOENT' ? `there is no ${path}` : `${path} cannot be read (${code})`,
      error,
    );
  }
}

/** sharp tells its problems apart by their text only. */
function imageError(path: string, error: Error): unknown {
  const { message } = error;
  if (/pixel limit/i.test(message))
    return tooLarge(`${path} has more than ${mostPixels.toLocaleString('en')} pixels`);
  if (/unsupported image format/i.test(message)) return unreadable(path, `${path} is not an image`, error);
  // Sharp was given a wrong option: a bug of ours, not of the image.
  if (/^Expected /.test(message)) return error;
  return unreadable(path, `${path} is damaged (${message.split('\n')[0]})`, error);
}

function notFound(path: string, message: string, cause?: unknown): SpecccError {
  return new SpecccError('image-not-found', message, {
    hints: [`name an image file instead of ${path}`],
    cause,
  });
}

function unreadable(path: string, message: string, cause?: unknown): SpecccError {
  return new SpecccError('image-unreadable', message, {
    hints: [`open ${path} in an image viewer; PNG, JPEG, WebP, GIF, TIFF and AVIF can be read`],
    cause,
  });
}

function tooLarge(message: string): SpecccError {
  return new SpecccError('image-too-large', message, { hints: ['make the picture smaller first'] });
}
