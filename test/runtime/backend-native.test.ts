/**
 * The ways in which native TensorFlow can be missing, staged with packages of our own making in a folder of
 * their own. The messages that they fail with are those of the real ones.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { loadTf } from '../../src/runtime/backend.js';
import { isDownloaded, type NativeWorld, openNative } from '../../src/runtime/backend-native.js';

const tf = await loadTf();
await tf.setBackend('cpu');
const tfjsPath = JSON.stringify(createRequire(import.meta.url).resolve('@tensorflow/tfjs'));
const folder = mkdtempSync(join(tmpdir(), 'speccc-native-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gpuPackage = '@tensorflow/tfjs-node-gpu';
let worlds = 0;

/** A folder in which the package has this program. */
function worldWith(program: string, changes: Partial<NativeWorld> = {}): NativeWorld {
  const place = join(folder, String(worlds++));
  const installed = join(place, 'node_modules', gpuPackage);
  mkdirSync(installed, { recursive: true });
  writeFileSync(join(installed, 'package.json'), JSON.stringify({ name: gpuPackage, version: '4.22.0' }));
  writeFileSync(join(installed, 'index.js'), program);
  return {
    require: createRequire(join(place, 'program.js')),
    nodeVersion: '20.20.2',
    processorFits: () => true,
    ...changes,
  };
}

/** Registers a backend under the name that the real packages use: the cpu backend with changes, and what theirs lacks. */
const registering = (changes: string) => `
  const tf = require(${tfjsPath});
  if (tf.getKernelsForBackend('tensorflow').length === 0) {
    tf.copyRegisteredKernels('cpu', 'tensorflow');
    tf.unregisterKernel('DenseBincount', 'tensorflow');
  }
  tf.registerBackend('tensorflow', () => {
    const backend = tf.findBackendFactory('cpu')();
    backend.firstUse = false;
    ${changes}
    return backend;
  });
`;

const throwing = (message: string, properties: object = {}) =>
  `throw Object.assign(new Error(${JSON.stringify(message)}), ${JSON.stringify(properties)});`;

it('is worth trying where its library was downloaded', () => {
  const world = worldWith('');
  expect(isDownloaded(gpuPackage, world)).toBe(false);
  expect(isDownloaded('@tensorflow/tfjs-node', world)).toBe(false);
  const installed = dirname(world.require.resolve(`${gpuPackage}/package.json`));
  mkdirSync(join(installed, 'lib/napi-v8'), { recursive: true });
  expect(isDownloaded(gpuPackage, world)).toBe(true);
});

describe('native TensorFlow that cannot be used', () => {
  it.each([
    [
      'was installed without its library',
      throwing(
        'The Node.js native addon module (tfjs_binding.node) can not be found at path: /x. \nPlease run command',
      ),
      /^installed, but its native library is missing \('npm rebuild @tensorflow\/tfjs-node-gpu' downloads it\)$/,
    ],
    [
      'has a library that the system cannot load',
      throwing('libtensorflow.so.2: cannot open shared object file: No such file or directory', {
        code: 'ERR_DLOPEN_FAILED',
      }),
      /^its native library does not load: libtensorflow\.so\.2: cannot open shared object file/,
    ],
    [
      'lacks a package that it needs',
      "require('a-package-that-is-not-there');",
      /^installed incompletely: Cannot find module 'a-package-that-is-not-there'$/,
    ],
    [
      'runs out of memory',
      throwing('OOM when allocating tensor: failed to allocate, out of memory\nmore'),
      /^out of memory: OOM when allocating tensor/,
    ],
    ['fails in another way', throwing('no idea\nwhatever'), /^it does not start: no idea$/],
    [
      'computes wrongly',
      registering(
        'const read = backend.readSync.bind(backend); backend.readSync = () => new Float32Array([7]);',
      ),
      /^it does not start: computes 1\*3 \+ 2\*4 \+ 1 as 7$/,
    ],
  ])('because it %s', async (_, program, reason) => {
    const opened = await openNative(tf, gpuPackage, worldWith(program));
    expect(opened).toMatchObject({ ok: false, reason: expect.stringMatching(reason) });
    expect(tf.engine().backendNames()).not.toContain('tensorflow');
  });

  it('because it is not installed', async () => {
    const require = Object.assign(
      () => {
        throw new Error('it is never loaded');
      },
      createRequire(import.meta.url),
      {
        resolve: () => {
          throw Object.assign(new Error('Cannot find module'), { code: 'MODULE_NOT_FOUND' });
        },
      },
    );
    expect(await openNative(tf, gpuPackage, worldWith('', { require: require as never }))).toEqual({
      ok: false,
      reason: 'not installed (it is optional, and npm leaves it out where its download fails)',
    });
  });

  it('because this version of Node has dropped what it calls', async () => {
    const program = registering(
      "backend.readSync = () => { throw new TypeError('(0 , util_1.isNullOrUndefined) is not a function'); };",
    );
    expect(await openNative(tf, gpuPackage, worldWith(program, { nodeVersion: '24.1.0' }))).toEqual({
      ok: false,
      version: '4.22.0',
      reason: 'broken on Node 24.1.0: it works on Node 20 and 22 (tensorflow/tfjs#8609)',
    });
  });

  it('because the processor would end the process', async () => {
    const world = worldWith(throwing('never loaded'), { processorFits: () => false });
    expect(await openNative(tf, gpuPackage, world)).toMatchObject({
      ok: false,
      reason: 'this processor has no AVX instructions, which it needs',
    });
  });
});

describe('native TensorFlow that works', () => {
  it('is loaded without a word, and says what it computes on', async () => {
    const stdout = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const stderr = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    const program = `
      process.stdout.write('hello'); process.stderr.write('hello');
      ${registering("backend.isUsingGpuDevice = false; backend.binding = { TF_Version: '2.9.1' };")}
    `;
    const opened = await openNative(tf, gpuPackage, worldWith(program));
    const printed = stdout.mock.calls.length + stderr.mock.calls.length;
    vi.restoreAllMocks();
    expect(printed).toBe(0);
    expect(opened).toEqual({
      ok: true,
      version: '4.22.0',
      gpu: false,
      description: 'native TensorFlow 2.9.1 on the CPU (no GPU found)',
    });
    expect(tf.getBackend()).toBe('tensorflow');

    await tf.setBackend('cpu');
    expect(await openNative(tf, gpuPackage)).toEqual(opened);
    expect(tf.getBackend()).toBe('tensorflow');
    expect(await openNative(tf, '@tensorflow/tfjs-node')).toEqual({
      ok: false,
      reason: 'not tried, since @tensorflow/tfjs-node-gpu is loaded in this process',
    });
  });

  it('gets the kernel that it lacks', async () => {
    expect(await openNative(tf, gpuPackage)).toMatchObject({ ok: true });
    const held = ['tensorflow', 'cpu'].map((name) => tf.findBackend(name).numDataIds());
    const counts = tf.tidy(() => tf.denseBincount(tf.tensor1d([1, 3, 1, 9], 'int32'), [], 5).arraySync());
    expect(counts).toEqual([0, 2, 0, 1, 0]);
    expect(['tensorflow', 'cpu'].map((name) => tf.findBackend(name).numDataIds())).toEqual(held);
  });
});
