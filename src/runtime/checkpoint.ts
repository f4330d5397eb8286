/**
 * A checkpoint is a folder. `model.json` and `weights.bin` are tfjs's own format: `tf.loadLayersModel` reads
 * them anywhere, and knows nothing of the rest. `optimizer.bin` and `state.json` hold what training goes on
 * from. `SHA256SUMS` names every file's digest (`sha256sum -c` checks it); nothing is read without it.
 *
 * Equal content gives equal bytes.
 */
import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { SpecccError } from '../diagnostics/index.js';
import { type Shape, sizeOf } from '../layers/index.js';
import { version } from '../version.js';
import type { OptimizerState, Weight } from './engine.js';
import type { TrainerState } from './training/trainer-state.js';
import { currentFolder, type FileContent } from './whole-files.js';

export interface Checkpoint {
  /** As tfjs's model.json holds it. */
  readonly topology: unknown;
  readonly weights: readonly Weight[];
  readonly optimizer: OptimizerState;
  readonly state: TrainerState;
}

export const checkpointFileNames = ['model.json', 'weights.bin', 'optimizer.bin', 'state.json'] as const;
const sumsName = 'SHA256SUMS';
const stateFormat = 'speccc training state';
const stateVersion = 1;

/** What a weight or slot in a `.bin` file is; the values lie one after the other, little-endian. */
interface ArraySpec {
  readonly name: string;
  readonly shape: Shape;
}

interface WeightSpec extends ArraySpec {
  readonly dtype: string;
  readonly quantization?: unknown;
  /** tfjs saves those of the optimizer, where it is asked to, behind those of the model. */
  readonly group?: 'model' | 'optimizer';
}

interface ModelJson {
  readonly modelTopology: unknown;
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly WeightSpec[];
  }[];
}

/** A tfjs layers-model, for `writeFolderWhole`. */
export function modelFiles(
  topology: unknown,
  weights: readonly Omit<Weight, 'trainable'>[],
): Record<'model.json' | 'weights.bin', FileContent> {
  const model = {
    modelTopology: topology,
    format: 'layers-model',
    generatedBy: `speccc ${version}`,
    convertedBy: null,
    weightsManifest: [
      {
        paths: ['weights.bin'],
        weights: weights.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
      },
    ],
  };
  return {
    'model.json': JSON.stringify(model),
    'weights.bin': joinArrays(weights.map(({ values }) => values)),
  };
}

/** The files of a checkpoint, for `writeFolderWhole`. */
export function checkpointFiles(checkpoint: Checkpoint): Record<string, FileContent> {
  const { topology, weights, optimizer, state } = checkpoint;
  const trainer = {
    format: stateFormat,
    version: stateVersion,
    ...state,
    trainable: weights.filter((weight) => weight.trainable).map(({ name }) => name),
    optimizer: {
      type: optimizer.type,
      iterations: optimizer.iterations,
      slots: optimizer.slots.map(({ name, shape }) => ({ name, shape })),
    },
  };
  const files: Record<(typeof checkpointFileNames)[number], FileContent> = {
    ...modelFiles(topology, weights),
    'optimizer.bin': joinArrays(optimizer.slots.map(({ values }) => values)),
    'state.json': `${JSON.stringify(trainer, undefined, 1)}\n`,
  };
  const sums = Object.entries(files).map(([name, content]) => `${sha256(content)}  ${name}\n`);
  return { ...files, [sumsName]: sums.join('') };
}

/**
 * Reads a checkpoint that `checkpointFiles` made, after checking every file's digest.
 *
 * @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged'
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const files = await readVerified(folder);
  const model = parseModel(files['model.json'], join(folder, 'model.json'));
  const { format, version: found, trainable, optimizer, ...state } = parseState(files['state.json'], folder);
  if (format !== stateFormat || found !== stateVersion) {
    throw damaged(folder, `its state.json was written by another version of speccc than ${version}`, [
      'use the version of speccc that wrote it',
    ]);
  }
  const names = new Set(trainable);
  return {
    topology: model.modelTopology,
    weights: splitArrays(weightSpecs(model, folder), [files['weights.bin']], folder).map((weight) => ({
      ...weight,
      trainable: names.has(weight.name),
    })),
    optimizer: { ...optimizer, slots: splitArrays(optimizer.slots, [files['optimizer.bin']], folder) },
    state,
  };
}

interface SavedState extends TrainerState {
  readonly format: string;
  readonly version: number;
  readonly trainable: readonly string[];
  readonly optimizer: {
    readonly type: string;
    readonly iterations: number;
    readonly slots: readonly ArraySpec[];
  };
}

function parseState(content: Buffer, folder: string): SavedState {
  return parseJson<SavedState>(content, join(folder, 'state.json'));
}

/**
 * The weights of a tfjs layers-model, speccc's or another program's, by the path of its `model.json`. Where
 * a SHA256SUMS lies beside it, the digests are checked.
 *
 * @throws SpecccError 'checkpoint-not-found', 'checkpoint-damaged'
 */
export async function readModelWeights(file: string): Promise<readonly Omit<Weight, 'trainable'>[]> {
  const folder = join(file, '..');
  const content = await readFile(file).catch(() => {
    throw new SpecccError('checkpoint-not-found', `there is no model ${file}`);
  });
  if (await readFile(join(folder, sumsName)).catch(() => undefined)) await readVerified(folder);
  const model = parseModel(content, file);
  const paths = (model.weightsManifest ?? []).flatMap((group) => group.paths);
  const shards = await Promise.all(
    paths.map((path) =>
      readFile(join(folder, path)).catch(() => {
        throw damaged(file, `its weights ${path} are missing`);
      }),
    ),
  );
  return splitArrays(weightSpecs(model, file), withoutOptimizer(model, shards), file);
}

type CheckpointFile = (typeof checkpointFileNames)[number];

async function readVerified(folder: string): Promise<Record<CheckpointFile, Buffer>> {
  for (;;) {
    const found = await currentFolder(folder);
    if (found === undefined)
      throw new SpecccError('checkpoint-not-found', `there is no checkpoint ${folder}`);
    const before = await identityOf(found);
    try {
      return await readVerifiedOnce(folder, found);
    } catch (error) {
      // A trainer may have replaced the folder while it was read: then there is another whole one to read.
      const now = await currentFolder(folder);
      if (now === undefined || (now === found && (await identityOf(now)) === before)) throw error;
    }
  }
}

/** The same for as long as no other folder takes its place: a folder's files are all there before it has a name. */
async function identityOf(folder: string): Promise<string | undefined> {
  const found = await stat(folder, { bigint: true }).catch(() => undefined);
  return found === undefined ? undefined : `${found.ino} ${found.mtimeNs}`;
}

async function readVerifiedOnce(folder: string, found: string): Promise<Record<CheckpointFile, Buffer>> {
  const read = (name: string) =>
    readFile(join(found, name)).catch((error: NodeJS.ErrnoException) => {
      throw damaged(
        folder,
        error.code === 'ENOENT' ? `${name} is missing` : `${name} cannot be read: ${error.code}`,
      );
    });
  const sums = parseSums((await read(sumsName)).toString());
  const files: Partial<Record<CheckpointFile, Buffer>> = {};
  for (const name of checkpointFileNames) {
    const expected = sums.get(name);
    if (expected === undefined) throw damaged(folder, `${sumsName} has no line for ${name}`);
    const content = await read(name);
    if (sha256(content) !== expected) throw damaged(folder, `${name} is not what was written`);
    files[name] = content;
  }
  return files as Record<CheckpointFile, Buffer>;
}

function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^([0-9a-f]{64}) [ *](.+)$/.exec(line));
  return new Map(lines.flatMap((match) => (match === null ? [] : [[match[2]!, match[1]!] as const])));
}

function parseModel(content: Buffer, file: string): ModelJson {
  const model = parseJson<ModelJson>(content, file);
  if (typeof model !== 'object' || model === null || !Array.isArray(model.weightsManifest)) {
    throw damaged(file, 'it is not a tfjs layers-model with weights');
  }
  return model;
}

const allSpecs = ({ weightsManifest = [] }: ModelJson) => weightsManifest.flatMap((group) => group.weights);

/** The bytes of the model's own weights. */
function withoutOptimizer(model: ModelJson, shards: readonly Buffer[]): readonly Buffer[] {
  const slots = allSpecs(model).filter(({ group }) => group === 'optimizer');
  if (slots.length === 0) return shards;
  const bytes = Buffer.concat(shards);
  const behind = slots.reduce((sum, { shape }) => sum + sizeOf(shape), 0) * Float32Array.BYTES_PER_ELEMENT;
  return [bytes.subarray(0, Math.max(0, bytes.length - behind))];
}

function weightSpecs(model: ModelJson, path: string): readonly WeightSpec[] {
  const specs = allSpecs(model).filter(({ group }) => group !== 'optimizer');
  const other = specs.find(({ dtype, quantization }) => dtype !== 'float32' || quantization !== undefined);
  if (other !== undefined) {
    const kind = other.quantization === undefined ? other.dtype : 'quantized';
    throw damaged(path, `its weight ${other.name} is ${kind}, and only float32 is read`);
  }
  return specs;
}

function parseJson<Value>(content: Buffer, file: string): Value {
  try {
    return JSON.parse(content.toString()) as Value;
  } catch {
    throw damaged(file, 'it is not JSON');
  }
}

function joinArrays(arrays: readonly Float32Array[]): Uint8Array {
  return Buffer.concat(
    arrays.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
}

function splitArrays<Spec extends ArraySpec>(
  specs: readonly Spec[],
  shards: readonly Buffer[],
  path: string,
): (ArraySpec & { values: Float32Array })[] {
  const bytes = Uint8Array.from(Buffer.concat(shards));
  const length = specs.reduce((sum, { shape }) => sum + sizeOf(shape), 0) * Float32Array.BYTES_PER_ELEMENT;
  if (bytes.length !== length) {
    throw damaged(path, `its weights have ${bytes.length} bytes, but ${length} are announced`);
  }
  let offset = 0;
  return specs.map(({ name, shape }) => {
    const values = new Float32Array(bytes.buffer, offset, sizeOf(shape));
    offset += values.byteLength;
    return { name, shape, values };
  });
}

/** Of the names, shapes and values, so that a run can tell what weights it started from. */
export function digestOfWeights(weights: readonly Pick<Weight, 'name' | 'shape' | 'values'>[]): string {
  const hash = createHash('sha256');
  for (const { name, shape, values } of weights) hash.update(JSON.stringify([name, shape])).update(values);
  return hash.digest('hex').slice(0, 16);
}

/**
 * Checks that weights fit a model: the same names and the same shapes, in any order.
 *
 * @throws SpecccError 'checkpoint-of-another-model', which lists all differences
 */
export function checkWeightsFit(
  weights: readonly ArraySpec[],
  model: readonly ArraySpec[],
  from: string,
  name: string,
): void {
  const shapeText = (shape: Shape | undefined) => (shape === undefined ? undefined : `[${shape.join(', ')}]`);
  const given = new Map(weights.map((weight) => [weight.name, shapeText(weight.shape)!]));
  const wanted = new Map(model.map((weight) => [weight.name, shapeText(weight.shape)!]));
  const differences = [...new Set([...wanted.keys(), ...given.keys()])].flatMap((weight) => {
    const [has, needs] = [given.get(weight), wanted.get(weight)];
    if (has === needs) return [];
    if (has === undefined) return [`${weight} ${needs} is missing`];
    if (needs === undefined) return [`${weight} ${has} is not a weight of the model`];
    return [`${weight} is ${has}, but the model's is ${needs}`];
  });
  if (differences.length === 0) return;
  const shown = differences.slice(0, 12);
  if (differences.length > shown.length) shown.push(`and ${differences.length - shown.length} more`);
  throw new SpecccError(
    'checkpoint-of-another-model',
    `the weights of ${from} do not fit the model ${name}:\n${shown.map((line) => `  ${line}`).join('\n')}`,
    { hints: ['give the weights of a model with the same layers'] },
  );
}

function sha256(content: FileContent): string {
  return createHash('sha256').update(content).digest('hex');
}

function damaged(path: string, what: string, hints: readonly string[] = []): SpecccError {
  return new SpecccError('checkpoint-damaged', `the checkpoint ${path} is damaged: ${what}`, { hints });
}
