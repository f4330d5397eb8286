/**
 * Opens native TensorFlow, from `@tensorflow/tfjs-node-gpu` or `@tensorflow/tfjs-node`. Both are optional and
 * fail in many ways (not installed, library not downloaded, wrong Node version, wrong processor), so every
 * failure becomes one clear clause.
 */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Opened, Tf } from './backend.js';
import { supplyNativeKernels } from './native-kernels.js';

export type NativePackage = '@tensorflow/tfjs-node-gpu' | '@tensorflow/tfjs-node';

/** What this file needs of the world, so that tests can stage every failure. */
export interface NativeWorld {
  /** `require` and `require.resolve` of this package. */
  readonly require: Pick<NodeJS.Require, 'resolve'> & ((name: string) => unknown);
  readonly nodeVersion: string;
  /** False where the processor is known to lack the instructions that libtensorflow is built with. */
  readonly processorFits: () => boolean;
}

interface NativeBackend {
  readonly isUsingGpuDevice?: boolean;
  readonly binding?: { readonly TF_Version?: string };
}

let taken: { readonly package: NativePackage; readonly opened: Opened } | undefined;

const here: NativeWorld = {
  require: createRequire(import.meta.url),
  nodeVersion: process.versions.node,
  processorFits: () => processorHasAvx(),
};

const notInstalled: Opened = {
  ok: false,
  reason: 'not installed (it is optional, and npm leaves it out where its download fails)',
};

/** Whether it is worth trying: installed, and with what its install script downloads. Needs no tfjs, which takes long to load. */
export function isDownloaded(name: NativePackage, { require }: Pick<NativeWorld, 'require'> = here): boolean {
  try {
    return existsSync(join(dirname(require.resolve(`${name}/package.json`)), 'lib'));
  } catch {
    return false;
  }
}

/** Makes native TensorFlow tfjs's current backend. */
export async function openNative(tf: Tf, name: NativePackage, world: NativeWorld = here): Promise<Opened> {
  if (taken !== undefined) {
    if (taken.package !== name) {
      return { ok: false, reason: `not tried, since ${taken.package} is loaded in this process` };
    }
    await tf.setBackend('tensorflow');
    return taken.opened;
  }
  const version = installedVersion(name, world);
  if (version === undefined) return notInstalled;
  const failed = (reason: string): Opened => ({ ok: false, reason, version });
  if (!world.processorFits()) return failed('this processor has no AVX instructions, which it needs');
  try {
    loadQuietly(name, world);
    await tf.setBackend('tensorflow');
    checkArithmetic(tf);
    supplyNativeKernels(tf);
  } catch (error) {
    if (tf.engine().backendNames().includes('tensorflow')) tf.removeBackend('tensorflow');
    return failed(explain(error, name, world));
  }
  const { isUsingGpuDevice: gpu = false, binding } = tf.backend() as unknown as NativeBackend;
  const library = `TensorFlow${binding?.TF_Version === undefined ? '' : ` ${binding.TF_Version}`}`;
  const device = gpu ? 'on a GPU' : name.endsWith('-gpu') ? 'on the CPU (no GPU found)' : 'on the CPU';
  const opened: Opened = { ok: true, version, gpu, description: `native ${library} ${device}` };
  taken = { package: name, opened };
  return opened;
}

function installedVersion(name: string, { require }: NativeWorld): string | undefined {
  try {
    const { version } = JSON.parse(readFileSync(require.resolve(`${name}/package.json`), 'utf8'));
    return String(version);
  } catch {
    return undefined;
  }
}

/**
 * The package and libtensorflow are talkative on stdout and stderr. Loading is synchronous, so nothing of
 * ours can be printed meanwhile.
 */
function loadQuietly(name: string, { require }: NativeWorld): void {
  // Read once by the native library when it starts; 3 leaves fatal messages only.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '3';
  const { stdout, stderr } = process;
  const writes = [stdout.write, stderr.write] as const;
  stdout.write = () => true;
  stderr.write = () => true;
  try {
    require(name);
  } finally {
    [stdout.write, stderr.write] = writes;
  }
}

/** A backend can load and still fail at its first operation; this one also creates tensors of two types. */
function checkArithmetic(tf: Tf): void {
  const found = tf.tidy(() => {
    const product = tf.matMul(tf.tensor2d([[1, 2]]), tf.tensor2d([[3], [4]]));
    const best = tf.topk(tf.tensor1d([1, 5, 2]), 1).indices.toFloat();
    return [...product.add(best).dataSync()];
  });
  if (found[0] !== 12) throw new Error(`computes 1*3 + 2*4 + 1 as ${found[0]}`);
}

function explain(error: unknown, name: NativePackage, { nodeVersion }: NativeWorld): string {
  const message = error instanceof Error ? error.message : String(error);
  const first = message.split('\n')[0]!.trim();
  if (/native addon module/i.test(message)) {
    return `installed, but its native library is missing ('npm rebuild ${name}' downloads it)`;
  }
  if (/(isNullOrUndefined|isArray)\)? is not a function/.test(message)) {
    return `broken on Node ${nodeVersion}: it works on Node 20 and 22 (tensorflow/tfjs#8609)`;
  }
  const code = (error as { code?: unknown } | null)?.code;
  if (code === 'MODULE_NOT_FOUND') return `installed incompletely: ${first}`;
  if (code === 'ERR_DLOPEN_FAILED') return `its native library does not load: ${first}`;
  if (/out of memory|allocation failed|cannot allocate/i.test(message)) return `out of memory: ${first}`;
  return `it does not start: ${first}`;
}

/** libtensorflow for x64 ends the whole process where the processor lacks AVX. Unknown counts as yes. */
function processorHasAvx(): boolean {
  if (process.platform !== 'linux' || process.arch !== 'x64') return true;
  try {
    const flags = /^flags\s*:(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return flags === undefined || flags.split(' ').includes('avx');
  } catch {
    return true;
  }
}
