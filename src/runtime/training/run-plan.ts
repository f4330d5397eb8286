/**
 * What decides the result of a run, apart from how long it trains: kept in every checkpoint, so that a resume
 * with another spec or other data is noticed and can say what differs, option by option.
 */
import { createHash } from 'node:crypto';
import type { ModelGraph } from '../../compiler/model-graph.js';
import { formatShape, layers, sizeOf } from '../../layers/index.js';
import { optimizerParameters } from '../../spec/optimizers.js';
import type { Dataset, Examples } from '../datasets/dataset.js';
import { trainingPlan } from './check-data.js';

export type PlanValue =
  | null
  | boolean
  | number
  | string
  | readonly PlanValue[]
  | { readonly [key: string]: PlanValue };

/** Plain data; the keys are what a person sees in a message: `layers.c1.filters`. */
export type RunPlan = {
  readonly [section in 'seed' | 'input' | 'layers' | 'outputs' | 'training' | 'data']: PlanValue;
};

export interface PlanChange {
  /** `layers.c1.filters` */
  readonly path: string;
  /** Undefined where the run's own plan, or the new one, has no such value. */
  readonly before: PlanValue | undefined;
  readonly after: PlanValue | undefined;
}

/** The plan without its data, which are known only when they are loaded. */
export function describeGraph(graph: ModelGraph): Omit<RunPlan, 'data'> {
  const { dataset, optimizer, optimizerType, loss, metrics, batchSize, validationFrequency, checkpoint } =
    trainingPlan(graph);
  return plain({
    seed: graph.seed,
    input: Object.fromEntries(graph.inputs.map(({ name, shape }) => [name, formatShape(shape)])),
    layers: Object.fromEntries(
      graph.nodes.map(({ name, type, inputs, options }) => [
        name,
        { type, inputs, ...defaultsOf(type), ...options },
      ]),
    ),
    outputs: graph.outputs,
    training: {
      dataset,
      optimizer: { type: optimizerType, ...optimizerParameters(optimizerType, optimizer.args) },
      loss,
      metrics,
      batchSize,
      validationFrequency,
      checkpoint,
    },
  });
}

/** So that writing a default out is no change. */
function defaultsOf(type: string): Readonly<Record<string, unknown>> {
  const properties = Object.entries(layers.get(type)?.options.properties ?? {});
  return Object.fromEntries(
    properties.flatMap(([name, schema]) => ('default' in schema ? [[name, schema.default]] : [])),
  );
}

/** `dataset` after the limits. */
export function describeData(dataset: Dataset): PlanValue {
  return {
    name: dataset.name,
    train: dataset.train.count,
    validation: dataset.validation.count,
    digest: digestOf(dataset),
  };
}

/** Tells data sets apart without reading all of a large one: all labels, and values at a stride. */
function digestOf({ shape, scale, train, validation }: Dataset): string {
  const hash = createHash('sha256').update(JSON.stringify([shape, scale]));
  const size = sizeOf(shape);
  for (const examples of [train, validation]) {
    hash.update(Int32Array.from(examples.labels.subarray(0, examples.count)));
    hash.update(sampleOf(examples, size));
  }
  return hash.digest('hex').slice(0, 16);
}

function sampleOf({ values, count }: Examples, size: number): Float32Array {
  const length = count * size;
  const samples = Math.min(length, 1 << 16);
  // An odd stride, so that the samples do not all lie in the same column of an image.
  const stride = Math.max(1, Math.floor(length / samples)) | 1;
  return Float32Array.from({ length: samples }, (_, i) => values[(i * stride) % length]!);
}

/** Everything in which two plans differ, down to single options. */
export function comparePlans(before: Partial<RunPlan>, after: Partial<RunPlan>): PlanChange[] {
  return changesOf('', plain(before), plain(after));
}

function changesOf(path: string, before: PlanValue | undefined, after: PlanValue | undefined): PlanChange[] {
  if (isObject(before) && isObject(after)) {
    return [...new Set([...Object.keys(before), ...Object.keys(after)])].flatMap((key) =>
      changesOf(path === '' ? key : `${path}.${key}`, before[key], after[key]),
    );
  }
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [{ path, before, after }];
}

/** `layers.c1.filters: 6 → 8` */
export function formatChange({ path, before, after }: PlanChange): string {
  return `${path}: ${formatValue(before)} → ${formatValue(after)}`;
}

function formatValue(value: PlanValue | undefined): string {
  if (value === undefined) return 'none';
  if (isObject(value) && typeof value.type === 'string') return value.type;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function isObject(value: PlanValue | undefined): value is { readonly [key: string]: PlanValue } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** As it will be when it has been through a file. */
function plain<Value>(value: unknown): Value {
  return JSON.parse(JSON.stringify(value)) as Value;
}
