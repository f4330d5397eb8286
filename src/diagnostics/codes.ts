/**
 * The closed list of everything speccc can complain about. The error reference, `speccc explain`, and the
 * types are derived from this table: a problem that is not here cannot be reported.
 *
 * `spec` codes are faults of a spec file and carry a place in it; `usage` codes are faults of a command
 * line or an API call; `runtime` codes are faults of the world around a run (data, disk, backend).
 */

/** Who has to act, which decides the exit code of the command line. */
export type CodeKind = 'spec' | 'usage' | 'runtime';

export interface CodeEntry {
  readonly kind: CodeKind;
  /** One line, without a full stop. */
  readonly title: string;
  /** What it means and how to get out of it: one or two paragraphs of Markdown. */
  readonly explanation: string;
  /** A small spec fragment or command that provokes it, and the same mended, where that teaches something. */
  readonly wrong?: string;
  readonly right?: string;
}

const entry = <const T extends Record<string, CodeEntry>>(table: T): T => table;

export const codes = entry({
  'unknown-option': {
    kind: 'spec',
    title: 'an option that this layer or section does not have',
    explanation:
      'Specs are strict at every depth, so a misspelt key is never ignored. The nearest known spelling is suggested; the spec reference lists every option of every layer.',
    wrong: '- { type: dense, units: 10, activaton: softmax }',
    right: '- { type: dense, units: 10, activation: softmax }',
  },
  'kernel-larger-than-input': {
    kind: 'spec',
    title: 'a kernel or pooling window that does not fit into its input',
    explanation:
      'With `padding: valid` a window must fit into the image that it slides over. Use a smaller window, `padding: same`, or fewer pooling layers before it.',
    wrong: 'input: [4, 4, 3]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 5 }',
    right: 'input: [4, 4, 3]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 5, padding: same }',
  },
  'wrong-input-rank': {
    kind: 'spec',
    title: 'a layer that gets an input with the wrong number of dimensions',
    explanation:
      'Each layer works on inputs of a certain rank: `conv2d` and the 2-D poolings on [height, width, channels], and so on. Insert `flatten`, `reshape` or a global pooling to change the rank.',
    wrong: 'input: [28, 28]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 3 }',
    right: 'input: [28, 28, 1]\nlayers:\n  - { type: conv2d, filters: 8, kernelSize: 3 }',
  },
  'shape-mismatch': {
    kind: 'spec',
    title: 'a layer whose options do not fit the shape of its input',
    explanation:
      'The options are valid by themselves but impossible for the input that reaches the layer, for example a `reshape` to another number of values, or a crop larger than the image.',
    wrong: 'input: [4, 4, 3]\nlayers:\n  - { type: reshape, targetShape: [7, 7] }',
    right: 'input: [4, 4, 3]\nlayers:\n  - { type: reshape, targetShape: [16, 3] }',
  },
  'conflicting-options': {
    kind: 'spec',
    title: 'two options that cannot be used together',
    explanation:
      'For example, a convolution cannot have both `strides` and `dilationRate` larger than one: tfjs computes no such convolution.',
    wrong: '- { type: conv2d, filters: 8, kernelSize: 3, strides: 2, dilationRate: 2 }',
    right: '- { type: conv2d, filters: 8, kernelSize: 3, dilationRate: 2 }',
  },
  // trainer: files, run folders, checkpoints, training
  'disk-write-failed': {
    kind: 'runtime',
    title: 'a file that could not be written',
    explanation:
      'The disk is full or read-only, a quota is used up, permission is missing, or a part of the path is a file. Nothing was lost: files are written beside their old version and replace it only when they are complete, so the last good checkpoint is as it was. Mend the cause the message names and run the same command again.',
  },
});

export type DiagnosticCode = keyof typeof codes;
