/** Ctrl-C, once and twice. */
import { exitCodes } from './exit-codes.js';

export interface Interrupts {
  readonly signal: AbortSignal;
  stop(): void;
}

/**
 * The first signal aborts, so that a command can finish its step and save; a second one ends the process at
 * once.
 */
export function listenForInterrupts(): Interrupts {
  const controller = new AbortController();
  const handle = () => {
    if (controller.signal.aborted) process.exit(exitCodes.interrupted);
    controller.abort();
  };
  process.on('SIGINT', handle);
  process.on('SIGTERM', handle);
  return {
    signal: controller.signal,
    stop: () => {
      process.off('SIGINT', handle);
      process.off('SIGTERM', handle);
    },
  };
}
