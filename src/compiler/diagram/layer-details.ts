/** The options of a layer that people want to see in a drawing, in few words: `6 filters`, `5×5`, `sigmoid`. */
import type { GraphNode } from '../model-graph.js';

type Options = Readonly<Record<string, unknown>>;

/** How options are said that do not read well as `name value`. `rank` is the number of axes that a window has. */
const words: Readonly<Record<string, (value: unknown, rank: number) => string | undefined>> = {
  filters: (value) => counted(value, 'filter'),
  units: (value) => counted(value, 'unit'),
  kernelSize: sides,
  poolSize: sides,
  size: sides,
  strides: (value) => `stride ${sides(value, 1)}`,
  dilationRate: (value) =>
    [value].flat().every((rate) => rate === 1) ? undefined : `dilated ${sides(value, 1)}`,
  padding: (value, rank) =>
    value === 'valid' ? undefined : typeof value === 'string' ? value : `by ${sides(value, rank)}`,
  cropping: (value, rank) => `by ${sides(value, rank)}`,
  activation: plain,
  targetShape: (value) => sides(value, 1),
  dims: (value) => sides(value, 1),
  n: (value) => counted(value, 'time'),
  useBias: (value) => (value === false ? 'no bias' : undefined),
  trainable: (value) => (value === false ? 'frozen' : undefined),
  dataFormat: (value) => (value === 'channelsFirst' ? 'channels first' : undefined),
  returnSequences: (value) => (value === true ? 'all steps' : undefined),
  mergeMode: plain,
  layer: nested,
  cell: nested,
  cells: (value) => (Array.isArray(value) ? value.map(nested).join(', ') : undefined),
};

/** How weights start and are bounded, and what only changes numbers a little. */
const leftOut = /(Initializer|Constraint)$|^(momentum|epsilon|implementation|interpolation|dtype)$/;

export function layerDetails({ options, inputShapes }: Pick<GraphNode, 'options' | 'inputShapes'>): string[] {
  return detailsOf(options, Math.max(1, (inputShapes[0]?.length ?? 2) - 1));
}

const order = Object.keys(words);

function detailsOf(options: Options, rank: number): string[] {
  const place = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  const sorted = Object.entries(options).sort(([one], [other]) => place(one) - place(other));
  return sorted.flatMap(([name, value]) => {
    // A pooling without strides takes as large steps as its windows are.
    const usual =
      name === 'strides' && options.poolSize === undefined && [value].flat().every((step) => step === 1);
    if (value === undefined || usual || leftOut.test(name)) return [];
    if (name.endsWith('Regularizer')) return [regularizer(value)];
    const say = words[name] ?? ((given: unknown) => other(name, given));
    return say(value, rank) ?? [];
  });
}

/** `5×5`: of a number for all sides, as many times as there are sides. */
function sides(value: unknown, rank: number): string {
  const list = Array.isArray(value) ? value.flat() : Array<unknown>(rank).fill(value);
  return list.join('×');
}

function counted(value: unknown, noun: string): string {
  return `${value} ${noun}${value === 1 ? '' : 's'}`;
}

function plain(value: unknown): string {
  return String(value);
}

function regularizer(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? String((value as { type?: unknown }).type)
    : String(value);
}

function nested(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { type, ...options } = value as { readonly type: string };
  return [type, ...detailsOf(options, 1)].join(' ');
}

function other(name: string, value: unknown): string | undefined {
  if (value === true) return name;
  if (value === false) return `no ${name}`;
  return typeof value === 'number' || typeof value === 'string' ? `${name} ${value}` : undefined;
}
