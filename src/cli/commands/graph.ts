/** `speccc graph`: a drawing of a model. */
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { Option } from 'commander';
import type { ModelGraph } from '../../compiler/index.js';
import { SpecccError } from '../../diagnostics/index.js';
import { type CommandLine, wholeNumber } from '../command-line.js';
import type { CommandContext } from '../context.js';
import { type ExitCode, exitCodes } from '../exit-codes.js';
import { formatBytes } from '../format.js';
import { type LayersOption, layersOption } from '../layers-option.js';
import { loadGraph } from '../load-graph.js';

/** The formats with the names of files that have them, the first of which we give. */
const endings = {
  svg: ['.svg'],
  mermaid: ['.mmd', '.mermaid'],
  dot: ['.dot', '.gv'],
  png: ['.png'],
} as const;
type Format = keyof typeof endings;
const formats = Object.keys(endings) as readonly Format[];

interface Options extends LayersOption {
  readonly output?: string;
  readonly format?: Format;
  readonly depth?: number;
  readonly json?: true;
}

export function addGraph(program: CommandLine, context: CommandContext): void {
  program
    .command('graph')
    .summary('draw a model')
    .description(
      'Draws a model, with its blocks as frames and the shapes of its values on the lines: to NAME.svg in the current folder, where NAME is the name of the model, or to where -o says. The ending of the file says the format: .svg, .png, .mmd for Mermaid, .dot for Graphviz. A file that speccc did not make is never overwritten. Where --depth is left out, as many levels of blocks are opened as keep the drawing at a size that people can read.',
    )
    .argument('<spec>', 'YAML file')
    .option('-o, --output <file>', 'where to write; - is stdout')
    .addOption(new Option('--format <format>', 'as what, whatever the file is called').choices(formats))
    .option('--depth <levels>', 'open so many blocks within each other; 0 opens none', wholeNumber(0))
    .addOption(layersOption())
    .option('--json', 'print one JSON document that says what was written')
    .examples([
      { command: 'speccc graph lenet5.yaml', what: 'writes lenet5.svg' },
      { command: 'speccc graph resnet18.yaml --depth 1 -o resnet18.png', what: 'its units as a box each' },
      { command: 'speccc graph lenet5.yaml --format mermaid -o -', what: 'for a README on GitHub' },
    ])
    .action(context.action((spec: string, options: Options) => graph(spec, options, context)));
}

async function graph(spec: string, options: Options, context: CommandContext): Promise<ExitCode> {
  const { output, json } = options;
  if (output === '-' && json) {
    throw new SpecccError('wrong-arguments', "'--json' cannot be used together with '--output -'");
  }
  const format = options.format ?? formatOf(output);
  if (format === 'png' && output === '-' && context.terminal.out.live) {
    throw new SpecccError('wrong-arguments', 'a PNG is nothing that a terminal can show', {
      hints: ['send it to a file or another program'],
    });
  }
  const { graph } = await loadGraph(spec, context, options);
  const drawing = await draw(graph, format, options);
  const { out } = context.terminal;
  if (output === '-') {
    out.write(drawing);
    return exitCodes.fine;
  }
  const file = output ?? `${graph.name}${endings[format][0]}`;
  await refuseForeign(file);
  const { writeFileWhole } = await import('../../runtime/whole-files.js');
  await writeFileWhole(file, drawing);
  const bytes = Buffer.byteLength(drawing);
  out.line(
    json
      ? JSON.stringify({ spec, file, format, bytes }, null, 2)
      : `${out.colors.green('wrote')} ${file}  ${formatBytes(bytes)} from ${spec}`,
  );
  return exitCodes.fine;
}

function formatOf(output: string | undefined): Format {
  if (output === undefined || output === '-') return 'svg';
  const ending = extname(output).toLowerCase();
  const found = formats.find((format) => (endings[format] as readonly string[]).includes(ending));
  if (found !== undefined) return found;
  throw new SpecccError('wrong-arguments', `the name '${output}' does not say as what to draw`, {
    hints: [`end it in ${Object.values(endings).flat().join(', ')}`, `or add --format ${formats.join('|')}`],
  });
}

async function draw(graph: ModelGraph, format: Format, { depth }: Options): Promise<string | Uint8Array> {
  const levels = depth === undefined ? {} : { depth };
  if (format === 'png') {
    const { drawGraphPng } = await import('../../runtime/draw-graph.js');
    return drawGraphPng(graph, levels);
  }
  const { drawGraph } = await import('../../compiler/diagram/index.js');
  return drawGraph(graph, { format, ...levels });
}

async function refuseForeign(file: string): Promise<void> {
  const current = await readIfThere(file);
  if (current === undefined || current.length === 0) return;
  const { isOwnDrawing } = await import('../../runtime/draw-graph.js');
  if (isOwnDrawing(current)) return;
  throw new SpecccError('output-exists', `${file} was not drawn by speccc, so it is not overwritten`, {
    hints: ['name another file with -o, or move this one'],
  });
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    // Whatever else is wrong with the place is said when the file is written.
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') {
      throw new SpecccError('output-exists', `${file} is a folder`, { hints: ['name a file with -o'] });
    }
    return undefined;
  }
}
