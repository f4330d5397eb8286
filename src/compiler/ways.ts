/** The ways of values through a graph, as messages show them: `32x32x3 → c1 28x28x6 → p1 14x14x6 → c2`. */
import { formatShape } from '../layers/index.js';
import { type ExpandedInput, type ExpandedStep, shownName } from '../spec/expand/expanded-spec.js';
import type { PlacedNode } from './resolve-nodes.js';

type Nodes = ReadonlyMap<string, PlacedNode>;

const stepsShown = 6;
/** Of a layer that joins many. */
const waysShown = 4;

/** The way to a layer; one for each of its inputs where it joins several. */
export function wayNotes(
  step: ExpandedStep,
  nodes: Nodes,
  inputs: readonly ExpandedInput[],
): readonly string[] {
  const names = [...new Set(step.inputs as readonly string[])].slice(0, waysShown);
  return names.map((name) => wayNote(name, nodes, inputs, step.name));
}

/** The last few steps of the way to a value. Where layers join others on the way, the first input is followed. */
export function wayNote(name: string, nodes: Nodes, inputs: readonly ExpandedInput[], to?: string): string {
  const steps: string[] = [];
  let at = nodes.get(name);
  const from = at?.root ?? name;
  while (at !== undefined && steps.length <= stepsShown) {
    steps.unshift(`${shownName(at.node.name)} ${formatShape(at.node.outputShape)}`);
    at = nodes.get(at.node.inputs[0]!);
  }
  const input = inputs.find((candidate) => candidate.name === from);
  const start =
    input === undefined ? [] : [`${inputs.length > 1 ? `${from} ` : ''}${formatShape(input.shape)}`];
  const shown = steps.slice(-stepsShown);
  const left = steps.length > shown.length ? ['…'] : [];
  return [...start, ...left, ...shown, ...(to === undefined ? [] : [shownName(to)])].join(' → ');
}

/** The layers that lead to one, from the last that joins others on, or from the input. */
export function trunkOf(last: PlacedNode, nodes: Nodes): readonly PlacedNode[] {
  const trunk: PlacedNode[] = [];
  let at: PlacedNode | undefined = last;
  while (at !== undefined) {
    trunk.unshift(at);
    at = at.node.inputs.length === 1 ? nodes.get(at.node.inputs[0]!) : undefined;
  }
  return trunk;
}
