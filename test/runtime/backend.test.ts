/** Which backend is taken, what is said of the others, and that opening one leaves the process as it was. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import type { Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SpecccError } from '../../src/diagnostics/index.js';
import {
  type BackendName,
  backendNames,
  backendNotices,
  loadTf,
  openBackend,
  probeBackends,
} from '../../src/runtime/backend.js';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');
const wasmPackage = createRequire(import.meta.url).resolve('@tensorflow/tfjs-backend-wasm');

describe('openBackend', () => {
  it('takes the first that works, and says why it took none of those before', async () => {
    const backend = await openBackend('auto');
    const { attempts } = backend;
    expect(attempts.map(({ name }) => name)).toEqual(backendNames.slice(0, attempts.length));
    expect(attempts.at(-1)).toEqual({ name: backend.name, ok: true });
    for (const { ok, reason } of attempts.slice(0, -1)) {
      expect(ok).toBe(false);
      expect(reason).toMatch(/^\S[^\n]*[^.\n]$/);
    }
    // The wasm backend is a dependency, so that the slow one is never needed.
    expect(backendNames.indexOf(backend.name)).toBeLessThan(backendNames.indexOf('cpu'));
  });

  it.each([
    ['wasm', /^wasm, SIMD, 1 thread$/],
    ['cpu', /^cpu, plain JavaScript, 1 thread$/],
  ] as const)('takes the one that is named: %s', async (name, description) => {
    const backend = await openBackend(name);
    expect(backend).toMatchObject({ name, gpu: false, attempts: [{ name, ok: true }] });
    expect(backend.description).toMatch(description);
    expect(backend.tf.getBackend()).toBe(name);
    expect(backend.tf.tidy(() => [...backend.tf.tensor1d([1, 2]).mul(3).dataSync()])).toEqual([3, 6]);
  });

  it('knows no other names', async () => {
    const error = await openBackend('webgpu' as BackendName).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SpecccError);
    expect(error).toMatchObject({ code: 'unknown-backend', message: "there is no backend 'webgpu'" });
    expect((error as SpecccError).hints.join()).toContain('wasm');
  });

  it('refuses a named one that does not work here, with ways out', async () => {
    const probes = await probeBackends();
    const broken = probes.find(({ usable }) => !usable);
    if (broken === undefined) return;
    const error = await openBackend(broken.name).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(SpecccError);
    expect(error).toMatchObject({ code: 'backend-unavailable' });
    expect((error as SpecccError).message).toContain(broken.reason);
    expect((error as SpecccError).hints.length).toBeGreaterThan(0);
  });

  it('gives each of several callers at once what it asked for', async () => {
    const backends = await Promise.all([openBackend('wasm'), openBackend('cpu'), openBackend('auto')]);
    expect(backends.map(({ name }) => name).slice(0, 2)).toEqual(['wasm', 'cpu']);
  });
});

describe('probeBackends', () => {
  it('reports every backend and leaves the current one in its place', async () => {
    const { tf } = await openBackend('cpu');
    const probes = await probeBackends();
    expect(tf.getBackend()).toBe('cpu');
    expect(probes.map(({ name }) => name)).toEqual(backendNames);
    for (const { usable, reason, description, version } of probes) {
      if (usable) expect([description, version]).not.toContain(undefined);
      else expect(reason).toBeTruthy();
    }
    expect(probes.filter(({ usable }) => usable).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['wasm', 'cpu']),
    );
  });
});

describe('the memory of the wasm backend', () => {
  it('is not overrun: a tensor that does not fit is an error, and what is there stays', async () => {
    const { tf } = await openBackend('wasm');
    const kept = tf.tensor1d([1, 2, 3]);
    const { wasm } = tf.backend() as unknown as {
      wasm: { _malloc(bytes: number): number; _free(address: number): void };
    };
    const taken: number[] = [];
    let error: unknown;
    while (error === undefined && taken.length < 20) {
      try {
        taken.push(wasm._malloc(2 ** 29));
      } catch (thrown) {
        error = thrown;
      }
    }
    for (const address of taken) wasm._free(address);
    expect(taken.length).toBeGreaterThan(4);
    expect(error).toBeInstanceOf(SpecccError);
    expect(error).toMatchObject({ code: 'out-of-memory' });
    expect([...kept.dataSync()]).toEqual([1, 2, 3]);
    kept.dispose();
    expect(tf.tidy(() => tf.ones([1000]).sum().dataSync()[0])).toBe(1000);
  });
});

describe('a kernel of the wasm backend that fails', () => {
  it('throws instead of returning what was in its memory', async () => {
    const { tf } = await openBackend('wasm');
    const noChannels = tf.ones([1, 4, 4, 0]);
    for (const name of ['AvgPool', 'MaxPool'] as const) {
      const pool = () => {
        const attrs = { filterSize: 2, strides: 1, pad: 'valid' };
        const pooled = tf.engine().runKernel(name, { x: noChannels }, attrs as never) as Tensor;
        return pooled.sum().dataSync();
      };
      const reported = name === 'AvgPool' ? 'average_pooling2d' : 'max_pooling2d';
      expect(() => tf.tidy(pool)).toThrow(
        new RegExp(
          `^the wasm backend failed: XNN status for xnn_create_${reported}_nhwc_f32 is not successful`,
        ),
      );
      expect(tf.tidy(() => tf.ones([10]).sum().dataSync()[0])).toBe(10);
    }
    noChannels.dispose();
  });
});

describe('a program that opens backends', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'speccc-backend-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  /** Runs a program in a process of its own. */
  async function program(text: string): Promise<{ stdout: string; stderr: string }> {
    const file = join(folder, 'program.mjs');
    const backend = JSON.stringify(pathToFileURL(join(root, 'dist/runtime/backend.js')).href);
    const imports = `import { createRequire } from 'node:module';
      import { openBackend, probeBackends } from ${backend};`;
    await writeFile(file, `${imports}\n${text}`);
    return run(process.execPath, [file], { cwd: root }).catch(
      (failed: { stdout: string; stderr: string }) => failed,
    );
  }

  it('prints nothing, and has the listeners that it had before', async () => {
    const { stdout, stderr } = await program(`
      const events = ['uncaughtException', 'unhandledRejection', 'exit', 'warning', 'SIGINT', 'SIGTERM'];
      const listeners = () => events.map((event) => process.listenerCount(event));
      const printers = [console.log, console.warn, process.stdout.write, process.stderr.write];
      const before = listeners();
      await probeBackends();
      for (const name of ['auto', 'wasm', 'cpu']) {
        const { tf } = await openBackend(name);
        tf.tidy(() => tf.ones([4]).sum().dataSync());
      }
      const same = printers.every((printer, index) =>
        printer === [console.log, console.warn, process.stdout.write, process.stderr.write][index]);
      process.exitCode = same && listeners().join() === before.join() ? 0 : 9;
      if (process.exitCode !== 0) console.log(same, before, listeners());
    `);
    expect({ stdout, stderr }).toEqual({ stdout: '', stderr: '' });
  });

  it('goes on with the next backend where one does not start (skipped where native TensorFlow does)', async (context) => {
    const { name } = await openBackend('auto');
    context.skip(name !== 'wasm');
    const { stdout, stderr } = await program(`
      const { setWasmPaths } = createRequire(import.meta.url)(${JSON.stringify(wasmPackage)});
      setWasmPaths('/nowhere/');
      const { attempts } = await openBackend('auto');
      const { tf } = await openBackend('cpu');
      tf.tidy(() => tf.ones([4]).sum().dataSync());
      process.stdout.write(JSON.stringify(attempts));
    `);
    expect(stderr).toBe('');
    const [wasm, cpu] = JSON.parse(stdout).slice(-2);
    expect(wasm).toMatchObject({ name: 'wasm', ok: false });
    expect(wasm.reason).toMatch(/^it does not start: .*ENOENT.*\/nowhere\/.*wasm/);
    expect(cpu).toEqual({ name: 'cpu', ok: true });
  });

  it('fails by its own errors as any other program does', async () => {
    const { stderr } = await program(`
      await openBackend('wasm');
      setTimeout(() => { throw new Error('a fault of the program'); });
    `);
    expect(stderr).toContain('Error: a fault of the program');
    expect(stderr).not.toContain('tf-backend-wasm');
    expect(stderr.length).toBeLessThan(2000);
  });
});

describe('tfjs', () => {
  it('is one and the same for all who load it', async () => {
    expect(await loadTf()).toBe((await openBackend('cpu')).tf);
  });
});

describe('what a backend gets wrong', () => {
  it('is told for the layers of a model', () => {
    expect(backendNotices('cpu', ['conv2d', 'maxPooling3d'])).toEqual([
      expect.stringMatching(/^maxPooling3d on cpu, with .*: the gradient is wrong/),
    ]);
    expect(backendNotices('wasm', ['upSampling2d', 'maxPooling3d'])).toEqual([]);
  });
});
