/** A spec's tensor program at work: with the threads that are asked for, or alone where there can be no others. */
import type { TensorProgram } from '../../compiler/program/lower-program.js';
import type { Manifest } from '../../compiler/wasm/generate-module.js';
import { compileModule } from './compile-module.js';
import { hasSharedMemory } from './helper-threads.js';
import { type RunningModule, startModule, startThreads } from './running-module.js';

export interface StartOptions {
  readonly batchSize: number;
  readonly relaxed: boolean;
  readonly threads: number;
}

export interface StartedProgram {
  readonly manifest: Manifest;
  readonly running: RunningModule;
  /** `2 threads`; and why there is but one where more are asked for. */
  readonly threads: string;
}

/** @throws SpecccError 'out-of-memory' */
export async function startProgram(program: TensorProgram, options: StartOptions): Promise<StartedProgram> {
  const { threads, ...others } = options;
  const alone = async (words: string): Promise<StartedProgram> => {
    const { module, manifest } = await compileModule(program, { ...others, shared: false });
    return { manifest, running: await startModule(module, manifest), threads: words };
  };
  if (threads === 1) return alone('1 thread');
  if (!hasSharedMemory()) return alone('1 thread, since there is no shared memory here');
  const { module, manifest } = await compileModule(program, { ...others, shared: true });
  const running = await startThreads(module, manifest, threads);
  return 'reason' in running
    ? alone(`1 thread, since no other can be started: ${running.reason}`)
    : { manifest, running, threads: `${threads} threads` };
}
