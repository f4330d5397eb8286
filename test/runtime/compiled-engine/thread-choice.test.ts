import { describe, expect, it } from 'vitest';
import { threadChoice } from '../../../src/runtime/compiled-engine/thread-choice.js';

/** Runs a command so many times on a machine where it takes so long, and counts the runs by their threads. */
function run(choice: ReturnType<typeof threadChoice>, times: number, took: (threads: number) => number) {
  const counts: Record<number, number> = {};
  for (let index = 0; index < times; index += 1) {
    const threads = choice.threads(1);
    counts[threads] = (counts[threads] ?? 0) + 1;
    choice.took(1, threads, took(threads));
  }
  return counts;
}

describe('the number of threads', () => {
  const free = (threads: number) => (threads === 1 ? 5 : 3);
  const busy = (threads: number) => (threads === 1 ? 5 : 15);

  it('is all that there are while they are faster, but for a trial now and then', () => {
    const counts = run(threadChoice(4), 1000, free);
    expect(Object.keys(counts)).toEqual(['1', '4']);
    expect(counts[4]).toBeGreaterThan(900);
  });

  it('is one where the others are kept from working, and all again when they are not', () => {
    const choice = threadChoice(2);
    run(choice, 200, free);
    run(choice, 200, busy);
    expect(run(choice, 500, busy)[1]).toBeGreaterThan(450);
    run(choice, 200, free);
    expect(run(choice, 500, free)[2]).toBeGreaterThan(450);
  });

  it('is found for each command on its own', () => {
    const choice = threadChoice(2);
    run(choice, 200, busy);
    expect(choice.threads(1)).toBe(1);
    expect(choice.threads(2)).toBe(2);
  });

  it('is tried so seldom that what is much slower costs little', () => {
    const counts = run(threadChoice(8), 10_000, (threads) => (threads === 1 ? 80 : 10));
    expect((counts[1]! * 80) / (counts[8]! * 10)).toBeLessThan(0.03);
  });

  it('does not change for one run that was slow', () => {
    const choice = threadChoice(2);
    let runs = 0;
    const counts = run(choice, 1000, (threads) => (++runs % 90 === 0 ? 50 : free(threads)));
    expect(counts[2]).toBeGreaterThan(800);
  });
});
