/** The table of `speccc summary`: layers in the blocks and repeats that they came from, with what they cost. */
import { createColors } from 'picocolors';
import { formatShape } from '../layers/index.js';
import {
  exampleNoun,
  formatBytes,
  formatCount,
  formatCounted,
  type Summary,
  type SummaryCosts,
  type SummaryPart,
  type SummaryRow,
} from './summary.js';
import { tableLines } from './text-table.js';
import type { ProgramMemory } from './wasm/program-memory.js';

export interface SummaryFormat {
  readonly color: boolean;
  /** Columns that the table may take; long names are shortened to keep to it. */
  readonly width: number;
  /** How many blocks within each other are opened; all of them where it is left out. */
  readonly depth?: number;
  /** Of the compiled program: has a line of its own where it is given. */
  readonly memory?: ProgramMemory;
}

/** Without a newline at its end. */
export function formatSummary(summary: Summary, { color, width, depth, memory }: SummaryFormat): string {
  const { bold, dim } = createColors(color);
  const { totals, rows, inputs } = summary;
  const lines = linesOf(summary, depth ?? Number.POSITIVE_INFINITY);
  const total = { ...totals, trainableParameters: totals.trainable };
  const all = [
    ...inputs.map(({ name, shape }) => [name, 'input', formatShape(shape), '', '', '']),
    ...lines.map(({ cells, costs }) => [...cells, ...costCells(costs)]),
    [formatCounted(rows.length, 'layer'), '', '', ...costCells(total)],
  ];
  const table = tableLines(
    ['layer', 'type', 'output', 'parameters', 'multiply-adds', 'activations'].map((title, index) => ({
      title,
      cells: all.map((cells) => cells[index]!),
      right: index > 2,
    })),
    width,
  );
  const style = (index: number) => {
    if (index < inputs.length) return dim;
    return lines[index - inputs.length]!.heading ? bold : (text: string) => text;
  };
  const rule = dim('─'.repeat(table.width));
  const trainable =
    totals.nonTrainable === 0
      ? totals.parameters === 0
        ? 'nothing to train'
        : 'all trainable'
      : `${formatCount(totals.trainable)} trainable and ${formatCount(totals.nonTrainable)} not`;
  const title = shortened(`${summary.name}  ${firstLine(summary.description ?? '')}`.trimEnd(), width);
  const body = inputs.length + lines.length;
  return [
    bold(summary.name) + dim(title.slice(summary.name.length)),
    '',
    dim(table.head),
    rule,
    ...table.rows.slice(0, body).map((row, index) => style(index)(row)),
    rule,
    bold(table.rows[body]!),
    '',
    `${dim('parameters')}   ${formatBytes(totals.parameterBytes)}, ${trainable}`,
    `${dim('activations')}  ${formatBytes(totals.activationBytes)} per ${exampleNoun(summary)}`,
    ...(memory === undefined ? [] : memoryLines(memory, exampleNoun(summary), dim)),
  ].join('\n');
}

function memoryLines(
  { batchSize, bytes, weightBytes, optimizerBytes, arenaBytes }: ProgramMemory,
  noun: string,
  dim: (text: string) => string,
): readonly string[] {
  const examples = batchSize === 1 ? `one ${noun}` : formatCounted(batchSize, noun);
  const parts = [
    `weights ${formatBytes(weightBytes)}`,
    ...(optimizerBytes === 0 ? [] : [`optimizer ${formatBytes(optimizerBytes)}`]),
    `intermediates ${formatBytes(arenaBytes)}`,
  ];
  return [
    `${dim('compiled')}     ${formatBytes(bytes)} of memory for ${examples} at a time`,
    `             ${parts.join(', ')}`,
  ];
}

interface Line {
  /** Name, type (`add ← c1, input` where it does not take just the line above) and output. */
  readonly cells: readonly [string, string, string];
  readonly costs: SummaryCosts;
  /** Of a block or a repeat. */
  readonly heading: boolean;
}

/** The part that lines are inside, and what its steps call the values that it was given. */
interface Inside {
  readonly folder: string;
  readonly level: number;
  readonly inputs: ReadonlyMap<string, string>;
}

function linesOf(summary: Summary, depth: number): readonly Line[] {
  const lines: Line[] = [];
  const names = visibleNames(summary.parts);
  /** The value of the line above. */
  let above: string | undefined = summary.inputs.length === 1 ? summary.inputs[0]!.name : undefined;

  const add = (item: SummaryRow | SummaryPart, type: string, takes: readonly string[], inside: Inside) => {
    const own = relative(item.name, inside.folder);
    const usual = takes.length === 0 || (takes.length === 1 && takes[0] === above);
    const called = (name: string) =>
      inside.inputs.get(name) ?? branchOf(name, item.name) ?? relative(names(name, item.name), inside.folder);
    const from = usual ? '' : ` ← ${listed(takes.map(called))}`;
    const cells = ['  '.repeat(inside.level) + own, type + from, formatShape(item.outputShape)] as const;
    lines.push({ cells, costs: item, heading: 'kind' in item });
  };
  const list = (start: number, end: number, parts: readonly SummaryPart[], inside: Inside): void => {
    let row = start;
    for (const part of [...parts, undefined]) {
      for (; row < (part?.rows[0] ?? end); row++) {
        const layer = summary.rows[row]!;
        add(layer, layer.type, layer.inputs, inside);
        above = layer.name;
      }
      if (part === undefined) return;
      const isBlock = part.kind === 'block';
      add(part, isBlock ? part.block : `repeat ×${part.turns}`, isBlock ? part.inputs : [], inside);
      if (inside.level < depth) {
        if (isBlock) above = part.inputs.length === 1 ? part.inputs[0] : undefined;
        list(...part.rows, part.parts, {
          folder: part.name,
          level: inside.level + 1,
          inputs: isBlock
            ? new Map(part.inputs.map((name, index) => [name, part.inputNames[index]!]))
            : inside.inputs,
        });
      }
      above = part.output;
      row = part.rows[1];
    }
  };
  list(0, summary.rows.length, summary.parts, { folder: '', level: 0, inputs: new Map() });
  return lines;
}

/** What a value is called where it is taken: by the name of the outermost block that gives it there. */
function visibleNames(parts: readonly SummaryPart[]): (value: string, taker: string) => string {
  const givers = new Map<string, string[]>();
  const visit = (part: SummaryPart): void => {
    givers.set(part.output, [...(givers.get(part.output) ?? []), part.name]);
    part.parts.forEach(visit);
  };
  parts.forEach(visit);
  return (value, taker) => givers.get(value)?.find((name) => !taker.startsWith(`${name}/`)) ?? value;
}

/** A layer that joins branches has the name that theirs begin with. */
function branchOf(name: string, joint: string): string | undefined {
  const [, branch] = /^(\d+)\//.exec(name.startsWith(`${joint}/`) ? name.slice(joint.length + 1) : '') ?? [];
  return branch === undefined ? undefined : `branch ${branch}`;
}

/** `c1, input`; `4 branches` for all of them in their order. */
function listed(names: readonly string[]): string {
  const branches = names.length > 1 && names.every((name, index) => name === `branch ${index}`);
  return branches ? `${names.length} branches` : names.join(', ');
}

function relative(name: string, folder: string): string {
  return folder !== '' && name.startsWith(`${folder}/`) ? name.slice(folder.length + 1) : name;
}

function costCells({ parameters, multiplyAdds, activationBytes }: SummaryCosts): readonly string[] {
  return [formatCount(parameters), formatCount(multiplyAdds), formatBytes(activationBytes)];
}

function shortened(text: string, space: number): string {
  return text.length <= space ? text : `${text.slice(0, space - 1)}…`;
}

/** Without what a terminal would obey. */
function firstLine(text: string): string {
  return text
    .trim()
    .split('\n')[0]!
    .replace(/[\p{Cc}\p{Cf}]/gu, '');
}
