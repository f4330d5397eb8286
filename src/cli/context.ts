/** What every command gets: the terminal, the name it was called by, and a way to be interrupted. */
import type { ExitCode } from './exit-codes.js';
import type { Terminal } from './terminal.js';

export interface CommandContext {
  readonly terminal: Terminal;
  /**
   * Called by a command that winds up in good order: the first Ctrl-C (or SIGTERM) then aborts the signal
   * returned instead of ending the process, as does the end of whoever reads our output.
   */
  interruptible(): AbortSignal;
  /** How to call us again: `speccc`, or `npx speccc` where npx started us. */
  readonly program: string;
  /** The arguments as they were given. */
  readonly argv: readonly string[];
  /**
   * Wraps what a command does into an action for commander. The command's promise gives the exit code;
   * what it throws is reported by `main`.
   */
  action<Arguments extends readonly unknown[]>(
    run: (...args: Arguments) => Promise<ExitCode>,
  ): (...args: Arguments) => Promise<void>;
}
