/** The text of `speccc diff`: what differs in the model, layer by layer with its cost, and in its training. */
import { createColors } from 'picocolors';
import { visibleText } from '../../diagnostics/display-text.js';
import { formatShape } from '../../layers/index.js';
import { formatBytes, formatCount, formatCounted, type SummaryRow } from '../summary.js';
import { tableLines } from '../text-table.js';
import type { ChangedLayer, DiffTotals, GraphDiff, LayerChange, ValueChange } from './diff-graphs.js';

export interface DiffFormat {
  readonly color: boolean;
  /** Columns that the table of layers may take; long names are shortened to keep to it. */
  readonly width: number;
}

type Colors = ReturnType<typeof createColors>;
type Costs = Pick<SummaryRow, 'parameters' | 'multiplyAdds' | 'activationBytes'>;

/** Without a newline at its end; empty where nothing differs. */
export function formatDiff({ model, layers, training, totals }: GraphDiff, format: DiffFormat): string {
  const colors = createColors(format.color);
  const sections = [
    valueLines(model, colors),
    layers.length === 0 ? [] : layerLines(layers, totals, colors, format.width),
    training.length === 0 ? [] : [colors.bold('training'), ...valueLines(training, colors)],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

const nothing: Costs = { parameters: 0, multiplyAdds: 0, activationBytes: 0 };

function layerLines(
  layers: readonly LayerChange[],
  { before, after }: GraphDiff['totals'],
  colors: Colors,
  width: number,
): readonly string[] {
  const { bold, dim } = colors;
  const difference = after.layers - before.layers;
  const rows = [
    ...layers.map(layerCells),
    ['  before', formatCounted(before.layers, 'layer'), '', ...costCells(before)],
    ['  after', formatCounted(after.layers, 'layer'), '', ...costCells(after)],
    ['  difference', signed(difference, formatCount), '', ...differenceCells(before, after)],
  ];
  const titles = ['  layer', 'type', 'output', 'parameters', 'multiply-adds', 'activations'];
  const table = tableLines(
    titles.map((title, index) => ({ title, cells: rows.map((cells) => cells[index]!), right: index > 2 })),
    width,
  );
  const lines = layers.flatMap((layer, index) => styledLines(layer, table.rows[index]!, colors));
  const rule = dim('─'.repeat(table.width));
  const [first, second, last] = table.rows.slice(layers.length);
  return [dim(table.head), rule, ...lines, rule, first!, second!, bold(last!)];
}

function styledLines(layer: LayerChange, row: string, colors: Colors): readonly string[] {
  switch (layer.kind) {
    case 'added':
      return [colors.green(row)];
    case 'removed':
      return [colors.red(row)];
    case 'changed':
      return [colors.yellow(row.slice(0, 1)) + row.slice(1), ...reasonLines(layer, colors)];
  }
}

function layerCells(layer: LayerChange): readonly string[] {
  switch (layer.kind) {
    case 'added': {
      const { name, type, outputShape } = layer.after;
      return [`+ ${name}`, type, formatShape(outputShape), ...differenceCells(nothing, layer.after)];
    }
    case 'removed': {
      const { name, type, outputShape } = layer.before;
      return [`- ${name}`, type, formatShape(outputShape), ...differenceCells(layer.before, nothing)];
    }
    case 'changed': {
      const { before, after } = layer;
      return [
        `~ ${after.name}`,
        arrow(before.type, after.type),
        arrow(formatShape(before.outputShape), formatShape(after.outputShape)),
        ...differenceCells(before, after),
      ];
    }
  }
}

function arrow(before: string, after: string): string {
  return before === after ? after : `${before} → ${after}`;
}

function costCells({ parameters, multiplyAdds, activationBytes }: Costs | DiffTotals): readonly string[] {
  return [formatCount(parameters), formatCount(multiplyAdds), formatBytes(activationBytes)];
}

function differenceCells(before: Costs, after: Costs): readonly string[] {
  return [
    signed(after.parameters - before.parameters, formatCount),
    signed(after.multiplyAdds - before.multiplyAdds, formatCount),
    signed(after.activationBytes - before.activationBytes, formatBytes),
  ];
}

/** `+1,450`; nothing for no difference, so that what differs is seen. */
function signed(difference: number, format: (size: number) => string): string {
  return difference === 0 ? '' : `${difference < 0 ? '-' : '+'}${format(Math.abs(difference))}`;
}

function reasonLines({ before, after, options, rewired }: ChangedLayer, colors: Colors): readonly string[] {
  const name = { name: 'name', before: before.name, after: after.name };
  const inputs = { name: 'takes', before: before.inputs.join(', '), after: after.inputs.join(', ') };
  return [...(before.name === after.name ? [] : [name]), ...(rewired ? [inputs] : []), ...options].map(
    (change) => `      ${changeText(change, 0, colors)}`,
  );
}

function valueLines(changes: readonly ValueChange[], colors: Colors): readonly string[] {
  const width = changes.reduce((most, { name }) => Math.max(most, name.length), 0);
  return changes.map((change) => `  ${changeText(change, width, colors)}`);
}

function changeText(
  { name, before, after }: ValueChange,
  width: number,
  { red, green, dim }: Colors,
): string {
  return `${name.padEnd(width)} ${red(valueText(before))} ${dim('→')} ${green(valueText(after))}`;
}

/** Of a value, in characters. */
const longest = 80;

function valueText(value: unknown): string {
  const text = visibleText(shown(value));
  return text.length <= longest ? text : `${text.slice(0, longest - 1)}…`;
}

/** As YAML has it on one line. */
function shown(value: unknown): string {
  if (value === undefined || value === '') return 'none';
  if (Array.isArray(value)) return `[${value.map(shown).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return String(value);
  const entries = Object.entries(value).map(([key, inner]) => `${key}: ${shown(inner)}`);
  return `{ ${entries.join(', ')} }`;
}
