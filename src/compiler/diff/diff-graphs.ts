/** How one model differs from another: what `speccc diff` says, as data. */
import { formatShape } from '../../layers/index.js';
import type { GraphNode, ModelGraph } from '../model-graph.js';
import { type SummaryRow, type SummaryTotals, summarizeGraph } from '../summary.js';
import { mergedOrder, pairLayers } from './pair-layers.js';
import { sameValue, settledOptions } from './settled-options.js';
import { trainingEntries } from './training-entries.js';
import { sourceComparison } from './value-sources.js';

export interface GraphDiff {
  /** Nothing below differs. */
  readonly equal: boolean;
  /** Name, description, seed, inputs and outputs. */
  readonly model: readonly ValueChange[];
  /** In the order of the second model, with what it lacks where that stood in the first. */
  readonly layers: readonly LayerChange[];
  /** How they are trained: `optimizer.learningRate`, `epochs`. Defaults count as written. */
  readonly training: readonly ValueChange[];
  readonly totals: { readonly before: DiffTotals; readonly after: DiffTotals };
}

export interface DiffTotals extends SummaryTotals {
  readonly layers: number;
}

/** A value that is undefined on one side is not there. */
export interface ValueChange {
  readonly name: string;
  readonly before: unknown;
  readonly after: unknown;
}

export type LayerChange = AddedLayer | RemovedLayer | ChangedLayer;

export interface AddedLayer {
  readonly kind: 'added';
  readonly after: SummaryRow;
}

export interface RemovedLayer {
  readonly kind: 'removed';
  readonly before: SummaryRow;
}

/** Its name, type, options or inputs are others, or its shape or cost became another because of layers before it. */
export interface ChangedLayer {
  readonly kind: 'changed';
  readonly before: SummaryRow;
  readonly after: SummaryRow;
  readonly options: readonly ValueChange[];
  /** It takes the values of other layers, beyond what follows from layers that came, went or got another name. */
  readonly rewired: boolean;
}

/**
 * Compares what two specs mean, not how they are written: blocks and repeats are written out, and an option that is left
 * out has its default. Layers of one name are the same layer; one with another name, but the type and options of a
 * layer that is gone, was renamed; those whose names were made from their types are told apart by options and order.
 * `diffGraphs(b, a)` says the same with both sides swapped.
 */
export function diffGraphs(before: ModelGraph, after: ModelGraph): GraphDiff {
  const [one, other] = [summarizeGraph(before), summarizeGraph(after)];
  const pairs = pairLayers(before.nodes, after.nodes);
  const areOthers = sourceComparison(before, after, pairs);
  const changeOf = (place: number, partner: number): ChangedLayer => {
    const [node, counterpart] = [before.nodes[place]!, after.nodes[partner]!];
    return {
      kind: 'changed',
      before: one.rows[place]!,
      after: other.rows[partner]!,
      options: optionChanges(node, counterpart),
      rewired: areOthers(node.inputs, counterpart.inputs),
    };
  };
  const layers = mergedOrder(one.rows.length, other.rows.length, pairs).flatMap(
    ([place, partner]): readonly LayerChange[] => {
      if (place === undefined) return [{ kind: 'added', after: other.rows[partner!]! }];
      if (partner === undefined) return [{ kind: 'removed', before: one.rows[place]! }];
      const change = changeOf(place, partner);
      return isDifferent(change) ? [change] : [];
    },
  );
  const model = [
    ...changesOf(modelEntries(before), modelEntries(after)),
    ...(areOthers(before.outputs, after.outputs)
      ? [{ name: 'outputs', before: before.outputs.join(', '), after: after.outputs.join(', ') }]
      : []),
  ];
  const training = changesOf(trainingEntries(before.training), trainingEntries(after.training));
  return {
    equal: model.length + layers.length + training.length === 0,
    model,
    layers,
    training,
    totals: {
      before: { layers: before.nodes.length, ...one.totals },
      after: { layers: after.nodes.length, ...other.totals },
    },
  };
}

function isDifferent({ before, after, options, rewired }: ChangedLayer): boolean {
  if (options.length > 0 || rewired) return true;
  // Which values it takes was looked at already: their names may differ.
  const own = ({ inputs, ...others }: SummaryRow) => others;
  return JSON.stringify(own(before)) !== JSON.stringify(own(after));
}

function modelEntries({ name, description, seed, inputs }: ModelGraph): Readonly<Record<string, unknown>> {
  const shapes = inputs.map((input) =>
    inputs.length === 1 && input.name === 'input'
      ? formatShape(input.shape)
      : `${input.name} ${formatShape(input.shape)}`,
  );
  return { name, description: description?.trim(), seed, inputs: shapes.join(', ') };
}

function optionChanges(before: GraphNode, after: GraphNode): readonly ValueChange[] {
  const changes = changesOf(settledOptions(before), settledOptions(after));
  // Of another type, the defaults of options that only one of them has say nothing.
  const isWritten = ({ name }: ValueChange) => name in before.options || name in after.options;
  return before.type === after.type ? changes : changes.filter(isWritten);
}

function changesOf(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): readonly ValueChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names
    .filter((name) => !sameValue(before[name], after[name]))
    .map((name) => ({ name, before: before[name], after: after[name] }));
}
