/** The layers of a saved model in an order that people can follow, with names and only the `from` that they need. */
import type { Findings } from './findings.js';
import type { ImportedInput } from './import-inputs.js';
import { type NameRegister, plainName } from './names.js';
import type { SavedGraph, SavedLayer, SavedValue } from './saved-graph.js';

export interface PlacedLayer {
  readonly layer: SavedLayer;
  /** In the spec. */
  readonly name: string;
  /** The names of its inputs where that is not the step before it. */
  readonly from: string | readonly string[] | undefined;
}

export interface PlacedLayers {
  readonly steps: readonly PlacedLayer[];
  /** Undefined where the model returns what its last step gives. */
  readonly outputs: readonly string[] | undefined;
}

export function placeLayers(
  graph: SavedGraph,
  inputs: readonly ImportedInput[],
  register: NameRegister,
  findings: Findings,
): PlacedLayers {
  const order = inOrder(graph.outputs);
  noteUnused(graph, new Set(order), findings);
  const names = new Map<SavedValue, string>(inputs.map(({ saved, name }) => [saved, name]));
  nameLayers(order, names, register, findings);
  const nameOf = (value: SavedValue) => names.get(value) ?? '';
  let previous: SavedValue | undefined = inputs.length === 1 ? inputs[0]!.saved : undefined;
  const steps = order.map((layer): PlacedLayer => {
    const [first] = layer.inputs;
    const follows = layer.inputs.length === 1 && first === previous;
    previous = layer;
    const sources = layer.inputs.map(nameOf);
    const from = follows ? undefined : sources.length === 1 ? sources[0]! : sources;
    return { layer, name: nameOf(layer), from };
  });
  for (const output of graph.outputs) {
    if (output.kind === 'layer') continue;
    findings.cannot(
      output.path,
      `the input '${nameOf(output)}' is an output of the model too, and no spec can say that`,
    );
  }
  const [output, ...others] = graph.outputs;
  const isLast = output === previous && others.length === 0;
  return { steps, outputs: isLast ? undefined : graph.outputs.map(nameOf) };
}

/** All layers that lead to the outputs: one branch after the other, each from its beginning to its end. */
function inOrder(outputs: readonly SavedValue[]): readonly SavedLayer[] {
  const order: SavedLayer[] = [];
  const seen = new Set<SavedValue>();
  // A stack instead of recursion, since models may be thousands of layers deep.
  const open: { readonly layer: SavedLayer; next: number }[] = [];
  const enter = (value: SavedValue | undefined) => {
    if (value === undefined || value.kind === 'input' || seen.has(value)) return;
    seen.add(value);
    open.push({ layer: value, next: 0 });
  };
  for (const output of outputs) {
    enter(output);
    for (let top = open.at(-1); top !== undefined; top = open.at(-1)) {
      if (top.next < top.layer.inputs.length) {
        enter(top.layer.inputs[top.next]);
        top.next += 1;
      } else {
        order.push(top.layer);
        open.pop();
      }
    }
  }
  return order;
}

function noteUnused({ layers }: SavedGraph, used: ReadonlySet<SavedLayer>, findings: Findings): void {
  for (const layer of layers) {
    if (!used.has(layer)) findings.note('left out, since no output of the model depends on it', layer.name);
  }
}

/** Layers of the model itself keep their names, so that those of models inside it give way. */
function nameLayers(
  layers: readonly SavedLayer[],
  names: Map<SavedValue, string>,
  register: NameRegister,
  findings: Findings,
): void {
  const outermostFirst = [...layers].sort((a, b) => a.within.length - b.within.length);
  for (const layer of outermostFirst) {
    const own = plainName(layer.name, 'layer');
    const name = register.has(own)
      ? register.take(plainName([...layer.within, own].join('_'), own))
      : register.take(own);
    names.set(layer, name);
    if (name !== layer.name) findings.note('renamed', `${layer.name} → ${name}`);
  }
}
