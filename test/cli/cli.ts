/** Drives the built command line in child processes, in folders of their own. */
import { type ChildProcess, fork, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';

/** Built by `npm test` before the tests run. SPECCC_BIN names another build. */
export const bin = process.env.SPECCC_BIN ?? fileURLToPath(new URL('../../bin/speccc.js', import.meta.url));
export const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Called with all of stdout so far, whenever some arrives. */
  readonly onOutput?: (stdout: string, kill: (signal: NodeJS.Signals) => void) => void;
}

/** The caller's own colour and npm settings must not decide what a test sees. */
function cleanEnvironment(extra: RunOptions['env']): NodeJS.ProcessEnv {
  const { NO_COLOR, FORCE_COLOR, SPECCC_DEBUG, npm_command, NODE_OPTIONS, ...env } = process.env;
  return { ...env, TERM: 'xterm-256color', ...extra };
}

/**
 * Runs `speccc ARGS` to its end, with stdout and stderr that are no terminals: in a process that is kept
 * for the next one, or in one of its own where it is watched while it runs.
 */
export function speccc(args: readonly string[], options: RunOptions): Promise<Finished> {
  if (options.onOutput !== undefined || process.env.SPECCC_BIN !== undefined)
    return specccAlone(args, options);
  const finished = last.then(() => inKeptProcess(args, options));
  last = finished.catch(() => undefined);
  return finished;
}

/** Runs `speccc ARGS` to its end in a process of its own; stdout and stderr are pipes. */
export function specccAlone(args: readonly string[], options: RunOptions): Promise<Finished> {
  return run(process.execPath, [bin, ...args], options);
}

/** The command before, in the process that is kept. */
let last: Promise<unknown> = Promise.resolve();
let kept: Promise<ChildProcess> | undefined;

async function inKeptProcess(args: readonly string[], { cwd, env }: RunOptions): Promise<Finished> {
  kept ??= startKept();
  const child = await kept;
  return new Promise((resolve, reject) => {
    const died = (code: number | null) =>
      reject(new Error(`speccc ${args.join(' ')} ended the process with code ${code}`));
    child.once('exit', died);
    child.once('message', (finished: Finished) => {
      child.off('exit', died);
      resolve(finished);
    });
    child.send({ args, cwd, env: cleanEnvironment(env) });
  });
}

async function startKept(): Promise<ChildProcess> {
  const warm = fileURLToPath(new URL('warm.mjs', import.meta.url));
  const child = fork(warm, [new URL('../../dist/cli/main.js', import.meta.url).href], {
    execArgv: [],
    env: cleanEnvironment({}),
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  child.once('exit', () => {
    kept = undefined;
  });
  await new Promise((resolve, reject) => child.once('message', resolve).once('exit', reject));
  // It ends with this process, which need not wait for it.
  child.unref();
  child.channel!.unref();
  return child;
}

export function run(program: string, args: readonly string[], options: RunOptions): Promise<Finished> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: cleanEnvironment(options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      options.onOutput?.(stdout, (signal) => child.kill(signal));
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
    });
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** A folder that is gone after the tests of this file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'speccc-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A model that trains in a moment, on data that is drawn. */
export const tinySpec = `name: tiny
seed: 7
input: [8, 8, 3]
layers:
  - { name: c1, type: conv2d, filters: 4, kernelSize: 3, activation: relu }
  - { name: flatten, type: flatten }
  - { name: out, type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic, train: 64, validation: 32 }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 16
  epochs: 2
`;

export const wrongSpec = `name: wrong
input: [8, 8, 3]
layers:
  - { name: c1, type: conv2d, filters: 4, kernelSize: 9 }
  - { name: out, type: dens, units: 10 }
`;

/** Anything that a terminal would act upon. */
export const hasEscapes = (text: string) => text.includes('\u001b');
