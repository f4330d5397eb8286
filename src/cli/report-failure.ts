/** What a person sees when something goes wrong, and the exit code that goes with it. */
import {
  type CodeKind,
  codes,
  type Diagnostic,
  type SourceTexts,
  SpecccError,
  SpecError,
} from '../diagnostics/index.js';
import { type ExitCode, exitCodes } from './exit-codes.js';
import { plural } from './format.js';
import type { Output, Terminal } from './terminal.js';

export interface FailureStyle {
  /** Print one JSON object on stdout too. */
  readonly json: boolean;
  /** Show the stack of what was not foreseen. */
  readonly verbose: boolean;
}

const exitCodeOf: Readonly<Record<CodeKind, ExitCode>> = {
  spec: exitCodes.specIsWrong,
  usage: exitCodes.usage,
  runtime: exitCodes.runtime,
};

export async function reportFailure(
  failure: unknown,
  terminal: Terminal,
  style: FailureStyle,
): Promise<ExitCode> {
  const { out, err } = terminal;
  const toJson = (exitCode: ExitCode, fields: object) => {
    if (style.json) out.line(JSON.stringify({ type: 'error', exitCode, ...fields }));
    return exitCode;
  };
  if (failure instanceof SpecError) {
    const { diagnostics, source } = failure;
    await writeDiagnostics(diagnostics, source, err);
    const fault = diagnostics.find(({ severity }) => severity === 'error');
    const exitCode = fault === undefined ? exitCodes.specIsWrong : exitCodeOf[codes[fault.code].kind];
    return toJson(exitCode, { diagnostics });
  }
  if (failure instanceof SpecccError) {
    const { code, message, hints } = failure;
    writeProblem(err, code, message, hints);
    if (style.verbose) writeStack(err, failure);
    return toJson(exitCodeOf[failure.kind], { code, message, hints });
  }
  writeBug(err, failure, style);
  const message = failure instanceof Error ? failure.message : String(failure);
  return toJson(exitCodes.runtime, { code: 'bug', message, hints: [] });
}

/** Diagnostics with their code frames, and a line that counts them. Writes nothing where there are none. */
export async function writeDiagnostics(
  diagnostics: readonly Diagnostic[],
  source: SourceTexts,
  output: Output,
): Promise<void> {
  if (diagnostics.length === 0) return;
  const { formatDiagnostics } = await import('../diagnostics/code-frame.js');
  const color = output.colors.isColorSupported;
  const width = output.live ? output.columns() : 120;
  output.line(formatDiagnostics(diagnostics, source, { color, width }));
}

/** `2 errors and 1 warning` */
export function countDiagnostics(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter((d) => d.severity === 'error').length;
  const warnings = diagnostics.length - errors;
  const parts = [
    ...(errors > 0 || warnings === 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ];
  return parts.join(' and ');
}

function writeProblem(output: Output, code: string, message: string, hints: readonly string[]): void {
  const { bold, dim, red } = output.colors;
  output.line(`${bold(red('error'))}  ${dim(code)}  ${message}`);
  for (const hint of hints) output.line(`  ${hint}`);
}

function writeBug(output: Output, failure: unknown, { verbose }: FailureStyle): void {
  const { bold, red } = output.colors;
  const text = failure instanceof Error ? `${failure.name}: ${failure.message}` : String(failure);
  output.line(`${bold(red('error'))}  this is a bug in speccc: ${text.split('\n')[0]}`);
  if (verbose) writeStack(output, failure);
  else output.line('  please report it with what you get from the same command with --verbose at its end');
}

function writeStack(output: Output, failure: unknown): void {
  if (!(failure instanceof Error)) return;
  output.line(output.colors.dim(failure.stack ?? failure.message));
  if (failure.cause !== undefined) {
    output.line(output.colors.dim('caused by'));
    writeStack(output, failure.cause);
  }
}
