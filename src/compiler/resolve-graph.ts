/**
 * From a valid spec to the model graph: names, shapes, costs, seeds and calls of every layer, and the plan of
 * its training. Impossible shapes are found here, before TensorFlow.js is loaded.
 */
import type { Diagnostic } from '../diagnostics/index.js';
import {
  formatShape,
  isProblem,
  multiplyAddsOf,
  outputShapeOf,
  type Problem,
  type Shape,
  sizeOf,
  trainingProblemOf,
  weightsOf,
} from '../layers/index.js';
import { deriveSeed } from '../layers/seed.js';
import { sha256Hex } from '../layers/sha256.js';
import { limits } from '../spec/limits.js';
import type { ValidatedLayer, ValidatedSpec } from '../spec/validate.js';
import { checkInput, checkOutput, type PlacedNode, warnOfConstant, warnOfLogits } from './check-fit.js';
import type { ModelGraph } from './model-graph.js';
import { planTraining } from './plan-training.js';
import type { Report } from './report.js';

/**
 * There is a graph wherever nothing is missing from the spec and every shape is possible. Layers behind one
 * whose output is unknown are not looked at.
 */
export function resolveGraph(spec: ValidatedSpec): {
  readonly graph?: ModelGraph;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { document, input, name, training } = spec;
  const diagnostics: Diagnostic[] = [];
  const locate = (fault: Parameters<Report>[0]): Diagnostic => ({
    severity: 'error',
    ...fault,
    file: document.file,
    range: document.locate(fault.path),
  });
  const report: Report = (fault) => diagnostics.push(locate(fault));

  const inputName = nameInput(spec.layers);
  const chain = input === undefined ? undefined : resolveChain(spec, input, inputName, report);
  const planned =
    training === undefined ? undefined : planTraining(training, !spec.faulty.has('training.metrics'), report);
  const untrainable = (chain?.untrainable ?? []).map(locate);
  if (planned !== undefined) {
    diagnostics.push(...untrainable.map((fault) => ({ ...fault, severity: 'warning' as const })));
    if (planned.data !== undefined && input !== undefined) checkInput(input, planned.data, report);
    if (planned.data !== undefined && planned.loss !== undefined && chain?.complete) {
      const note = chainNote(input!, chain.nodes);
      const fits = checkOutput(chain.nodes, planned.data, planned.loss, note, report);
      if (fits) warnOfLogits(chain.nodes, planned.loss, report);
    }
  }
  const faulty = diagnostics.some(({ severity }) => severity === 'error');
  const unplanned = training !== undefined && planned?.plan === undefined;
  if (faulty || unplanned || !chain?.complete || name === undefined) return { diagnostics };
  const nodes = chain.nodes.map(({ node }) => node);
  const graph: ModelGraph = {
    name,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    seed: spec.seed,
    source: { file: document.file, digest: sha256Hex(document.text), text: document.text },
    inputs: [{ name: inputName, shape: input! }],
    nodes,
    outputs: [nodes[nodes.length - 1]!.name],
    training: planned?.plan,
    trainingFaults: untrainable,
  };
  return { graph, diagnostics };
}

/** `input`, unless a layer has that name. */
function nameInput(layers: readonly ValidatedLayer[]): string {
  const names = new Set(layers.map(({ name }) => name));
  let name = 'input';
  for (let n = 1; names.has(name); n++) name = `input_${n}`;
  return name;
}

interface Chain {
  /** As far as shapes are known. */
  readonly nodes: readonly PlacedNode[];
  /** True where they are all layers of the spec. */
  readonly complete: boolean;
  /** Why tfjs could not train some of them. */
  readonly untrainable: readonly Parameters<Report>[0][];
}

function resolveChain(spec: ValidatedSpec, input: Shape, inputName: string, report: Report): Chain {
  const nodes: PlacedNode[] = [];
  const untrainable: Parameters<Report>[0][] = [];
  if (sizeOf(input) > limits.tensorValues) {
    const message = `input: ${formatShape(input)} is more than the ${limits.tensorValues} values that a tensor can hold`;
    report({ code: 'tensor-too-large', message, path: ['input'] });
    return { nodes, complete: false, untrainable };
  }
  for (const layer of spec.layers) {
    const previous = nodes[nodes.length - 1]?.node;
    const shape = previous?.outputShape ?? input;
    const { definition, options, name, type, path } = layer;
    if (definition === undefined || options === undefined || type === undefined) break;
    const tell = ({ code, message, option, hint }: Problem): Parameters<Report>[0] => ({
      code,
      message: `${type} '${name}' ${message}`,
      path: option === undefined || !Object.hasOwn(options, option) ? path : [...path, option],
      ...(hint === undefined ? {} : { hint }),
      notes: [chainNote(input, nodes, name)],
    });
    const output = shapeOf(layer, options, shape);
    if (isProblem(output)) {
      report(tell(output));
      break;
    }
    const problem = trainingProblemOf(definition, options, [shape]);
    if (problem !== undefined) untrainable.push(tell(problem));
    const placed: PlacedNode = {
      path,
      node: {
        name,
        type,
        options,
        inputs: [previous?.name ?? inputName],
        inputShapes: [shape],
        outputShape: output,
        weights: weightsOf(definition, options, [shape]),
        multiplyAdds: multiplyAddsOf(definition, options, [shape], output),
        call: definition.lower(options, {
          name,
          inputShapes: [shape],
          seed: (role) => deriveSeed(spec.seed, name, role),
        }),
        range: spec.document.locate(path),
        scope: [],
      },
    };
    warnOfConstant(placed, report);
    nodes.push(placed);
  }
  return { nodes, complete: nodes.length > 0 && nodes.length === spec.layers.length, untrainable };
}

/** The output's shape, and whether it and the weights can exist at all. */
function shapeOf(
  { definition }: ValidatedLayer,
  options: Readonly<Record<string, unknown>>,
  input: Shape,
): Shape | Problem {
  const output = outputShapeOf(definition!, options, [input]);
  if (isProblem(output)) return output;
  const weights = weightsOf(definition!, options, [input]);
  const tensors: readonly (readonly [string, Shape])[] = [
    ['an output', output],
    ...weights.map(({ name, shape }) => [`a ${name}`, shape] as const),
  ];
  const large = tensors.find(([, shape]) => sizeOf(shape) > limits.tensorValues);
  if (large === undefined) return output;
  const [what, shape] = large;
  return {
    code: 'tensor-too-large',
    message: `has ${what} of ${formatShape(shape)}, more than the ${limits.tensorValues} values that a tensor can hold`,
  };
}

const stepsShown = 6;

/** `32x32x3 → c1 28x28x6 → p1 14x14x6 → c2`: the way of the shapes to a layer, its last few steps. */
function chainNote(input: Shape, nodes: readonly PlacedNode[], to?: string): string {
  const steps = nodes.slice(-stepsShown).map(({ node }) => `${node.name} ${formatShape(node.outputShape)}`);
  const left = nodes.length > stepsShown ? ['…'] : [];
  return [formatShape(input), ...left, ...steps, ...(to === undefined ? [] : [to])].join(' → ');
}
