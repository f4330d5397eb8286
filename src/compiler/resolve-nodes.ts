/** Every layer in its place: the shapes that it takes and gives, its weights, its cost and its call. */
import {
  formatShape,
  isProblem,
  type LayerDefinition,
  modelProblems,
  modelTrainingProblems,
  modelWarnings,
  multiplyAddsOf,
  outputShapeOf,
  type PlacedLayer,
  type PlacedProblem,
  type Problem,
  type Shape,
  sizeOf,
  weightsOf,
} from '../layers/index.js';
import { deriveSeed } from '../layers/seed.js';
import { type ExpandedSpec, type ExpandedStep, shownName } from '../spec/expand/expanded-spec.js';
import { limits } from '../spec/limits.js';
import type { GraphNode } from './model-graph.js';
import type { GraphFault, Report } from './report.js';
import { wayNotes } from './ways.js';

/** A node with the step that it comes from. */
export interface PlacedNode {
  readonly node: GraphNode;
  readonly step: ExpandedStep;
  /** The input that the way to it begins at, where first inputs are followed. */
  readonly root: string;
}

export interface ResolvedNodes {
  /** As far as shapes are known, by their names, in their order. */
  readonly nodes: ReadonlyMap<string, PlacedNode>;
  /** True where they are all layers of the spec. */
  readonly complete: boolean;
  /** Why tfjs could not train some of them. */
  readonly untrainable: readonly GraphFault[];
}

export function resolveNodes(spec: ExpandedSpec, report: Report): ResolvedNodes {
  const nodes = new Map<string, PlacedNode>();
  const shapes = new Map<string, Shape>(spec.inputs.map(({ name, shape }) => [name, shape]));
  for (const step of spec.steps) {
    const { definition, options, name, type } = step;
    const inputs = step.inputs.map((input) => (input === undefined ? undefined : shapes.get(input)));
    if (definition === undefined || options === undefined || type === undefined) continue;
    if (!inputs.every((shape) => shape !== undefined)) continue;
    const output = shapeOf(definition, options, inputs);
    if (isProblem(output)) {
      report(problemFault(step, output, nodes, spec));
      continue;
    }
    const document = step.source.ownerOf(step.path);
    const node: GraphNode = {
      name,
      type,
      definition,
      options,
      inputs: step.inputs as readonly string[],
      inputShapes: inputs,
      outputShape: output,
      weights: weightsOf(definition, options, inputs),
      multiplyAdds: multiplyAddsOf(definition, options, inputs, output),
      call: definition.lower(options, {
        name,
        inputShapes: inputs,
        seed: (role) => deriveSeed(spec.seed, name, role),
      }),
      range: document.locate(step.path),
      file: document.file,
      scope: step.scope,
    };
    shapes.set(name, output);
    const [first] = node.inputs as readonly [string];
    nodes.set(name, { node, step, root: nodes.get(first)?.root ?? first });
  }
  const complete = nodes.size > 0 && nodes.size === spec.steps.length;
  const placed = [...nodes.values()].map(({ node }): PlacedLayer => node);
  const located = (problems: readonly PlacedProblem[]) =>
    problems.map(({ name, problem }) => problemFault(nodes.get(name)!.step, problem, nodes, spec));
  for (const fault of located(modelWarnings(placed))) report({ ...fault, severity: 'warning' });
  const outputs = (spec.outputs ?? []).map(({ name }) => name);
  // What depends on its surroundings is right or wrong only where they are all known.
  if (complete) for (const fault of located(modelProblems(placed, outputs))) report(fault);
  return { nodes, complete, untrainable: located(modelTrainingProblems(placed)) };
}

/** What a layer has against its place. */
function problemFault(
  step: ExpandedStep,
  { code, message, option, hint }: Problem,
  nodes: ResolvedNodes['nodes'],
  spec: ExpandedSpec,
): GraphFault {
  const own = option !== undefined && Object.hasOwn(step.options!, option) ? option : undefined;
  return {
    code,
    message: `${step.type} '${shownName(step.name)}' ${message}`,
    path: own === undefined ? step.path : [...step.path, own],
    step,
    option: own,
    ...(hint === undefined ? {} : { hint }),
    notes: wayNotes(step, nodes, spec.inputs),
  };
}

/** The output's shape, and whether it and the weights can exist at all. */
function shapeOf(
  definition: LayerDefinition,
  options: Readonly<Record<string, unknown>>,
  inputs: readonly Shape[],
): Shape | Problem {
  const output = outputShapeOf(definition, options, inputs);
  if (isProblem(output)) return output;
  const weights = weightsOf(definition, options, inputs);
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
