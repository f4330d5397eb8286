/** What a model is made of and what it costs, as data, and as a table for people. */
import { createColors } from 'picocolors';
import { formatShape, type Shape, sizeOf } from '../layers/index.js';
import { isChain, type ModelGraph } from './model-graph.js';

export interface Summary {
  readonly name: string;
  readonly description: string | undefined;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** One a layer, in the graph's order. */
  readonly rows: readonly SummaryRow[];
  readonly totals: SummaryTotals;
  /** True where each layer takes the output of the one before it. */
  readonly chain: boolean;
}

export interface SummaryRow {
  readonly name: string;
  /** The layer kind. */
  readonly type: string;
  /** Names of the inputs or layers whose values it takes. */
  readonly inputs: readonly string[];
  readonly outputShape: Shape;
  /** Values in its weights, trainable or not. */
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Of the forward pass, for one example. */
  readonly multiplyAdds: number;
}

export interface SummaryTotals {
  readonly parameters: number;
  readonly trainable: number;
  readonly nonTrainable: number;
  /** Of the forward pass, for one example. */
  readonly multiplyAdds: number;
  /** Bytes of all weights, as 32-bit floats. */
  readonly parameterBytes: number;
  /** Bytes of all layers' outputs for one example, as 32-bit floats: what training keeps for gradients. */
  readonly activationBytes: number;
}

const bytesOfFloat = 4;

export function summarizeGraph(graph: ModelGraph): Summary {
  const rows = graph.nodes.map((node): SummaryRow => {
    const sizes = node.weights.map((weight) => ({
      size: sizeOf(weight.shape),
      trainable: weight.trainable && node.options.trainable !== false,
    }));
    return {
      name: node.name,
      type: node.type,
      inputs: node.inputs,
      outputShape: node.outputShape,
      parameters: sum(sizes.map(({ size }) => size)),
      trainableParameters: sum(sizes.map(({ size, trainable }) => (trainable ? size : 0))),
      multiplyAdds: node.multiplyAdds,
    };
  });
  const parameters = sum(rows.map((row) => row.parameters));
  const trainable = sum(rows.map((row) => row.trainableParameters));
  return {
    name: graph.name,
    description: graph.description,
    inputs: graph.inputs,
    rows,
    totals: {
      parameters,
      trainable,
      nonTrainable: parameters - trainable,
      multiplyAdds: sum(rows.map((row) => row.multiplyAdds)),
      parameterBytes: bytesOfFloat * parameters,
      activationBytes: bytesOfFloat * sum(rows.map((row) => sizeOf(row.outputShape))),
    },
    chain: isChain(graph),
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** `62,006` */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}

/** `1 layer`, `8 layers` */
export function formatCounted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** `242.2 KiB` */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = bytes < 1024 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(bytes) / 10));
  return power === 0
    ? `${bytes} byte${bytes === 1 ? '' : 's'}`
    : `${(bytes / 1024 ** power).toFixed(1)} ${units[power]}`;
}

/** What one example is called: an image, where it has three dimensions. */
export function exampleNoun(summary: Summary): 'image' | 'example' {
  return summary.inputs.every(({ shape }) => shape.length === 3) ? 'image' : 'example';
}

export interface SummaryFormat {
  readonly color: boolean;
  /** Columns that the table may take; long names are shortened to keep to it. */
  readonly width: number;
}

interface Column {
  readonly title: string;
  readonly align: 'left' | 'right';
  readonly cells: readonly string[];
}

/** The table of `speccc summary`, without a newline at its end. */
export function formatSummary(summary: Summary, { color, width }: SummaryFormat): string {
  const { bold, dim } = createColors(color);
  const { totals, rows, inputs } = summary;
  const blanks = inputs.map(() => '');
  const left = (title: string, cells: readonly string[]): Column => ({ title, align: 'left', cells });
  const right = (title: string, cells: readonly number[], total: number): Column => ({
    title,
    align: 'right',
    cells: [...blanks, ...cells.map(formatCount), formatCount(total)],
  });
  const columns = fitted(
    [
      left('layer', [...[...inputs, ...rows].map(({ name }) => name), formatCounted(rows.length, 'layer')]),
      left('type', [...inputs.map(() => 'input'), ...rows.map(({ type }) => type), '']),
      ...(summary.chain ? [] : [left('takes', [...blanks, ...rows.map((row) => row.inputs.join(', ')), ''])]),
      left('output', [
        ...inputs.map(({ shape }) => formatShape(shape)),
        ...rows.map(({ outputShape }) => formatShape(outputShape)),
        '',
      ]),
      right(
        'parameters',
        rows.map((row) => row.parameters),
        totals.parameters,
      ),
      right(
        'multiply-adds',
        rows.map((row) => row.multiplyAdds),
        totals.multiplyAdds,
      ),
    ],
    width,
  );
  const line = (index: number) =>
    columns
      .map(({ cells, align, space }) => aligned(cells[index]!, align, space))
      .join(gap)
      .trimEnd();
  const body = inputs.length + rows.length;
  const rule = dim('─'.repeat(sum(columns.map(({ space }) => space)) + gap.length * (columns.length - 1)));
  const trainable =
    totals.nonTrainable === 0
      ? totals.parameters === 0
        ? 'nothing to train'
        : 'all trainable'
      : `${formatCount(totals.trainable)} trainable and ${formatCount(totals.nonTrainable)} not`;
  const title = shortened(`${summary.name}  ${firstLine(summary.description ?? '')}`.trimEnd(), width);
  return [
    bold(summary.name) + dim(title.slice(summary.name.length)),
    '',
    dim(columns.map(({ title, align, space }) => aligned(title, align, space)).join(gap)),
    rule,
    ...Array.from({ length: body }, (_, index) => (index < inputs.length ? dim(line(index)) : line(index))),
    rule,
    bold(line(body)),
    '',
    `${dim('parameters')}   ${formatBytes(totals.parameterBytes)}, ${trainable}`,
    `${dim('activations')}  ${formatBytes(totals.activationBytes)} per ${exampleNoun(summary)}`,
  ].join('\n');
}

const gap = '  ';

function shortened(text: string, space: number): string {
  return text.length <= space ? text : `${text.slice(0, space - 1)}…`;
}

/** Long names of layers differ in their ends: `encoder…conv_3`. */
function withoutMiddle(text: string, space: number): string {
  const head = Math.ceil((space - 1) / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (space - 1 - head))}`;
}

/** Without what a terminal would obey. */
function firstLine(text: string): string {
  return text
    .trim()
    .split('\n')[0]!
    .replace(/[\p{Cc}\p{Cf}]/gu, '');
}

function aligned(text: string, align: 'left' | 'right', space: number): string {
  const shown = text.length <= space ? text : withoutMiddle(text, space);
  return align === 'left' ? shown.padEnd(space) : shown.padStart(space);
}

/** Shortens the widest text columns, never the numbers, until the table fits. */
function fitted(columns: readonly Column[], width: number): readonly (Column & { readonly space: number })[] {
  const shortest = 8;
  const spaces = columns.map(({ title, cells }) =>
    Math.max(title.length, ...cells.map((cell) => cell.length)),
  );
  const excess = () => sum(spaces) + gap.length * (columns.length - 1) - width;
  while (excess() > 0) {
    const widths = columns.map(({ align }, index) => (align === 'left' ? spaces[index]! : 0));
    const widest = Math.max(...widths);
    if (widest <= shortest) break;
    spaces[widths.indexOf(widest)]! -= 1;
  }
  return columns.map((column, index) => ({ ...column, space: spaces[index]! }));
}
