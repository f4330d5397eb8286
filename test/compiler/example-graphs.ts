/**
 * Graphs on which the targets must agree: all specs; every example of every layer; every value that an option's
 * schema lists; every optimizer, loss and metric.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkSpec, compileSpec } from '../../src/compiler/check-spec.js';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { type LayerDefinition, layers } from '../../src/layers/index.js';
import { lossNames, metricNames } from '../../src/spec/losses.js';
import { trainingSchema } from '../../src/spec/schema.js';

export interface ExampleGraph {
  /** Unique, and fit for a file name. */
  readonly title: string;
  readonly graph: ModelGraph;
}

const specs = join(import.meta.dirname, '../../specs');

export function specGraphs(): ExampleGraph[] {
  return readdirSync(specs)
    .filter((file) => file.endsWith('.yaml'))
    .sort()
    .map((file) => ({
      title: file.replace('.yaml', ''),
      graph: compileSpec(readFileSync(join(specs, file), 'utf8'), `specs/${file}`),
    }));
}

/** Each example alone, where its layer takes `inputShape`; after another layer; and in a model with branches. */
export function layerGraphs(): ExampleGraph[] {
  return [...layers.values()].flatMap(({ type, examples }) =>
    examples.flatMap(({ input, options }, index): ExampleGraph[] => {
      const title = `${type}-${index + 1}`;
      const layer = { type, ...options };
      const second = graphOf({ name: title, input, layers: [{ name: 'before', ...identity }, layer] });
      return [
        { title: `${title}-alone`, graph: graphOf({ name: title, input, layers: [layer] }) },
        { title: `${title}-second`, graph: second },
        { title: `${title}-branched`, graph: { ...second, outputs: ['before', ...second.outputs] } },
      ];
    }),
  );
}

const identity = { type: 'activation', activation: 'linear' };

/** For each layer kind a graph with many layers side by side, one for each value that its schema lists. */
export function variantGraphs(): ExampleGraph[] {
  return [...layers.values()].flatMap((definition): ExampleGraph[] => {
    const { input } = definition.examples[0]!;
    const graphs = variants(definition).flatMap((options, index) => {
      const layer = { name: `layer_${index}`, type: definition.type, ...options };
      return checkSpec(specText({ input, layers: [layer] }), 'variant.yaml').graph ?? [];
    });
    const [first] = graphs;
    if (first === undefined) return [];
    const nodes = graphs.flatMap((graph) => graph.nodes);
    const name = `${definition.type}-variants`;
    return [{ title: name, graph: { ...first, name, nodes, outputs: nodes.map((node) => node.name) } }];
  });
}

interface OptionSchema {
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly OptionSchema[];
  readonly oneOf?: readonly OptionSchema[];
  readonly const?: string;
  readonly properties?: Readonly<Record<string, OptionSchema>>;
  readonly default?: unknown;
  readonly minimum?: number;
}

function variants({ options, examples }: LayerDefinition): object[] {
  const base = examples[0]!.options;
  return Object.entries(options.properties).flatMap(([name, schema]) =>
    valuesOf(schema as OptionSchema).map((value) => ({ ...base, [name]: value })),
  );
}

function valuesOf(schema: OptionSchema): unknown[] {
  const { properties } = schema;
  if (schema.enum !== undefined) return [...schema.enum];
  if (schema.const !== undefined) return [schema.const];
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(valuesOf);
  if (schema.oneOf !== undefined) return schema.oneOf.flatMap(valuesOf);
  if (schema.type === 'boolean') return [true, false];
  if (properties !== undefined) {
    const values = Object.entries(properties).map(([name, option]) => [name, valuesOf(option)] as const);
    const longest = Math.max(...values.map(([, list]) => list.length));
    return Array.from({ length: longest }, (_, index) =>
      Object.fromEntries(values.map(([name, list]) => [name, list[index % list.length]])),
    );
  }
  if (schema.default !== undefined) return [schema.default];
  return schema.type === 'integer'
    ? [Math.max(1, schema.minimum ?? 1)]
    : schema.type === 'number'
      ? [0.1]
      : [];
}

/** Every optimizer with as few and as many of its options as it takes; every loss; all metrics. */
export function trainingGraphs(): ExampleGraph[] {
  const { optimizer } = trainingSchema.properties as unknown as Record<'optimizer', OptionSchema>;
  const base = { dataset: { type: 'synthetic', classes: 3 }, loss: lossNames[0], metrics: metricNames };
  const graph = (title: string, training: object): ExampleGraph => ({
    title,
    graph: graphOf({
      name: title,
      input: [5],
      layers: [{ type: 'dense', units: 3, activation: 'softmax' }],
      training: { optimizer: { type: 'sgd', learningRate: 0.1 }, ...base, ...training },
    }),
  });
  return [
    ...valuesOf(optimizer).flatMap((value, index) => {
      const { type, learningRate = 0.1 } = value as { type: string; learningRate?: number };
      if (typeof value === 'string') return [graph(`optimizer-${index}-${value}`, { optimizer: value })];
      const required = type === 'momentum' ? { momentum: 0.8 } : {};
      return [
        graph(`optimizer-${index}-${type}`, { optimizer: value }),
        graph(`optimizer-${index}-${type}-least`, { optimizer: { type, learningRate, ...required } }),
      ];
    }),
    ...lossNames.map((loss) => graph(`loss-${loss}`, { loss, metrics: undefined })),
  ];
}

function specText(spec: object): string {
  return JSON.stringify({ name: 'example', seed: 7, ...spec });
}

export function graphOf(spec: { readonly name: string } & Readonly<Record<string, unknown>>): ModelGraph {
  return compileSpec(specText(spec), `${spec.name}.yaml`);
}
