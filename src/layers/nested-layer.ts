/** Options that hold a layer or a cell: `layer: { type: lstm, units: 8 }`. */
import type { Argument } from './call.js';
import type { LayerOptions, LowerContext, SingleDefinition, WeightSpec } from './layer-definition.js';
import { isProblem, type Problem } from './problem.js';
import type { LayerRegistry } from './registry.js';
import type { Shape } from './shape.js';
import { type TSchema, Type } from './type.js';
import type { Weight } from './weight-options.js';

/** A layer inside another one, as written in a spec: it has no name, no `from` and no `when`. */
export interface NestedLayer {
  readonly type: string;
  readonly [option: string]: unknown;
}

/** Where the published schema keeps what a nested layer may be. */
export const nestedRefs = { layer: '#/$defs/nestedLayer', cell: '#/$defs/cell' } as const;

/**
 * The schema of such an option: a bare `$ref` to a union that the registry makes, since the schema of layers is part
 * of itself here. Whoever uses schemas of single layers must know both refs: `#/$defs/nestedLayer` stands for the
 * union (`oneOf`, discriminated by `type`) over `registry.layers` with one input, `#/$defs/cell` for the one over
 * `registry.cells`. Each branch is the kind's `options` with `type` added, and without `name`.
 */
export function nestedLayer(kind: 'layer' | 'cell', options: { readonly description: string }) {
  return Type.Unsafe<NestedLayer>({ $ref: nestedRefs[kind], ...options } as TSchema);
}

/** A nested layer with its kind, which the schema has made sure to exist. */
export interface Nested {
  readonly type: string;
  readonly definition: SingleDefinition;
  readonly options: LayerOptions;
  /** The option that holds it, and where in it: `layer`, `cells.0`. */
  readonly place: string;
}

export function findNested(
  registry: LayerRegistry,
  kind: 'layer' | 'cell',
  { type, ...options }: NestedLayer,
  place: string = kind,
): Nested {
  const definition = (kind === 'cell' ? registry.cells : registry.layers).get(type);
  if (definition?.inputs !== 'one') throw new Error(`no ${kind} '${type}' that another layer can hold`);
  return { type, definition, options, place };
}

/** Its output's shape, or its problem as one of the layer around it. */
export function nestedShape({ type, definition, options, place }: Nested, input: Shape): Shape | Problem {
  const shape = definition.outputShape(options, input);
  return isProblem(shape) ? aroundProblem(type, place, shape) : shape;
}

export function aroundProblem(type: string, place: string, { code, message, hint }: Problem): Problem {
  return {
    code,
    message: `has a ${type} in it, which ${message}`,
    option: place.split('.')[0]!,
    ...(hint === undefined ? {} : { hint }),
  };
}

/** Why the nested layer cannot be trained, as a problem of the layer around it. */
export function nestedTrainingProblem(nested: Nested, input: Shape): Problem | undefined {
  const { type, definition, options, place } = nested;
  const problem = definition.trainingProblem?.(options, input);
  return problem && aroundProblem(type, place, problem);
}

/** What is to say about the nested layer, as said of the layer around it. */
export function nestedWarning(nested: Nested, input: Shape): Problem | undefined {
  const { type, definition, options, place } = nested;
  const problem = definition.warning?.(options, input);
  return problem && aroundProblem(type, place, problem);
}

/** Its weights as those of the layer around it, in tfjs's order, each name with `prefix` before it. */
export function nestedWeights({ definition, options }: Nested, input: Shape, prefix = ''): readonly Weight[] {
  const weights: readonly WeightSpec[] = definition.weights?.(options, input) ?? [];
  return weights.map((weight) => ({ ...weight, name: prefix + weight.name }));
}

/** The order in which tfjs lists weights. */
export const trainableFirst = (weights: readonly Weight[]): readonly Weight[] => [
  ...weights.filter(({ trainable }) => trainable),
  ...weights.filter(({ trainable }) => !trainable),
];

/** The call that makes it. Its seeds are its own ones within those of the layer around it. */
export function lowerNested(
  { type, definition, options, place }: Nested,
  input: Shape,
  context: LowerContext,
  name: string = type,
): Argument {
  return definition.lower(options, {
    name,
    inputShapes: [input],
    seed: (role) => context.seed(`${place}.${role}`),
  });
}
