/** `speccc summary`: shapes, parameters and cost of a model, without building it. */
import { type CommandLine, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type LayersOption, layersOption } from '../layers-option.js';
import { loadGraph } from '../load-graph.js';

interface Options extends LayersOption {
  readonly json?: true;
  readonly depth?: number;
}

export function addSummary(program: CommandLine, context: CommandContext): void {
  program
    .command('summary')
    .summary('print the shapes, parameters and cost of a model')
    .description(
      'Prints every layer of a model, in the blocks and repeats that it comes from, with its output shape, parameters, multiply-adds and memory for activations, and the memory that the compiled program needs for the batches of the spec. Where a layer takes something else than the value of the line above, it says so. Builds nothing.',
    )
    .argument('<spec>', 'YAML file')
    .option('--depth <levels>', 'open so many blocks within each other; 0 opens none', wholeNumber(0))
    .addOption(layersOption())
    .option('--json', 'print one JSON document')
    .examples([
      { command: 'speccc summary lenet5.yaml', what: 'a table of its layers' },
      { command: 'speccc summary resnet18.yaml --depth 1', what: 'its stages, and the units in them' },
      { command: 'speccc summary lenet5.yaml --json', what: 'as data' },
    ])
    .action(context.action((spec: string, options: Options) => summary(spec, options, context)));
}

async function summary(spec: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { json, depth } = options;
  const { graph } = await loadGraph(spec, context, options);
  const [{ summarizeGraph }, { formatSummary }, { programMemory }] = await Promise.all([
    import('../../compiler/summary.js'),
    import('../../compiler/format-summary.js'),
    import('../../compiler/wasm/program-memory.js'),
  ]);
  const { out } = context.terminal;
  const data = summarizeGraph(graph);
  const memory = programMemory(graph);
  const style = {
    color: out.colors.isColorSupported,
    width: out.live ? out.columns() : 120,
    ...(depth === undefined ? {} : { depth }),
    ...(memory === undefined ? {} : { memory }),
  };
  out.line(json ? JSON.stringify({ ...data, program: memory ?? null }, null, 2) : formatSummary(data, style));
  return exitCodes.fine;
}
