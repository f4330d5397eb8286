/** What a layer does with its inputs, whether it takes one or joins several. */
import type { Value } from '../program/index.js';
import type { ForwardContext } from './forward.js';
import type { LayerDefinition, LayerOptions, WeightSpec } from './layer-definition.js';
import type { Problem } from './problem.js';
import { formatShape, type Shape } from './shape.js';

/** The output's shape, or why there is none; inputs of a wrong number are a problem like any other. */
export function outputShapeOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): Shape | Problem {
  const { inputs: wanted } = definition;
  if (wanted === 'many') {
    return inputs.length >= 2 ? definition.outputShape(options, inputs) : wrongInputCount(wanted, inputs);
  }
  return inputs.length === 1 ? definition.outputShape(options, inputs[0]!) : wrongInputCount(wanted, inputs);
}

function wrongInputCount(wanted: LayerDefinition['inputs'], inputs: readonly Shape[]): Problem {
  const found = inputs.length === 1 ? 'only one' : `${inputs.length}`;
  const shapes = inputs.map(formatShape).join(', ');
  return {
    code: 'wrong-input-count',
    message: `needs ${wanted === 'one' ? 'one input' : 'at least 2 inputs'}, but gets ${found}${shapes && `, ${shapes}`}`,
    hint:
      wanted === 'one'
        ? "join them with 'add', 'concatenate' or another merge layer before it"
        : "name them with 'from: [a, b]'",
  };
}

/** In tfjs's order; only for inputs that `outputShapeOf` accepts, as all of what follows. */
export function weightsOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): readonly WeightSpec[] {
  const weights =
    definition.inputs === 'many'
      ? definition.weights?.(options, inputs)
      : definition.weights?.(options, inputs[0]!);
  return weights ?? [];
}

/** Of the forward pass, for one example. */
export function multiplyAddsOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
  output: Shape,
): number {
  const count =
    definition.inputs === 'many'
      ? definition.multiplyAdds?.(options, inputs, output)
      : definition.multiplyAdds?.(options, inputs[0]!, output);
  return count ?? 0;
}

/** Why tfjs can compute the layer but not train it, if it cannot. */
export function trainingProblemOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): Problem | undefined {
  return definition.inputs === 'many'
    ? definition.trainingProblem?.(options, inputs)
    : definition.trainingProblem?.(options, inputs[0]!);
}

/** Why tfjs has no gradient with respect to the inputs, if it has none: matters where something before is trained. */
export function inputGradientProblemOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): Problem | undefined {
  return definition.inputs === 'many'
    ? definition.inputGradientProblem?.(options, inputs)
    : definition.inputGradientProblem?.(options, inputs[0]!);
}

/** What works, but not as people expect. */
export function warningOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): Problem | undefined {
  return definition.inputs === 'many'
    ? definition.warning?.(options, inputs)
    : definition.warning?.(options, inputs[0]!);
}

/** The output in primitives, which the compiled engine runs. Only where `forwardProblemOf` has nothing against it. */
export function forwardOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Value[],
  context: ForwardContext,
): Value {
  const output =
    definition.inputs === 'many'
      ? definition.forward?.(options, inputs, context)
      : definition.forward?.(options, inputs[0]!, context);
  if (output === undefined) throw new Error(`'${definition.type}' has no forward pass in primitives`);
  return output;
}

/** Why the compiled engine cannot run the layer, so that it needs tfjs. */
export function forwardProblemOf(
  definition: LayerDefinition,
  options: LayerOptions,
  inputs: readonly Shape[],
): Problem | undefined {
  if (definition.forward === undefined) {
    return {
      code: 'not-compilable',
      message: 'is a layer that only tfjs can compute',
      hint: "choose '--engine tfjs', or leave the layer out",
    };
  }
  return definition.inputs === 'many'
    ? definition.forwardProblem?.(options, inputs)
    : definition.forwardProblem?.(options, inputs[0]!);
}
