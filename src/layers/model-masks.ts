/**
 * Masks of sequences in a model. `masking`, and `embedding` with `maskZero`, tell recurrent layers which steps to
 * skip. tfjs carries a mask along beside the values, and in some places carries it wrongly:
 * - it hands the last mask that it met to every layer that it computes later, whether that layer's own input has
 *   one or not;
 * - merge layers other than `concatenate` give it a dimension too many, and `concatenate` fails where only some of
 *   its inputs have one, unless it joins along the last axis;
 * - `softmax` takes it for one of its values, which it is not;
 * - `timeDistributed` hands the mask of its steps to the layer inside, which takes it for one of its own steps.
 */
import type { MaskRole } from './masks.js';
import type { PlacedLayer, PlacedProblem } from './placed-layer.js';
import type { Problem } from './problem.js';

/** What is known of the mask of a value. */
type Mask = 'none' | 'right' | 'garbled';

/** The recurrent layers that tfjs would give a wrong mask. `layers` are in an order in which inputs come first. */
export function maskProblems(layers: readonly PlacedLayer[]): readonly PlacedProblem[] {
  const makers = layers.filter(({ definition, options }) => definition.mask?.(options) === 'makes');
  if (makers.length === 0) return [];
  const masks = new Map<string, Mask>();
  const problems: PlacedProblem[] = [];
  for (const layer of layers) {
    const given = layer.inputs.map((name) => masks.get(name) ?? 'none');
    const role = layer.definition.mask?.(layer.options) ?? 'ends';
    masks.set(layer.name, maskAfter(role, given));
    const problem = joinProblem(layer, role, given) ?? readingProblem(layer, given[0]!, makers, layers);
    if (problem !== undefined) problems.push({ name: layer.name, problem });
  }
  return problems;
}

function maskAfter(role: MaskRole, given: readonly Mask[]): Mask {
  const some = given.includes('garbled') ? 'garbled' : given.includes('right') ? 'right' : 'none';
  switch (role) {
    case 'makes':
      return 'right';
    case 'keeps':
    case 'joins':
      return some;
    case 'garbles':
      return some === 'none' ? 'none' : 'garbled';
    case 'ends':
      return 'none';
  }
}

function joinProblem(
  { options, inputShapes }: PlacedLayer,
  role: MaskRole,
  given: readonly Mask[],
): Problem | undefined {
  const { axis = -1 } = options as { readonly axis?: number };
  const last = axis === -1 || axis === inputShapes[0]!.length;
  if (role !== 'joins' || last || given.every((mask) => mask === given[0])) return undefined;
  return {
    code: 'unusable-mask',
    message: 'joins inputs of which only some have a mask, which tfjs can do along the last axis only',
    hint: "remove 'masking' and maskZero, or give all inputs a mask",
  };
}

function readingProblem(
  layer: PlacedLayer,
  mask: Mask,
  makers: readonly PlacedLayer[],
  layers: readonly PlacedLayer[],
): Problem | undefined {
  const { definition, options, inputShapes } = layer;
  const reading =
    definition.inputs === 'one' ? (definition.readsMask?.(options, inputShapes[0]!) ?? 'no') : 'no';
  if (reading === 'no' || (reading === 'rightly' && mask === 'right')) return undefined;
  const later = descendants(layer.name, layers);
  const maker = makers.findLast(({ name }) => name !== layer.name && !later.has(name));
  if (maker === undefined) return undefined;
  const made = `${maker.definition.type} '${maker.name}'`;
  return {
    code: 'unusable-mask',
    message:
      mask === 'none'
        ? `would get the mask of ${made} from tfjs, which is not that of its input`
        : `cannot use the mask of ${made}, which tfjs gives it in a wrong form`,
    hint:
      mask === 'none' && reading === 'rightly'
        ? `remove '${maker.name}', or let every layer between it and this one keep the steps`
        : `remove '${maker.name}'`,
  };
}

/** The layers that are computed from the output of one. */
function descendants(name: string, layers: readonly PlacedLayer[]): ReadonlySet<string> {
  const found = new Set([name]);
  for (const layer of layers) {
    if (layer.inputs.some((input) => found.has(input))) found.add(layer.name);
  }
  return found;
}
