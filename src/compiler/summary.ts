/** What a model and its parts are made of and what they cost, as data. */
import { type Shape, sizeOf } from '../layers/index.js';
import { isChain, type ModelGraph, type ParamValue } from './model-graph.js';
import { isGroup, nodesOf, runsOf, type ScopeMember, scopeTree } from './scope-tree.js';

export interface Summary {
  readonly name: string;
  readonly description: string | undefined;
  readonly inputs: readonly { readonly name: string; readonly shape: Shape }[];
  /** One a layer, in the graph's order. */
  readonly rows: readonly SummaryRow[];
  /** The blocks and repeats of the spec, outermost ones. */
  readonly parts: readonly SummaryPart[];
  readonly totals: SummaryTotals;
  /** True where each layer takes the output of the one before it. */
  readonly chain: boolean;
}

/** What one layer, or all layers of a part, cost. */
export interface SummaryCosts {
  /** Values in the weights, trainable or not. */
  readonly parameters: number;
  readonly trainableParameters: number;
  /** Of the forward pass, for one example. */
  readonly multiplyAdds: number;
  /** Bytes of the outputs for one example, as 32-bit floats. */
  readonly activationBytes: number;
}

export interface SummaryRow extends SummaryCosts {
  readonly name: string;
  /** The layer kind. */
  readonly type: string;
  /** Names of the inputs or layers whose values it takes. */
  readonly inputs: readonly string[];
  readonly outputShape: Shape;
}

/** Rows that follow each other because one step of the spec became all of them. */
export type SummaryPart = SummaryBlock | SummaryRepeat;

interface Part extends SummaryCosts {
  /** Full: `stage2/unit1`. */
  readonly name: string;
  /** Name of the layer whose value it gives. */
  readonly output: string;
  readonly outputShape: Shape;
  /** The places of its rows: from the first to before the second. */
  readonly rows: readonly [start: number, end: number];
  /** Those inside it. */
  readonly parts: readonly SummaryPart[];
}

/** One use of a block. */
export interface SummaryBlock extends Part {
  readonly kind: 'block';
  readonly block: string;
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Names of the inputs or layers whose values it takes, and what its own steps call them. */
  readonly inputs: readonly string[];
  readonly inputNames: readonly string[];
}

/** All turns of a repeat. */
export interface SummaryRepeat extends Part {
  readonly kind: 'repeat';
  readonly turns: number;
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
      activationBytes: bytesOfFloat * sizeOf(node.outputShape),
    };
  });
  const { parameters, trainableParameters: trainable, multiplyAdds, activationBytes } = costsOf(rows);
  return {
    name: graph.name,
    description: graph.description,
    inputs: graph.inputs,
    rows,
    parts: partsOf(scopeTree(graph), 0, rows),
    totals: {
      parameters,
      trainable,
      nonTrainable: parameters - trainable,
      multiplyAdds,
      parameterBytes: bytesOfFloat * parameters,
      activationBytes,
    },
    chain: isChain(graph),
  };
}

function costsOf(rows: readonly SummaryCosts[]): SummaryCosts {
  const total = (key: keyof SummaryCosts) => sum(rows.map((row) => row[key]));
  return {
    parameters: total('parameters'),
    trainableParameters: total('trainableParameters'),
    multiplyAdds: total('multiplyAdds'),
    activationBytes: total('activationBytes'),
  };
}

/** The blocks and repeats among `members`, whose first row is `start`. Branches are seen through. */
function partsOf(
  members: readonly ScopeMember[],
  start: number,
  rows: readonly SummaryRow[],
): readonly SummaryPart[] {
  let row = start;
  return runsOf(members).flatMap((run): readonly SummaryPart[] => {
    const first = run[0]!;
    const range = [row, row + nodesOf(run).length] as const;
    row = range[1];
    if (!isGroup(first)) return [];
    const { scope } = first;
    const inside = partsOf(run.flatMap(membersOf), range[0], rows);
    if (scope.kind === 'parallel') return inside;
    const own = rows.slice(...range);
    const output = scope.kind === 'block' ? scope.output : outputOf(run);
    const common = {
      name: scope.name,
      output,
      // A block may hand on a value that it was given.
      outputShape: (own.find(({ name }) => name === output) ?? own.at(-1)!).outputShape,
      rows: range,
      ...costsOf(own),
      parts: inside,
    };
    if (scope.kind === 'repeat') return [{ kind: 'repeat', turns: run.length, ...common }];
    const { block, params, inputs, inputNames } = scope;
    return [{ kind: 'block', block, params, inputs, inputNames, ...common }];
  });
}

function membersOf(member: ScopeMember): readonly ScopeMember[] {
  return isGroup(member) ? member.members : [];
}

/** The layer whose value a list of steps gives: the last one. */
function outputOf(members: readonly ScopeMember[]): string {
  const last = members.at(-1)!;
  if (!isGroup(last)) return last.name;
  return last.scope.kind === 'block' ? last.scope.output : outputOf(last.members);
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
    : `${(bytes / 1024 ** power).toFixed(1).replace('.0', '')} ${units[power]}`;
}

/** What one example is called: an image, where it has three dimensions. */
export function exampleNoun(summary: Summary): 'image' | 'example' {
  return summary.inputs.every(({ shape }) => shape.length === 3) ? 'image' : 'example';
}
