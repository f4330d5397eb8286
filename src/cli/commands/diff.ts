/** `speccc diff`: how one spec differs from another. */
import type { CommandLine } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { type LayersOption, layersOption } from '../layers-option.js';
import { loadGraph } from '../load-graph.js';

interface Options extends LayersOption {
  readonly exitCode?: true;
  readonly json?: true;
}

export function addDiff(program: CommandLine, context: CommandContext): void {
  program
    .command('diff')
    .summary('say how two specs differ')
    .description(
      'Compares the models of two specs: which layers came, went, were renamed or changed, and what that means for shapes, parameters, multiply-adds and memory for activations; and how they are trained. How a spec is written does not count: blocks are written out, and defaults filled in. Builds nothing.',
    )
    .argument('<before>', 'YAML file')
    .argument('<after>', 'YAML file')
    .option('--exit-code', 'exit with 1 where they differ')
    .addOption(layersOption())
    .option('--json', 'print one JSON document')
    .examples([
      { command: 'speccc diff lenet5.yaml wider.yaml', what: 'what makes the second one wider?' },
      { command: 'speccc diff --exit-code a.yaml b.yaml', what: 'for scripts: are they the same?' },
    ])
    .action(
      context.action((before: string, after: string, options: Options) =>
        diff([before, after], options, context),
      ),
    );
}

async function diff(
  files: readonly [before: string, after: string],
  options: Options,
  context: CommandContext,
): Promise<ExitCode> {
  const { exitCode, json } = options;
  const [before, after] = files;
  const { graph } = await loadGraph(before, context, options);
  const { graph: other } = await loadGraph(after, context, options);
  const { diffGraphs, formatDiff } = await import('../../compiler/diff/index.js');
  const found = diffGraphs(graph, other);
  const { out } = context.terminal;
  const { bold, isColorSupported } = out.colors;
  if (json) out.line(JSON.stringify({ files: { before, after }, ...found }, null, 2));
  else if (found.equal) out.line(`${before} and ${after} describe the same model`);
  else {
    const style = { color: isColorSupported, width: out.live ? out.columns() : 120 };
    out.line(`${bold(`${before} → ${after}`)}\n\n${formatDiff(found, style)}`);
  }
  return exitCode && !found.equal ? exitCodes.different : exitCodes.fine;
}
