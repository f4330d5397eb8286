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

/** Runs before the first trial of what may be slower, and between two of them at least. */
const fewestRuns = 50;
const runsOfTrial = 2;
/** Part of the time that trials may cost: eight threads are a good deal faster than one. */
const mostCost = 0.02;
/** Part of a new time in the mean of those lately. */
const newness = 0.3;
/** To change, the other must be faster by this much. */
const clearly = 0.95;

interface Lately {
  taken: number;
  /** Runs before the next trial; none or fewer while it lasts. */
  left: number;
  /** Milliseconds of what is taken, and of its last trial of the other. */
  readonly means: Map<number, number>;
}

export function threadChoice(all: number): ThreadChoice {
  const commands = new Map<number, Lately>();
  const other = (threads: number) => (threads === 1 ? all : 1);
  const lately = (command: number): Lately => {
    const known = commands.get(command) ?? { taken: all, left: fewestRuns, means: new Map() };
    commands.set(command, known);
    return known;
  };
  return {
    threads(command) {
      const { taken, left } = lately(command);
      return left > 0 ? taken : other(taken);
    },
    took(command, threads, milliseconds) {
      const known = lately(command);
      const { taken, means } = known;
      // A trial forgets the one before it.
      const before = known.left === 0 ? undefined : means.get(threads);
      means.set(threads, before === undefined ? milliseconds : before + newness * (milliseconds - before));
      known.left -= 1;
      if (known.left > -runsOfTrial) return;
      const [own, others] = [means.get(taken)!, means.get(other(taken))!];
      if (others < clearly * own) known.taken = other(taken);
      const loss = Math.max(own, others) / Math.min(own, others) - 1;
      known.left = Math.max(fewestRuns, Math.ceil((runsOfTrial * loss) / mostCost));
    },
  };
}
