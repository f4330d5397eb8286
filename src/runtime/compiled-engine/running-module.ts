/** A compiled module at work: its memory, and the threads that share the work of each command. */
import { control } from '../../compiler/wasm/control.js';
import type { Manifest } from '../../compiler/wasm/generate-module.js';
import { SpecccError } from '../../diagnostics/index.js';
import { type HelperThread, type NoThreads, startHelpers, tellFailure } from './helper-threads.js';
import { threadChoice } from './thread-choice.js';

export interface RunningModule {
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  readonly bytes: Uint8Array;
  /** Does one of the module's commands, and comes back when all threads are done with it. */
  command(number: number): void;
  /** What to throw for what a command threw: where another thread failed, a SpecccError 'thread-lost'. */
  failure(thrown: unknown): Promise<unknown>;
  /** Ends the other threads. */
  stop(): void;
}

type Needs = Pick<Manifest, 'bytes' | 'shared'>;

/** In one thread. @throws SpecccError 'out-of-memory' */
export async function startModule(module: WebAssembly.Module, needs: Needs): Promise<RunningModule> {
  return runningModule(module, memoryFor(needs), []);
}

/** In several threads; the module's memory must be shared. @throws SpecccError 'out-of-memory' */
export async function startThreads(
  module: WebAssembly.Module,
  needs: Needs,
  threads: number,
): Promise<RunningModule | NoThreads> {
  const memory = memoryFor(needs);
  const helpers = await startHelpers(module, memory, threads);
  return 'reason' in helpers ? helpers : runningModule(module, memory, helpers);
}

interface Exports {
  command(number: number, threads: number): void;
}

async function runningModule(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  helpers: readonly HelperThread[],
): Promise<RunningModule> {
  const instance = await WebAssembly.instantiate(module, { env: { memory } });
  const { command } = instance.exports as unknown as Exports;
  const integers = new Int32Array(memory.buffer);
  const threads = helpers.length + 1;
  const choice = threadChoice(threads);
  const failed = () => Atomics.load(integers, control.failed / 4);
  return {
    floats: new Float32Array(memory.buffer),
    integers,
    bytes: new Uint8Array(memory.buffer),
    command(number) {
      if (failed() !== 0) throw new Error('the module has failed before');
      const taken = choice.threads(number);
      const begin = performance.now();
      try {
        command(number, taken);
        choice.took(number, taken, performance.now() - begin);
      } catch (error) {
        tellFailure(integers, 0);
        throw error;
      }
    },
    async failure(thrown) {
      const number = failed();
      if (number === -1) return threadLost('another thread of the compiled engine has not come for minutes');
      const helper = helpers[number - 2];
      if (helper === undefined) return thrown;
      const reason = await helper.ended();
      return threadLost(`thread ${number} of ${threads} of the compiled engine has ended: ${reason}`);
    },
    stop() {
      if (helpers.length > 0) command(-1, threads);
      for (const helper of helpers) helper.stop();
    },
  };
}

function threadLost(message: string): SpecccError {
  return new SpecccError('thread-lost', message, {
    hints: [
      'run the same command again: it goes on from the last checkpoint',
      'with --threads 1 there is no other thread, and the results are the same',
    ],
  });
}

function memoryFor({ bytes, shared }: Needs): WebAssembly.Memory {
  const pages = bytes / 65_536;
  try {
    return new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (error) {
    throw outOfMemory(bytes, error instanceof Error ? error.message : String(error));
  }
}

/** @throws SpecccError 'out-of-memory' where no module could have so much */
export function checkMemory(bytes: number): void {
  if (bytes > 2 ** 32) throw outOfMemory(bytes, 'WebAssembly can address 4 GiB');
}

function outOfMemory(bytes: number, reason: string): SpecccError {
  const needed = `${Math.ceil(bytes / 2 ** 20).toLocaleString('en')} MiB`;
  return new SpecccError('out-of-memory', `the compiled program needs ${needed} of memory: ${reason}`, {
    hints: ['use a smaller batch size or a smaller model', 'use a native backend: --backend tfjs-node'],
  });
}

export function tellStep(
  { integers }: RunningModule,
  step: { readonly seed: number; readonly lanesBefore: number; readonly isFirst: boolean },
): void {
  integers[control.seed / 4] = step.seed;
  integers[control.lanesBefore / 4] = step.lanesBefore;
  integers[control.firstPiece / 4] = step.isFirst ? 1 : 0;
}
