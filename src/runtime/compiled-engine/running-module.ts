/** A compiled module at work: its memory, and the threads that share the work of each command. */
import { Worker } from 'node:worker_threads';
import { control } from '../../compiler/wasm/control.js';
import type { Manifest } from '../../compiler/wasm/generate-module.js';

export interface RunningModule {
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  readonly bytes: Uint8Array;
  readonly threads: number;
  /** Does one of the module's commands, and comes back when all threads are done with it. */
  command(number: number): void;
  /** Ends the other threads. */
  stop(): void;
}

/** A thread needs no file of its own, so that it starts in the same way from sources, packages and bundles. */
const workerCode = `
const { parentPort, workerData } = require('node:worker_threads');
const { module, memory, thread, threads } = workerData;
const { exports } = new WebAssembly.Instance(module, { env: { memory } });
parentPort.postMessage('ready');
exports.serve(thread, threads, 0);
`;

interface Exports {
  command(number: number, threads: number): void;
}

/** More than one thread only where the module's memory is shared. */
export async function startModule(
  module: WebAssembly.Module,
  manifest: Manifest,
  threads: number,
): Promise<RunningModule> {
  const pages = manifest.bytes / 65_536;
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared: manifest.shared });
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const { command } = instance.exports as unknown as Exports;
  const count = manifest.shared ? threads : 1;
  const workers = await Promise.all(
    Array.from({ length: count - 1 }, (_, index) => startWorker(module, memory, index + 1, count)),
  );
  return {
    floats: new Float32Array(memory.buffer),
    integers: new Int32Array(memory.buffer),
    bytes: new Uint8Array(memory.buffer),
    threads: count,
    command: (number) => command(number, count),
    stop() {
      if (workers.length === 0) return;
      command(-1, count);
      for (const worker of workers) void worker.terminate();
    },
  };
}

async function startWorker(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  thread: number,
  threads: number,
): Promise<Worker> {
  const worker = new Worker(workerCode, {
    eval: true,
    // Without the flags of this process, of which some would make the code another kind of module.
    execArgv: [],
    workerData: { module, memory, thread, threads },
  });
  await new Promise<void>((resolve, reject) => {
    worker.once('message', () => resolve());
    worker.once('error', reject);
  });
  // It waits inside of the module, and must not keep the program alive.
  worker.unref();
  return worker;
}

export function tellStep(
  { integers }: RunningModule,
  step: { readonly seed: number; readonly lanesBefore: number; readonly isFirst: boolean },
): void {
  integers[control.seed / 4] = step.seed;
  integers[control.lanesBefore / 4] = step.lanesBefore;
  integers[control.firstPiece / 4] = step.isFirst ? 1 : 0;
}
