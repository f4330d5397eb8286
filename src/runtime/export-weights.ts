/** The weights of a trained model in forms that other programs and people read. */
import { formatSafetensors } from '../compiler/safetensors.js';
import { SpecccError } from '../diagnostics/index.js';
import type { Shape } from '../layers/index.js';
import type { Weight } from './engine.js';
import { openRunFiles } from './run-folder.js';
import type { FileContent } from './whole-files.js';

export const exportFormats = ['txt', 'json', 'csv', 'npy', 'safetensors'] as const;
export type ExportFormat = (typeof exportFormats)[number];

export interface ExportedWeights {
  readonly folder: string;
  readonly checkpoint: string;
  readonly epoch: number;
  /** How many weights (tensors) and values were exported. */
  readonly weights: number;
  readonly values: number;
  /** One file, but for `npy`, which has one a weight and is meant for a folder of its own. */
  readonly files: Readonly<Record<string, FileContent>>;
}

/**
 * Exports the weights of a run, or of one of its checkpoints, by its path. Writes nothing: the files come
 * back by name.
 *
 * - `txt`: every trainable weight as NumPy prints an array, with all its values: name, shape, numbers. The
 *   other formats have the others too (moving means and variances).
 * - `json`: `{ model, checkpoint, epoch, weights: [{ name, shape, trainable, values }] }`, values row-major.
 * - `csv`: `name,shape,trainable,index,value`, a line a value, index row-major.
 * - `npy`: `c1.kernel.npy`, …: NumPy's format 1.0.
 * - `safetensors`: the format of https://github.com/huggingface/safetensors.
 *
 * Decimal numbers are the shortest that read back as the same 32-bit float.
 *
 * @throws SpecccError 'run-not-found', 'run-damaged', 'unknown-export-format', 'checkpoint-not-found', 'checkpoint-damaged'
 */
export async function exportWeights(
  path: string,
  format: ExportFormat,
  options: { readonly checkpoint?: string } = {},
): Promise<ExportedWeights> {
  if (!exportFormats.includes(format)) {
    throw new SpecccError('unknown-export-format', `weights cannot be exported as '${format}'`, {
      hints: [`choose one of ${exportFormats.join(', ')}`],
    });
  }
  const run = await openRunFiles(path);
  const checkpoint = options.checkpoint ?? run.checkpoint;
  const { weights, state } = await run.readCheckpoint(checkpoint);
  const exported = format === 'txt' ? weights.filter(({ trainable }) => trainable) : weights;
  return {
    folder: run.folder,
    checkpoint,
    epoch: state.epoch,
    weights: exported.length,
    values: exported.reduce((sum, { values }) => sum + values.length, 0),
    files: weightFiles(format, exported, { model: run.record.name, checkpoint, epoch: state.epoch }),
  };
}

/** What the weights are of. */
export interface WeightOrigin {
  readonly model: string;
  readonly checkpoint: string;
  readonly epoch: number;
}

/** The files of `exportWeights`, for weights from anywhere. */
export function weightFiles(
  format: ExportFormat,
  weights: readonly Weight[],
  origin: WeightOrigin,
): Readonly<Record<string, FileContent>> {
  switch (format) {
    case 'txt':
      return { 'weights.txt': weights.map(formatText).join('\n') };
    case 'json':
      return { 'weights.json': formatJson(weights, origin) };
    case 'csv':
      return { 'weights.csv': formatCsv(weights) };
    case 'npy':
      return Object.fromEntries(
        weights.map((weight) => [`${weight.name.replaceAll('/', '.')}.npy`, formatNpy(weight)]),
      );
    case 'safetensors':
      return {
        'weights.safetensors': formatSafetensors(weights, { ...origin, epoch: String(origin.epoch) }),
      };
  }
}

/** The shortest decimal that rounds to the same 32-bit float: nine digits always do (IEEE 754). */
export function formatFloat(value: number): string {
  if (Object.is(value, -0)) return '-0';
  for (let digits = 1; digits < 9; digits += 1) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(Number(value.toPrecision(9)));
}

/** `(5, 5, 3, 6)`, `(6,)`, `()`: a shape as Python writes it. */
function pythonTuple(shape: Shape): string {
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
}

function formatText({ name, shape, values }: Weight): string {
  const numbers = Array.from(values, formatFloat);
  const width = numbers.reduce((most, text) => Math.max(most, text.length), 0);
  const padded = numbers.map((text) => text.padStart(width));
  return `${name} ${pythonTuple(shape)}\n${nested(padded, shape, 0)}\n`;
}

/** Nested brackets as NumPy prints them: a line a row, and empty lines between blocks of higher rank. */
function nested(numbers: readonly string[], shape: Shape, depth: number): string {
  const [length, ...inner] = shape;
  if (length === undefined) return numbers[0] ?? '';
  if (inner.length === 0) return `[${numbers.join(' ')}]`;
  const size = numbers.length / length;
  const rows = Array.from({ length }, (_, i) =>
    nested(numbers.slice(i * size, (i + 1) * size), inner, depth + 1),
  );
  return `[${rows.join('\n'.repeat(inner.length) + ' '.repeat(depth + 1))}]`;
}

function formatJson(weights: readonly Weight[], origin: WeightOrigin): string {
  const entries = weights.map(
    ({ name, shape, trainable, values }) =>
      `    {\n      "name": ${JSON.stringify(name)},\n      "shape": ${JSON.stringify(shape)},\n      "trainable": ${trainable},\n      "values": [${Array.from(values, formatFloat).join(', ')}]\n    }`,
  );
  const head = Object.entries(origin).map(
    ([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)},\n`,
  );
  return `{\n${head.join('')}  "weights": [\n${entries.join(',\n')}\n  ]\n}\n`;
}

function formatCsv(weights: readonly Weight[]): string {
  const lines = weights.flatMap(({ name, shape, trainable, values }) =>
    Array.from(
      values,
      (value, index) => `${csvField(name)},${shape.join('x')},${trainable},${index},${formatFloat(value)}\n`,
    ),
  );
  return `name,shape,trainable,index,value\n${lines.join('')}`;
}

function csvField(text: string): string {
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html, version 1.0 */
function formatNpy({ shape, values }: Weight): Uint8Array {
  const description = `{'descr': '<f4', 'fortran_order': False, 'shape': ${pythonTuple(shape)}, }`;
  const unpadded = 10 + description.length + 1;
  const header = `${description}${' '.repeat((64 - (unpadded % 64)) % 64)}\n`;
  const prefix = Buffer.from([0x93, ...Buffer.from('NUMPY'), 1, 0, header.length & 255, header.length >> 8]);
  return Buffer.concat([prefix, Buffer.from(header, 'latin1'), bytesOf(values)]);
}

/** Typed arrays are little-endian on every machine that Node runs on but IBM's Z, where tfjs does not run. */
function bytesOf({ buffer, byteOffset, byteLength }: Float32Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
