/**
 * Measures contestants in turns, so that whatever else the machine does slows all of them alike. All are
 * started and warmed up first; the one whose turn it is has the machine to itself.
 */
import type { Task } from './arguments.js';
import {
  type ContestantProcess,
  type Introduction,
  type Round,
  startContestant,
} from './contestant-process.js';
import { type Contestant, describeContestant } from './contestants.js';

export type Command = readonly [string, ...string[]];

/** What one contestant did; `reason` says why it did nothing. */
export type Row = Contestant & (Measured | Missing);

export interface Measured extends Introduction {
  readonly rounds: readonly Round[];
}

export interface Missing {
  readonly reason: string;
  /** True where it should have worked. */
  readonly failed: boolean;
}

export interface MeasureOptions {
  readonly rounds: number;
  readonly seconds: number;
  /** No round takes more. */
  readonly stepsPerEpoch: number;
  readonly command: (contestant: Contestant) => Command;
  readonly note: (text: string) => void;
}

interface Runner {
  readonly contestant: Contestant;
  readonly process: ContestantProcess;
  readonly stepsPerRound: number;
  readonly rounds: Round[];
}

export async function measureTask(
  { network, batchSize }: Task,
  contestants: readonly Contestant[],
  options: MeasureOptions,
): Promise<readonly Row[]> {
  const { rounds, note } = options;
  const runners: Runner[] = [];
  const missing = new Map<Contestant, Missing>();
  for (const contestant of contestants) {
    note(`${network}, batch ${batchSize}: ${describeContestant(contestant)}: warming up`);
    const started = await start(contestant, options);
    if ('reason' in started) missing.set(contestant, started);
    else runners.push(started);
  }
  for (let round = 1; round <= rounds; round++) {
    note(`${network}, batch ${batchSize}: round ${round} of ${rounds}`);
    for (const { contestant, process, stepsPerRound, rounds: done } of runners) {
      if (missing.has(contestant)) continue;
      try {
        done.push(await process.train(stepsPerRound));
      } catch (error) {
        missing.set(contestant, failure(error));
      }
    }
  }
  for (const { process } of runners) await process.stop();
  const measured = new Map(
    runners.map(({ contestant, process, rounds: done }) => [
      contestant,
      { ...process.introduction, rounds: done },
    ]),
  );
  return contestants.map((contestant) => ({
    ...contestant,
    ...(missing.get(contestant) ?? measured.get(contestant)!),
  }));
}

/** Starts a contestant and lets it train until a round's time has passed: some compile at the first step. */
async function start(contestant: Contestant, options: MeasureOptions): Promise<Runner | Missing> {
  const { seconds, stepsPerEpoch, command } = options;
  const inEpoch = (steps: number) => Math.min(Math.max(1, Math.round(steps)), stepsPerEpoch);
  try {
    const process = await startContestant(command(contestant));
    if ('unavailable' in process) return { reason: process.unavailable, failed: false };
    await process.train(1);
    let warmUp = await process.train(1);
    while (warmUp.seconds < seconds / 2 && warmUp.steps < stepsPerEpoch)
      warmUp = await process.train(inEpoch(warmUp.steps * 2));
    const stepsPerRound = inEpoch((warmUp.steps / warmUp.seconds) * seconds);
    return { contestant, process, stepsPerRound, rounds: [] };
  } catch (error) {
    return failure(error);
  }
}

function failure(error: unknown): Missing {
  return { reason: (error as Error).message, failed: true };
}
