/**
 * The idx format of the MNIST family (LeCun, Cortes, Burges: "The MNIST database of handwritten digits"):
 * two zero bytes, a type byte (8: unsigned byte), the number of dimensions, each dimension as a big-endian
 * 32-bit number, then the values, the last dimension innermost.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';

export interface IdxArray {
  readonly shape: readonly number[];
  readonly values: Uint8Array;
}

const unsignedByte = 8;
const gzipMagic = [0x1f, 0x8b];

/**
 * @param bytes The file, as it is or packed by gzip.
 * @param largest The most values that there may be; a packed file that unpacks to more is not unpacked further.
 * @returns The array, or in a few words what is wrong with the file: `has 99 bytes instead of 7,840,016`.
 */
export async function parseIdx(bytes: Uint8Array, largest: number): Promise<IdxArray | string> {
  const packed = gzipMagic.every((byte, index) => bytes[index] === byte);
  const file = packed ? await unpack(bytes, largest + 1024) : bytes;
  if (typeof file === 'string') return file;
  if (file.length < 4 || file[0] !== 0 || file[1] !== 0) return 'is not an idx file';
  if (file[2] !== unsignedByte) return `holds values of type ${file[2]} instead of unsigned bytes (8)`;
  const rank = file[3]!;
  const start = 4 + 4 * rank;
  if (rank === 0 || file.length < start) return 'is cut off within its header';
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const wanted = start + shape.reduce((product, size) => product * size, 1);
  if (file.length !== wanted) {
    return `has ${file.length.toLocaleString('en')} bytes instead of ${wanted.toLocaleString('en')}`;
  }
  return { shape, values: file.subarray(start) };
}

async function unpack(bytes: Uint8Array, largest: number): Promise<Uint8Array | string> {
  try {
    return await promisify(gunzip)(bytes, { maxOutputLength: largest });
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
      ? `unpacks to more than ${largest.toLocaleString('en')} bytes`
      : 'cannot be unpacked: it is cut off or damaged';
  }
}
