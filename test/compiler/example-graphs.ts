/**
 * Graphs on which the targets must agree: all specs; every example of every layer; every value that an option's
 * schema lists; every optimizer, loss and metric.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileSpec } from '../../src/compiler/check-spec.js';
import type { GraphNode, ModelGraph } from '../../src/compiler/model-graph.js';
import {
  isProblem,
  type LayerDefinition,
  layers,
  multiplyAddsOf,
  outputShapeOf,
  type Shape,
  weightsOf,
} from '../../src/layers/index.js';
import type { LayerOptions } from '../../src/layers/layer-definition.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { lossNames, metricNames } from '../../src/spec/losses.js';
import { trainingSchema } from '../../src/spec/training-schema.js';

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

/**
 * Each example alone, where its layer takes `inputShape`; after another layer; and in a model with branches. Those
 * that need a certain layer before them are behind it only.
 */
export function layerGraphs(): ExampleGraph[] {
  return [...layers.values()].flatMap((definition) =>
    definition.examples.flatMap(({ inputs, options, before: needed }, index): ExampleGraph[] => {
      const title = `${definition.type}-${index + 1}`;
      const single = inputs.length === 1;
      const names = inputs.map((_shape, input) => (single ? 'input' : `input_${input}`));
      const graph = (nodes: readonly GraphNode[], outputs: readonly string[]): ModelGraph => ({
        ...base,
        name: title,
        inputs: inputs.map((shape, input) => ({ name: names[input]!, shape })),
        nodes,
        outputs,
      });
      const node = (from: readonly string[]) => nodeOf(definition, options, 'layer', from, inputs)!;
      if (needed !== undefined) {
        const { type, ...others } = needed;
        const first = nodeOf(layers.get(type)!, others, 'before', names, inputs)!;
        return [{ title: `${title}-second`, graph: graph([first, node(['before'])], ['layer']) }];
      }
      const alone = { title: `${title}-alone`, graph: graph([node(names)], ['layer']) };
      if (!single) return [alone];
      const before = nodeOf(identity, { activation: 'linear' }, 'before', names, inputs)!;
      const both = [before, node(['before'])];
      return [
        alone,
        { title: `${title}-second`, graph: graph(both, ['layer']) },
        { title: `${title}-branched`, graph: graph(both, ['before', 'layer']) },
      ];
    }),
  );
}

const identity = layers.get('activation')!;

const base: ModelGraph = graphOf({ name: 'base', input: [1], layers: [{ type: 'dense', units: 1 }] });

/** Undefined where the options are impossible for the inputs. */
function nodeOf(
  definition: LayerDefinition,
  options: LayerOptions,
  name: string,
  inputs: readonly string[],
  inputShapes: readonly Shape[],
): GraphNode | undefined {
  const outputShape = outputShapeOf(definition, options, inputShapes);
  if (isProblem(outputShape)) return undefined;
  return {
    ...base.nodes[0]!,
    name,
    type: definition.type,
    definition,
    options,
    inputs,
    inputShapes,
    outputShape,
    weights: weightsOf(definition, options, inputShapes),
    multiplyAdds: multiplyAddsOf(definition, options, inputShapes, outputShape),
    call: definition.lower(options, { name, inputShapes, seed: (role) => deriveSeed(7, name, role) }),
  };
}

/** For each layer kind a graph with many layers side by side, one for each value that its schema lists. */
export function variantGraphs(): ExampleGraph[] {
  return [...layers.values()].flatMap((definition): ExampleGraph[] => {
    const { inputs, before } = definition.examples[0]!;
    // Such a layer takes what nothing else takes.
    if (before !== undefined) return [];
    const names = inputs.map((_shape, index) => `input_${index}`);
    const nodes = variants(definition).flatMap(
      (options, index) => nodeOf(definition, options, `layer_${index}`, names, inputs) ?? [],
    );
    const name = `${definition.type}-variants`;
    const graph: ModelGraph = {
      ...base,
      name,
      inputs: inputs.map((shape, index) => ({ name: names[index]!, shape })),
      nodes,
      outputs: nodes.map((node) => node.name),
    };
    return nodes.length === 0 ? [] : [{ title: name, graph }];
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

function variants({ options, examples }: LayerDefinition): LayerOptions[] {
  const common = {
    ...examples[0]!.options,
    // Orthogonal weights, which tfjs takes otherwise, are made in hundreds of small steps.
    ...('recurrentInitializer' in options.properties && { recurrentInitializer: 'glorotUniform' }),
  };
  return Object.entries(options.properties).flatMap(([name, schema]) =>
    valuesOf(schema as OptionSchema).map((value) => ({ ...common, [name]: value })),
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
  const common = { dataset: { type: 'synthetic', classes: 3 }, loss: lossNames[0], metrics: metricNames };
  const graph = (title: string, training: object): ExampleGraph => ({
    title,
    graph: graphOf({
      name: title,
      input: [5],
      layers: [{ type: 'dense', units: 3, activation: 'softmax' }],
      training: { optimizer: { type: 'sgd', learningRate: 0.1 }, ...common, ...training },
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

export function graphOf(spec: { readonly name: string } & Readonly<Record<string, unknown>>): ModelGraph {
  return compileSpec(JSON.stringify({ seed: 7, ...spec }), `${spec.name}.yaml`);
}
