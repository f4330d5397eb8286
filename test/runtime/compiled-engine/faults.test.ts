/** What goes wrong around a compiled program: threads that end or cannot be started, no vectors, no memory. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import { awaitText, barrierText, commandsText } from '../../../src/compiler/wasm/threads.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import { type RunningModule, startThreads } from '../../../src/runtime/compiled-engine/running-module.js';
import type { TrainingEngine } from '../../../src/runtime/engine.js';
import { openEngine } from '../../../src/runtime/open-engine.js';
import { graphOf } from '../../compiler/example-graphs.js';
import { eventsOf, filesOf, smallGraph, trainSmall } from '../support/small-run.js';
import { temporaryFolder } from '../support/temporary-folder.js';

/** All threads that were started, so that a test can end one. */
const workers: Worker[] = [];
vi.mock('node:worker_threads', async (importOriginal) => {
  const actual = await importOriginal<typeof import('node:worker_threads')>();
  return {
    ...actual,
    Worker: vi.fn(function start(...args: ConstructorParameters<typeof Worker>) {
      const worker = new actual.Worker(...args);
      workers.push(worker);
      return worker;
    }),
  };
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

/** A constructor that throws. */
const refused = (message: string) =>
  function refuse(): never {
    throw new Error(message);
  };

describe('a thread that fails in the middle of a step', () => {
  /** A module whose threads do something of their own between two barriers. */
  async function started(part: string, threads: number, sleeps?: number): Promise<RunningModule> {
    const text = `(module
      (import "env" "memory" (memory 1 1 shared))
      ${awaitText(sleeps)} ${barrierText} ${commandsText}
      (func $run (param $number i32) (param $thread i32) (param $threads i32)
        (call $barrier (local.get $threads))
        ${part}
        (call $barrier (local.get $threads))))`;
    const module = await WebAssembly.compile(await assembleWat(text));
    return (await startThreads(module, { bytes: 65_536, shared: true }, threads)) as RunningModule;
  }

  async function thrownBy(running: RunningModule): Promise<unknown> {
    try {
      running.command(0);
    } catch (error) {
      return running.failure(error);
    }
    return undefined;
  }

  test('is waited for by nobody, and told with its reason', async () => {
    const running = await started('(if (i32.eq (local.get $thread) (i32.const 1)) (then (unreachable)))', 3);
    expect(await thrownBy(running)).toMatchObject({
      code: 'thread-lost',
      message: 'thread 2 of 3 of the compiled engine has ended: unreachable',
    });
    // And from now on at once.
    expect(await thrownBy(running)).toMatchObject({ code: 'thread-lost' });
    running.stop();
  });

  test('is given up where it does not come for long', async () => {
    // What V8's first compiler makes of it is what runs on a slow machine.
    setFlagsFromString('--liftoff-only');
    onTestFinished(() => setFlagsFromString('--no-liftoff-only'));
    // It comes in the end, so that a first thread with more patience is found here, and not for ever.
    const endless = `(if (local.get $thread) (then (loop $endless
      (local.set $number (i32.add (local.get $number) (i32.const 1)))
      (br_if $endless (local.get $number)))))`;
    const running = await started(endless, 2, 1);
    expect(await thrownBy(running)).toMatchObject({
      code: 'thread-lost',
      message: 'another thread of the compiled engine has not come for minutes',
    });
    running.stop();
  });

  test('is a bug where it is the first, which ends the others too', async () => {
    const running = await started('(if (i32.eqz (local.get $thread)) (then (unreachable)))', 2);
    const helper = workers.at(-1)!;
    const ended = new Promise((resolve) => helper.once('error', resolve));
    expect(await thrownBy(running)).toMatchObject({ name: 'RuntimeError' });
    expect(await ended).toMatchObject({ name: 'RuntimeError' });
    running.stop();
  });
});

describe('a thread that ends in a run', () => {
  let root: string;
  beforeAll(async () => {
    root = await temporaryFolder();
  });
  afterAll(() => rm(root, { recursive: true, force: true }));

  test('stops it with a word, and the next command goes on from the checkpoint', async () => {
    const [whole, stopped] = [join(root, 'whole'), join(root, 'stopped')];
    const compiled = { engine: 'compiled', threads: 2 } as const;
    await trainSmall(whole, compiled);
    let steps = 0;
    const run = trainSmall(stopped, {
      saveEverySeconds: 0,
      async engine(graph) {
        const engine = await openCompiledEngine(graph, { threads: 2 });
        return {
          ...engine,
          async trainStep(batch, seed) {
            steps += 1;
            if (steps === 5) await workers.at(-1)!.terminate();
            return engine.trainStep(batch, seed);
          },
        };
      },
    });
    await expect(run).rejects.toMatchObject({
      code: 'thread-lost',
      message: 'thread 2 of 2 of the compiled engine has ended: it left with code 1',
    });
    expect(JSON.parse(await readFile(join(stopped, 'run.json'), 'utf8'))).toMatchObject({
      status: 'failed',
      engine: 'compiled',
    });
    const { events } = await trainSmall(stopped, compiled);
    expect(eventsOf(events, 'start')[0]!.resumed).toEqual({ checkpoint: 'last', epochs: 1, steps: 1 });
    expect(await filesOf(stopped)).toEqual(await filesOf(whole));
  });
});

/** A step's loss, so that something has been computed. */
async function lossOf(engine: TrainingEngine): Promise<number> {
  const batch = { count: 3, inputs: new Float32Array(18).fill(0.5), labels: Int32Array.of(0, 1, 2) };
  const [loss] = await engine.trainStep(batch, 1);
  engine.dispose();
  return loss!;
}

describe('where there can be no other threads there is one, which says why', () => {
  test('no shared memory', async () => {
    vi.stubGlobal('SharedArrayBuffer', undefined);
    const engine = await openCompiledEngine(smallGraph(), { threads: 2 });
    expect(engine.description).toBe('wasm, SIMD, 1 thread, since there is no shared memory here');
    expect(await lossOf(engine)).toBe(await lossOf(await openCompiledEngine(smallGraph(), { threads: 1 })));
  });

  test('a thread that is refused', async () => {
    vi.mocked(Worker).mockImplementationOnce(refused('Access to this API has been restricted'));
    const engine = await openCompiledEngine(smallGraph(), { threads: 3 });
    expect(engine.description).toBe(
      'wasm, SIMD, 1 thread, since no other can be started: Access to this API has been restricted',
    );
    expect(await lossOf(engine)).toBeGreaterThan(0);
  });
});

describe('without vectors', () => {
  test('the compiled engine is refused, and auto takes tfjs and says why', async () => {
    vi.spyOn(WebAssembly, 'validate').mockReturnValue(false);
    await expect(openEngine(smallGraph(), { engine: 'compiled' })).rejects.toMatchObject({
      code: 'simd-missing',
      message: 'the compiled engine needs WebAssembly SIMD, which this engine lacks',
    });
    const { engine, reason } = await openEngine(smallGraph());
    expect([engine.name, reason]).toEqual([
      'tfjs',
      'there is no WebAssembly SIMD here for the compiled engine',
    ]);
    engine.dispose();
  });
});

describe('memory', () => {
  test('beyond what WebAssembly can address is refused before anything is computed', async () => {
    const graph = graphOf({
      name: 'huge',
      input: [40_000],
      layers: [{ type: 'dense', units: 30_000 }],
    });
    await expect(openCompiledEngine(graph, { threads: 1 })).rejects.toMatchObject({
      code: 'out-of-memory',
      // The kernel's 4,577.6 MiB, and a little for all else.
      message: expect.stringMatching(
        /^the compiled program needs 4,5(78|79|80) MiB of memory: WebAssembly can address 4 GiB$/,
      ),
    });
  });

  test('that the machine does not have is told in the same way', async () => {
    vi.spyOn(WebAssembly, 'Memory').mockImplementation(refused('could not allocate memory'));
    await expect(openCompiledEngine(smallGraph(), { threads: 1 })).rejects.toMatchObject({
      code: 'out-of-memory',
      message: 'the compiled program needs 1 MiB of memory: could not allocate memory',
    });
  });
});
