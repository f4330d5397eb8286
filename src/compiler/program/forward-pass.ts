/**
 * A ModelGraph as a tensor program: the forward passes of its layers, one after the other. What comes from outside are
 * sources, named after the graph: `input/image`, `weight/c1/kernel`; and `batch/mask` and `batch/count`, which tell the
 * lanes that hold an example from those that fill up.
 */
import type { Diagnostic } from '../../diagnostics/index.js';
import type { ForwardContext } from '../../layers/forward.js';
import { forwardOf, forwardProblemOf } from '../../layers/layer-functions.js';
import type { ProgramBuilder, Value } from '../../program/index.js';
import { shownName } from '../../spec/expand/expanded-spec.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';

export interface NamedValue {
  readonly name: string;
  readonly value: Value;
}

export interface ForwardPass {
  /** The sources of the graph's inputs, in its order. */
  readonly inputs: readonly NamedValue[];
  /** In the graph's order. */
  readonly outputs: readonly Value[];
  /** The sources of all weights, in the order of the layers: `c1/kernel`, as checkpoints name them. */
  readonly weights: readonly (NamedValue & { readonly trainable: boolean })[];
  /** What a training step makes of weights that no optimizer trains: moving averages. None in inference. */
  readonly updates: readonly { readonly target: Value; readonly value: Value }[];
  readonly batch: ForwardContext['batch'];
  /** What each layer gives, in the graph's order. */
  readonly layers: readonly NamedValue[];
}

/**
 * Lowers all layers, in training with their randomness and the statistics of the batch. Only for graphs of which
 * `uncoveredLayers` finds none. Random values are numbered in the order of the layers, from 0.
 */
export function forwardPass(graph: ModelGraph, p: ProgramBuilder, training: boolean): ForwardPass {
  const batch = batchOf(p);
  const inputs = graph.inputs.map(({ name, shape }) => ({
    name,
    value: p.source(`input/${name}`, shape, true),
  }));
  const values = new Map(inputs.map(({ name, value }) => [name, value]));
  const updates = new Map<Value, Value>();
  let streams = 0;

  const contextOf = (node: GraphNode): ForwardContext => {
    const weight = (name: string) => weightSource(node, name, p);
    return {
      program: p,
      training,
      weight,
      update: (name, value) => updates.set(weight(name), value),
      random: (distribution, shape, options) => p.random(distribution, shape, streams++, options),
      batch,
    };
  };

  for (const node of graph.nodes) {
    const given = node.inputs.map((name) => values.get(name)!);
    values.set(node.name, forwardOf(node.definition, node.options, given, contextOf(node)));
  }
  return {
    inputs,
    outputs: graph.outputs.map((name) => values.get(name)!),
    weights: graph.nodes.flatMap((node) =>
      node.weights.map(({ name, trainable }) => ({
        name: `${node.name}/${name}`,
        value: weightSource(node, name, p),
        trainable,
      })),
    ),
    updates: [...updates].map(([target, value]) => ({ target, value })),
    batch,
    layers: graph.nodes.map(({ name }) => ({ name, value: values.get(name)! })),
  };
}

function weightSource(node: GraphNode, name: string, p: ProgramBuilder): Value {
  const spec = node.weights.find((weight) => weight.name === name);
  if (spec === undefined) throw new Error(`${node.type} '${node.name}' has no weight '${name}'`);
  return p.source(`weight/${node.name}/${name}`, spec.shape, false);
}

function batchOf(p: ProgramBuilder): ForwardContext['batch'] {
  const mask = p.source('batch/mask', [], true);
  const count = p.source('batch/count', [], false);
  return {
    mask,
    count,
    /** Lanes without an example do not count, whatever they hold. */
    mean(value, axes) {
      const places = axes.reduce((size, axis) => size * value.shape[axis]!, 1);
      return p.div(p.batchSum(p.where(mask, value, 0), axes), p.mul(count, places));
    },
  };
}

/** The layers that the compiled engine does not cover, each as an error at its place in the spec. */
export function uncoveredLayers(graph: ModelGraph): readonly Diagnostic[] {
  return graph.nodes.flatMap(({ definition, options, inputShapes, name, type, file, range }) => {
    const problem = forwardProblemOf(definition, options, inputShapes);
    if (problem === undefined) return [];
    const { code, message, hint } = problem;
    return [
      {
        code,
        severity: 'error' as const,
        message: `${type} '${shownName(name)}' ${message}`,
        file,
        path: [],
        range,
        ...(hint !== undefined && { hint }),
      },
    ];
  });
}
