/** That the files are those of other libraries is in test/runtime/export-weights.test.ts. */
import { describe, expect, it } from 'vitest';
import { formatSafetensors, parseSafetensors } from '../../src/compiler/safetensors.js';

const arrays = [
  { name: 'c1/kernel', shape: [2, 3], values: Float32Array.of(1, -0, 3.5, Number.MIN_VALUE, 1e38, 6) },
  { name: 'c1/bias', shape: [], values: Float32Array.of(7) },
];
const file = formatSafetensors(arrays, { model: 'tiny' });

describe('safetensors', () => {
  it('gives back what was written, wherever the bytes lie', () => {
    expect(parseSafetensors(file)).toEqual(arrays);
    const shifted = new Uint8Array(file.length + 3);
    shifted.set(file, 3);
    expect(parseSafetensors(shifted.subarray(3))).toEqual(arrays);
    expect(parseSafetensors(Buffer.from(shifted).subarray(3))).toEqual(arrays);
  });

  it('begins the values at a multiple of eight bytes', () => {
    const start = 8 + new DataView(file.buffer).getUint32(0, true);
    expect(start % 8).toBe(0);
    expect(file.length).toBe(start + 7 * 4);
  });

  const text = (header: unknown) => {
    const bytes = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const made = new Uint8Array(8 + bytes.length + 8);
    new DataView(made.buffer).setUint32(0, bytes.length, true);
    made.set(bytes, 8);
    return made;
  };
  it.each([
    ['nothing', new Uint8Array(0)],
    ['a file that is cut short', file.subarray(0, file.length - 1)],
    ['a header that is cut short', file.subarray(0, 20)],
    ['a header that is no JSON', text('{')],
    ['a header that is no object', text('null')],
    ['another type', text({ x: { dtype: 'F16', shape: [4], data_offsets: [0, 8] } })],
    ['a size that is not that of the shape', text({ x: { dtype: 'F32', shape: [3], data_offsets: [0, 8] } })],
    ['an entry without a place', text({ x: { dtype: 'F32', shape: [2] } })],
    ['a place before the values', text({ x: { dtype: 'F32', shape: [2], data_offsets: [-8, 0] } })],
  ])('refuses %s', (_, bytes) => {
    expect(parseSafetensors(bytes)).toBeUndefined();
  });
});
