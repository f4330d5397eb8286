/**
 * The first bytes of a module's memory: what the threads tell each other, and what a step is told. Numbers are
 * addresses; what threads wait on lies on cache lines of its own.
 */
export const control = {
  /** How many threads have come to the barrier. */
  arrived: 0,
  /** How often the barrier has opened. */
  generation: 64,
  /** How many commands have been given. */
  commands: 128,
  /** The last command, or -1 to end. */
  command: 132,
  /** Of the random numbers of a step. */
  seed: 192,
  /** How many examples of the batch were in pieces before this one. */
  lanesBefore: 196,
  /** 1 in the first piece of a batch, else 0. */
  firstPiece: 200,
  /** A float: what bytes are multiplied with; 0 where inputs come as floats. */
  pixelScale: 204,
  /** 0 while all is well; the number of a thread that failed, counted from 1; or -1 where one did not come for long. */
  failed: 208,
} as const;

export const controlBytes = 256;
