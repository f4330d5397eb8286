/** The command line. `bin/speccc.js` calls `main` and hands its result to the shell. */
import { CommanderError } from 'commander';
import type { CommandContext } from './context.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { type Interrupts, listenForInterrupts } from './interrupts.js';
import { buildProgram } from './program.js';
import { reportFailure } from './report-failure.js';
import { openTerminal } from './terminal.js';

/** Runs one command. `argv` has neither node nor the script: `['train', '--epochs', '5']`. Never rejects. */
export async function main(argv: readonly string[]): Promise<ExitCode> {
  const terminal = openTerminal();
  const style = {
    json: argv.includes('--json'),
    verbose: argv.includes('--verbose') || isSet(process.env.SPECCC_DEBUG),
  };
  let exitCode: ExitCode = exitCodes.fine;
  let failed = (failure: unknown) => reportFailure(failure, terminal, style);
  const crash = (failure: unknown) => {
    const report = failed;
    failed = async () => exitCodes.runtime;
    void report(failure).then((code) => process.exit(code));
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
  let interrupts: Interrupts | undefined;
  const context: CommandContext = {
    terminal,
    interruptible: () => {
      interrupts ??= listenForInterrupts();
      return AbortSignal.any([interrupts.signal, terminal.closed]);
    },
    // npx leaves its mark in the environment of what it starts.
    program: process.env.npm_command === 'exec' ? 'npx speccc' : 'speccc',
    argv,
    action:
      (run) =>
      async (...args) => {
        exitCode = await run(...args);
      },
  };
  try {
    await buildProgram(context).parseAsync(argv, { from: 'user' });
    return exitCode;
  } catch (failure) {
    // Help and version end this way in commander, after they were printed.
    if (failure instanceof CommanderError) return failure.exitCode === 0 ? exitCodes.fine : exitCodes.usage;
    if (terminal.closed.aborted) return exitCode;
    if (interrupts?.signal.aborted && isAbort(failure)) {
      if (style.json) terminal.out.line(JSON.stringify({ type: 'interrupted' }));
      terminal.err.line(`${terminal.err.colors.yellow('interrupted')}, and nothing was lost`);
      return exitCodes.interrupted;
    }
    return await failed(failure);
  } finally {
    interrupts?.stop();
    process.off('uncaughtException', crash);
    process.off('unhandledRejection', crash);
  }
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '' && value !== '0';
}

function isAbort(failure: unknown): boolean {
  return failure instanceof Error && failure.name === 'AbortError';
}
