/**
 * How much a spec may hold. Every check is at worst about linear in these, so that no file, however made,
 * takes more than a moment or more memory than it should.
 */
export const limits = {
  /** Bytes of UTF-8: 1 MiB. */
  fileBytes: 1024 * 1024,
  /** Lists and mappings inside each other, aliases written out. */
  depth: 64,
  /** Keys and values, aliases and merge keys written out. */
  values: 200_000,
  layers: 10_000,
  /** Values of one tensor: what a 32-bit index can address. */
  tensorValues: 2 ** 31 - 1,
  /** Diagnostics of one file; what follows is the same mistake again. */
  diagnostics: 200,
  nameLength: 64,
} as const;
