/**
 * How much a spec may hold. Every check is at worst about linear in these, so that no file, however made,
 * takes more than a moment or more memory than it should.
 */
export const limits = {
  /** Bytes of UTF-8: 1 MiB. */
  fileBytes: 1024 * 1024,
  /** Words, marks and the gaps between them, as YAML's reader cuts a text up: some 35 a line of a layer. */
  tokens: 400_000,
  /** Lists and mappings inside each other, aliases written out. */
  depth: 64,
  /** Keys and values, aliases and merge keys written out. */
  values: 200_000,
  /** Layers, once blocks and repeats are written out. */
  layers: 10_000,
  /** Steps that may be looked at to write them out, where uses of blocks and turns of repeats count for several. */
  expansion: 300_000,
  /** Blocks, branches and repeats inside each other. */
  nesting: 16,
  /** Files that a spec may consist of; `fileBytes` and `values` hold for all of them together. */
  files: 32,
  /** Values of one tensor: what a 32-bit index can address. */
  tensorValues: 2 ** 31 - 1,
  /** Faults of one file that are reported; what follows them is mostly the same mistake again. */
  faults: 1000,
  nameLength: 64,
  /** Of the name of a layer inside blocks and repeats, `stage/0/conv2d_1`. */
  fullNameLength: 1280,
} as const;
