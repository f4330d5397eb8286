/** The inference program of a model as a graph of ONNX's operators. */
import type { ProgramBuilder, Value } from '../../program/index.js';
import type { ModelGraph } from '../model-graph.js';
import type { ForwardPass } from '../program/forward-pass.js';
import { formChooser } from './choose-forms.js';
import { type Form, inputsOfForm } from './form.js';
import { plainLayout } from './layout.js';
import { lowerForm } from './lower-forms.js';
import { openLowering, type Place } from './lowering.js';
import { draftGraph, type OnnxGraph, type Port, type Tensor } from './onnx-graph.js';

/** `source` has the values of weights: `weight/c1/kernel`. */
export function lowerGraph(
  graph: ModelGraph,
  pass: ForwardPass,
  program: ProgramBuilder,
  source: (name: string) => Float32Array,
): OnnxGraph {
  const draft = draftGraph();
  const inputs = pass.inputs.map(({ name, value }) => ({
    name,
    shape: value.shape,
    tensor: { wishedName: name },
    value,
  }));
  const places = new Map<Value, Place>(
    inputs.map(({ value, tensor, shape }) => [value, { tensor, layout: plainLayout(shape) }]),
  );
  const names = new Map(pass.layers.map(({ name, value }) => [value, name]).reverse() as [Value, string][]);
  const lowering = openLowering({
    draft,
    program,
    source,
    ownerOf: ownerFinder(graph, pass),
    nameOf: (value) => names.get(value),
    placeOf: (value) => places.get(value)!,
    batched: inputs[0]!.tensor,
  });
  for (const [value, form] of inOrder(pass.outputs, formChooser(pass.outputs, program))) {
    places.set(value, lowerForm(value, form, lowering));
  }

  const taken = new Set<Tensor>(inputs.map(({ tensor }) => tensor));
  const outputs = pass.outputs.map((value, index): Port => {
    const name = graph.outputs[index]!;
    const made = lowering.inLayout(value, plainLayout(value.shape));
    // An input or another output has its name already.
    const tensor = taken.has(made) ? draft.node(name, 'Identity', [made]) : made;
    taken.add(tensor);
    return { name, tensor, shape: value.shape };
  });
  return withoutUnused({
    name: graph.name,
    inputs,
    outputs,
    nodes: draft.nodes,
    initializers: draft.initializers,
  });
}

/** The values that have to be lowered, each after those that its form needs. */
function inOrder(outputs: readonly Value[], formOf: (value: Value) => Form): ReadonlyMap<Value, Form> {
  const forms = new Map<Value, Form>();
  const ordered = new Map<Value, Form>();
  const pending = [...outputs];
  for (let value = pending.at(-1); value !== undefined; value = pending.at(-1)) {
    const form = forms.get(value);
    if (form === undefined) {
      const found = formOf(value);
      forms.set(value, found);
      pending.push(...inputsOfForm(found).filter((input) => !ordered.has(input)));
    } else {
      pending.pop();
      ordered.set(value, form);
    }
  }
  return ordered;
}

/** Values are made layer by layer. What was made later belongs to the layer of what it is made of. */
function ownerFinder(graph: ModelGraph, { layers, inputs }: ForwardPass): (value: Value) => string {
  const owners = new Map<number, string>(inputs.map(({ name, value }) => [value.id, name]));
  let last = Math.max(...inputs.map(({ value }) => value.id));
  const bounds = layers.map(({ name, value }) => {
    last = Math.max(last, value.id);
    return { name, last };
  });
  const ownerOf = (value: Value): string => {
    const owner = owners.get(value.id) ?? bounds.find((bound) => value.id <= bound.last)?.name;
    const [first] = value.inputs;
    return (
      owner ??
      (first === undefined ? graph.name : ownerOf(value.inputs.find(({ batched }) => batched) ?? first))
    );
  };
  return ownerOf;
}

function withoutUnused(graph: OnnxGraph): OnnxGraph {
  const used = new Set<Tensor | undefined>(graph.outputs.map(({ tensor }) => tensor));
  const nodes = graph.nodes.toReversed().filter(({ inputs, output }) => {
    if (!used.has(output)) return false;
    for (const input of inputs) used.add(input);
    return true;
  });
  return {
    ...graph,
    nodes: nodes.toReversed(),
    initializers: graph.initializers.filter(({ tensor }) => used.has(tensor)),
  };
}
