/** Data that a module carries and does not look at: a custom section of the binary format, behind all others. */

/** A module with one more custom section. */
export function withCustomSection(
  module: Uint8Array,
  name: string,
  content: Uint8Array,
): Uint8Array<ArrayBuffer> {
  const title = new TextEncoder().encode(name);
  const length = leb128(title.length);
  const head = [0, ...leb128(length.length + title.length + content.length), ...length, ...title];
  const extended = new Uint8Array(module.length + head.length + content.length);
  extended.set(module);
  extended.set(head, module.length);
  extended.set(content, module.length + head.length);
  return extended;
}

/** A whole number, seven bits a byte, the lowest first. */
function leb128(value: number): readonly number[] {
  const bytes: number[] = [];
  let left = value;
  while (left >= 0x80) {
    bytes.push((left & 0x7f) | 0x80);
    left = Math.floor(left / 0x80);
  }
  return [...bytes, left];
}
