/**
 * The other end of a contestant: a process that trains as many steps as it is asked for, and sleeps in between, so
 * that several can be measured in turns. It prints a JSON object a line: one when it is ready, then one for
 * each number of steps that it reads. It ends when its input does.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** One measurement. */
export interface Round {
  readonly steps: number;
  readonly seconds: number;
  /** Means over the steps. */
  readonly loss: number;
  readonly accuracy: number;
}

/** What a contestant says of itself. */
export interface Introduction {
  /** Of the libraries that compute, by their names. */
  readonly versions: Readonly<Record<string, string>>;
  /** What it chose by itself: `channels last`. May be empty. */
  readonly setting: string;
}

export interface ContestantProcess {
  readonly introduction: Introduction;
  train(steps: number): Promise<Round>;
  stop(): Promise<void>;
}

/** Rejects where the process ends instead of an answer, with the last line of its complaints. */
export async function startContestant(
  command: readonly [string, ...string[]],
): Promise<ContestantProcess | { readonly unavailable: string }> {
  const [program, ...args] = command;
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = once(child, 'close');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-4000);
  });

  // Whoever writes to a process that has died learns so from the answer.
  child.stdin.on('error', () => {});

  const answer = async (): Promise<unknown> => {
    const { value, done } = await lines.next();
    if (!done) return JSON.parse(value);
    await ended;
    throw new Error(complaints.trim().split('\n').at(-1) || howItEnded(child));
  };
  const stop = async () => {
    child.stdin.end();
    await ended;
  };

  const ready = (await answer()) as Introduction | { readonly unavailable: string };
  if ('unavailable' in ready) {
    await stop();
    return ready;
  }
  return {
    introduction: ready,
    train: async (steps) => {
      child.stdin.write(`${steps}\n`);
      return { steps, ...((await answer()) as Omit<Round, 'steps'>) };
    },
    stop,
  };
}

function howItEnded({ exitCode, signalCode }: ChildProcess): string {
  return signalCode === null ? `it ended with code ${exitCode}` : `it was ended by ${signalCode}`;
}
