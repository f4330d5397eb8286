/**
 * From a valid spec to the model graph: names, shapes, costs, seeds and calls of every layer, and the plan of
 * its training. Impossible shapes are found here, before TensorFlow.js is loaded.
 */
import type { Diagnostic } from '../diagnostics/index.js';
import { formatShape, isProblem, type Shape, sizeOf } from '../layers/index.js';
import { deriveSeed } from '../layers/seed.js';
import { sha256Hex } from '../layers/sha256.js';
import { limits } from '../spec/limits.js';
import type { ValidatedLayer, ValidatedSpec } from '../spec/validate.js';
import type { GraphNode, ModelGraph } from './model-graph.js';
import { planTraining } from './plan-training.js';

/** What a pass over the graph needs to report a fault. */
export type Report = (
  fault: Omit<Diagnostic, 'file' | 'range' | 'severity'> & { readonly severity?: Diagnostic['severity'] },
) => void;

/** There is a graph wherever nothing is missing from the spec and every shape is possible. */
export function resolveGraph(spec: ValidatedSpec): {
  readonly graph?: ModelGraph;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { document } = spec;
  const diagnostics: Diagnostic[] = [];
  const report: Report = (fault) =>
    diagnostics.push({
      severity: 'error',
      ...fault,
      file: document.file,
      range: document.locate(fault.path),
    });

  const inputName = inputNameFor(spec.layers);
  const chain = resolveChain(spec, inputName, report);
  const training = planTraining(spec, chain.output, report);
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  const wanted = spec.training !== undefined && training === undefined;
  if (faulty || wanted || chain.output === undefined || spec.name === undefined || spec.input === undefined) {
    return { diagnostics };
  }
  const graph: ModelGraph = {
    name: spec.name,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    seed: spec.seed,
    source: { file: document.file, digest: sha256Hex(document.text), text: document.text },
    inputs: [{ name: inputName, shape: spec.input }],
    nodes: chain.nodes,
    outputs: [chain.nodes[chain.nodes.length - 1]!.name],
    training,
  };
  return { graph, diagnostics };
}

/** `input`, unless a layer has that name. */
function inputNameFor(layers: readonly ValidatedLayer[]): string {
  const names = new Set(layers.map(({ name }) => name));
  let name = 'input';
  for (let n = 1; names.has(name); n++) name = `input_${n}`;
  return name;
}

/** The layers one after the other. The output is undefined where it cannot be known. */
function resolveChain(
  spec: ValidatedSpec,
  inputName: string,
  report: Report,
): { readonly nodes: readonly GraphNode[]; readonly output: Shape | undefined } {
  const nodes: GraphNode[] = [];
  let shape = spec.input;
  let previous = inputName;
  for (const layer of spec.layers) {
    if (shape === undefined) break;
    const node = resolveLayer(layer, spec, shape, previous, nodes, report);
    shape = node?.outputShape;
    previous = layer.name;
    if (node !== undefined) nodes.push(node);
  }
  return { nodes, output: nodes.length === spec.layers.length && nodes.length > 0 ? shape : undefined };
}

function resolveLayer(
  layer: ValidatedLayer,
  spec: ValidatedSpec,
  input: Shape,
  previous: string,
  before: readonly GraphNode[],
  report: Report,
): GraphNode | undefined {
  const { definition, options, name, type, path } = layer;
  if (definition === undefined || options === undefined || type === undefined) return undefined;
  const notes = [chainNote(spec.input!, before, name)];
  const outputShape = definition.outputShape(options, input);
  if (isProblem(outputShape)) {
    const { code, message, option, hint } = outputShape;
    report({
      code,
      message: `${type} '${name}' ${message}`,
      path: option === undefined ? path : [...path, option],
      ...(hint === undefined ? {} : { hint }),
      notes,
    });
    return undefined;
  }
  const weights = definition.weights?.(options, input) ?? [];
  const tensors: readonly (readonly [string, Shape])[] = [
    ...weights.map((weight) => [`the weight '${weight.name}'`, weight.shape] as const),
    ['its output', outputShape],
  ];
  const large = tensors.find(([, shape]) => sizeOf(shape) > limits.tensorValues);
  if (large !== undefined) {
    const [what, shape] = large;
    const message = `${type} '${name}' is too large: ${what} would be ${formatShape(shape)}`;
    report({ code: 'tensor-too-large', message, path, notes });
    return undefined;
  }
  return {
    name,
    type,
    options,
    inputs: [previous],
    inputShapes: [input],
    outputShape,
    weights,
    multiplyAdds: definition.multiplyAdds?.(options, input, outputShape) ?? 0,
    call: definition.lower(options, {
      name,
      inputShape: input,
      seed: (role) => deriveSeed(spec.seed, name, role),
    }),
    range: spec.document.locate(path),
  };
}

const stepsShown = 6;

/** `32x32x3 → c1 28x28x6 → p1 14x14x6 → c2`: the way of the shapes to a layer. */
export function chainNote(input: Shape, nodes: readonly GraphNode[], to?: string): string {
  const steps = nodes.map((node) => `${node.name} ${formatShape(node.outputShape)}`);
  const shown = steps.length > stepsShown ? ['…', ...steps.slice(-stepsShown)] : steps;
  return [formatShape(input), ...shown, ...(to === undefined ? [] : [to])].join(' → ');
}
