/**
 * The threads beside the one that gives commands. They wait inside of the module; one that fails tells the others,
 * which would wait for it.
 */
import { Worker } from 'node:worker_threads';
import { control } from '../../compiler/wasm/control.js';

export interface HelperThread {
  /** Why it has ended, a clause. Waits until it has. */
  ended(): Promise<string>;
  stop(): void;
}

/** Why no other threads could be started. */
export interface NoThreads {
  readonly reason: string;
}

/** A thread needs no file of its own, so that it starts in the same way from sources, packages and bundles. */
const code = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread, threads } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.postMessage('ready');
try {
  exports.serve(thread, threads, 0);
} catch (error) {
  const integers = new Int32Array(memory.buffer);
  Atomics.compareExchange(integers, ${control.failed / 4}, 0, thread + 1);
  Atomics.notify(integers, ${control.generation / 4});
  throw error;
}
`;

/** Tells all threads that one, counted from 0, will not come to the barrier. The first to fail is the one that counts. */
export function tellFailure(integers: Int32Array, thread: number): void {
  Atomics.compareExchange(integers, control.failed / 4, 0, thread + 1);
  Atomics.notify(integers, control.generation / 4);
}

/** Starts all threads of so many but the first. */
export async function startHelpers(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  threads: number,
): Promise<readonly HelperThread[] | NoThreads> {
  const integers = new Int32Array(memory.buffer);
  const started = await Promise.all(
    Array.from({ length: threads - 1 }, (_, index) =>
      startHelper({ module, memory, thread: index + 1, threads }, integers),
    ),
  );
  const refused = started.find((one): one is NoThreads => !('stop' in one));
  const helpers = started.filter((one): one is HelperThread => 'stop' in one);
  if (refused === undefined) return helpers;
  for (const helper of helpers) helper.stop();
  return refused;
}

interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly thread: number;
  readonly threads: number;
}

/** Comes back when it is ready. */
async function startHelper(workerData: WorkerData, integers: Int32Array): Promise<HelperThread | NoThreads> {
  let worker: Worker;
  try {
    // Without the flags of this process, of which some would make the code another kind of module.
    worker = new Worker(code, { eval: true, execArgv: [], workerData });
  } catch (error) {
    return { reason: messageOf(error) };
  }
  const ended = new Promise<string>((resolve) => {
    worker.once('error', (error) => resolve(messageOf(error)));
    worker.once('exit', (exitCode) => resolve(`it left with code ${exitCode}`));
  });
  const ready = new Promise<undefined>((resolve) => worker.once('message', () => resolve(undefined)));
  const reason = await Promise.race([ready, ended]);
  if (reason !== undefined) return { reason };
  void ended.then(() => tellFailure(integers, workerData.thread));
  // It waits inside of the module, and must not keep the program alive; but while it is asked why it has ended.
  worker.unref();
  return {
    ended() {
      worker.ref();
      return ended;
    },
    stop: () => void worker.terminate(),
  };
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** Whether threads can have memory in common here. */
export function hasSharedMemory(): boolean {
  try {
    const { buffer } = new WebAssembly.Memory({ initial: 1, maximum: 1, shared: true });
    return buffer instanceof SharedArrayBuffer;
  } catch {
    return false;
  }
}
