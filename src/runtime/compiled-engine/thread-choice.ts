/**
 * Whether all threads do a command, or one alone. Where other programs, or other guests of the same machine, take away
 * processors, every barrier waits for the thread that was stopped, and one alone can be several times faster; results
 * are the same bytes. So both are timed, the slower one now and then, and what was faster lately is taken.
 */
export interface ThreadChoice {
  /** For the next run of a command. */
  threads(command: number): number;
  took(command: number, threads: number, milliseconds: number): void;
}

/** Runs between two trials of what is slower. */
const runsBetweenTrials = 50;
/** Runs of a trial: one alone says little. */
const runsOfTrial = 3;
/** Part of a new time in the mean of those lately. */
const newness = 0.3;
/** To change, the other must be faster by this much. */
const clearly = 0.95;

interface Lately {
  runs: number;
  taken: number;
  readonly means: Map<number, number>;
}

export function threadChoice(all: number): ThreadChoice {
  const commands = new Map<number, Lately>();
  const other = (threads: number) => (threads === 1 ? all : 1);
  const lately = (command: number): Lately => {
    const known = commands.get(command) ?? { runs: 0, taken: all, means: new Map() };
    commands.set(command, known);
    return known;
  };
  return {
    threads(command) {
      const { runs, taken } = lately(command);
      const isTrial = runs % (runsBetweenTrials + runsOfTrial) >= runsBetweenTrials;
      return isTrial ? other(taken) : taken;
    },
    took(command, threads, milliseconds) {
      const known = lately(command);
      const before = known.means.get(threads);
      const mean = before === undefined ? milliseconds : before + newness * (milliseconds - before);
      known.means.set(threads, mean);
      known.runs += 1;
      // At the end of a trial.
      if (known.runs % (runsBetweenTrials + runsOfTrial) !== 0) return;
      const [own, others] = [known.taken, other(known.taken)].map((count) => known.means.get(count)!);
      if (others! < clearly * own!) known.taken = other(known.taken);
    },
  };
}
