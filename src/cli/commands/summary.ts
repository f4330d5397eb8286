/** `speccc summary`: shapes, parameters and cost of a model, without building it. */
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { loadGraph } from '../load-graph.js';

interface Options {
  readonly json?: true;
}

export function addSummary(program: CommandLine, context: CommandContext): void {
  program
    .command('summary')
    .summary('print the shapes, parameters and cost of a model')
    .description(
      'Prints every layer of a model with its output shape, parameters and multiply-adds. Builds nothing.',
    )
    .argument('<spec>', 'YAML file')
    .option('--json', 'print one JSON document')
    .examples([
      { command: 'speccc summary lenet5.yaml', what: 'a table of its layers' },
      { command: 'speccc summary lenet5.yaml --json', what: 'as data' },
    ])
    .action(context.action((spec: string, options: Options) => summary(spec, options, context)));
}

async function summary(spec: string, { json }: Options, context: CommandContext): Promise<ExitCode> {
  const { graph } = await loadGraph(spec, context);
  const { formatSummary, summarizeGraph } = await import('../../compiler/summary.js');
  const { out } = context.terminal;
  const data = summarizeGraph(graph);
  const style = { color: out.colors.isColorSupported, width: out.live ? out.columns() : 120 };
  out.line(json ? JSON.stringify(data, null, 2) : formatSummary(data, style));
  return exitCodes.fine;
}
