/** How long training takes. Saving, drawing and waiting for whoever listens to events are not counted. */
import type { RunTimes } from './run-writer.js';

/** The rate is the mean over this many steps. */
const window = 100;

/** Goes on from the times of earlier commands. */
export function stopwatch(earlier: RunTimes) {
  const epochSeconds = [...earlier.epochSeconds];
  let { partialSeconds, stepsPerSecond } = earlier;
  const recent: number[] = [];
  let recentSeconds = 0;
  let startedAt = 0;

  const elapsed = () => (performance.now() - startedAt) / 1000;

  return {
    start: () => {
      startedAt = performance.now();
    },
    stop: () => {
      partialSeconds += elapsed();
    },
    /** Ends what `start` began, as one training step. */
    step: () => {
      const seconds = elapsed();
      partialSeconds += seconds;
      recent.push(seconds);
      recentSeconds += seconds;
      if (recent.length > window) recentSeconds -= recent.shift()!;
      stepsPerSecond = recent.length / Math.max(recentSeconds, 1e-9);
    },
    /** Seconds of the epoch. */
    endEpoch: () => {
      const seconds = partialSeconds;
      epochSeconds.push(round(seconds));
      partialSeconds = 0;
      return seconds;
    },
    stepsPerSecond: () => stepsPerSecond ?? 0,
    times: (): RunTimes => ({
      epochSeconds: [...epochSeconds],
      partialSeconds: round(partialSeconds),
      stepsPerSecond: stepsPerSecond === null ? null : round(stepsPerSecond),
    }),
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
