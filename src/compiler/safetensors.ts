/**
 * Weights as one file that programs in any language read: https://github.com/huggingface/safetensors. Eight bytes
 * give the length of a JSON header, which names the arrays with their shapes and places; then come their values,
 * little-endian.
 */
import { type Shape, sizeOf } from '../layers/index.js';

export interface NamedArray {
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** All as F32. The header ends with spaces, so that the values lie on multiples of eight bytes. */
export function formatSafetensors(
  arrays: readonly NamedArray[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: 'tf', ...metadata } };
  let end = 0;
  for (const { name, shape, values } of arrays) {
    header[name] = { dtype: 'F32', shape, data_offsets: [end, end + values.byteLength] };
    end += values.byteLength;
  }
  const text = new TextEncoder().encode(JSON.stringify(header));
  const start = 8 + Math.ceil(text.length / 8) * 8;
  const file = new Uint8Array(start + end).fill(0x20, 8, start);
  new DataView(file.buffer).setUint32(0, start - 8, true);
  file.set(text, 8);
  let at = start;
  for (const { values } of arrays) {
    file.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), at);
    at += values.byteLength;
  }
  return file;
}

/**
 * The arrays of a file, in the order of its header. Undefined where it is no such file, or has anything but F32.
 */
export function parseSafetensors(file: Uint8Array): readonly NamedArray[] | undefined {
  if (file.length < 8) return undefined;
  const start = 8 + Number(new DataView(file.buffer, file.byteOffset).getBigUint64(0, true));
  if (start > file.length) return undefined;
  const header = parseHeader(file.subarray(8, start));
  if (header === undefined) return undefined;
  const arrays: NamedArray[] = [];
  for (const [name, entry] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    if (!isEntry(entry)) return undefined;
    const [from, to] = entry.data_offsets;
    if (entry.dtype !== 'F32' || to - from !== sizeOf(entry.shape) * 4 || start + to > file.length) {
      return undefined;
    }
    // A copy also where the file is a Buffer, of which `slice` gives a view.
    const values = new Float32Array(Uint8Array.from(file.subarray(start + from, start + to)).buffer);
    arrays.push({ name, shape: entry.shape, values });
  }
  return arrays;
}

interface HeaderEntry {
  readonly dtype: string;
  readonly shape: Shape;
  readonly data_offsets: readonly [number, number];
}

function parseHeader(bytes: Uint8Array): Readonly<Record<string, unknown>> | undefined {
  try {
    const header: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof header === 'object' && header !== null ? (header as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(entry: unknown): entry is HeaderEntry {
  if (typeof entry !== 'object' || entry === null) return false;
  const { dtype, shape, data_offsets: offsets } = entry as Partial<HeaderEntry>;
  const isCount = (number: unknown) => Number.isSafeInteger(number) && Number(number) >= 0;
  return (
    typeof dtype === 'string' &&
    Array.isArray(shape) &&
    shape.every(isCount) &&
    Array.isArray(offsets) &&
    offsets.length === 2 &&
    offsets.every(isCount)
  );
}
