/** Rules about layers that depend on what stands around them in a model. */
import { inputGradientProblemOf, trainingProblemOf, warningOf, weightsOf } from './layer-functions.js';
import { maskProblems } from './model-masks.js';
import type { PlacedLayer, PlacedProblem } from './placed-layer.js';
import type { Problem } from './problem.js';

export type { PlacedLayer, PlacedProblem } from './placed-layer.js';

/**
 * Why tfjs would compute a model wrongly, or not at all, though each of its layers is right by itself. `layers` are
 * in an order in which inputs come first; `outputs` are the names of those whose values the model returns.
 */
export function modelProblems(
  layers: readonly PlacedLayer[],
  outputs: readonly string[],
): readonly PlacedProblem[] {
  return [...maskProblems(layers), ...spoiledShapes(layers, outputs)];
}

/** Why tfjs can compute the model, but not train it: layers without a gradient where one is needed. */
export function modelTrainingProblems(layers: readonly PlacedLayer[]): readonly PlacedProblem[] {
  /** The names of values that depend on weights that are trained. */
  const trained = new Set<string>();
  return layers.flatMap(({ name, definition, options, inputs, inputShapes }) => {
    const needed = inputs.some((input) => trained.has(input));
    const weights = weightsOf(definition, options, inputShapes);
    if (needed || weights.some(({ trainable }) => trainable)) trained.add(name);
    const problem =
      trainingProblemOf(definition, options, inputShapes) ??
      (needed ? inputGradientProblemOf(definition, options, inputShapes) : undefined);
    return problem === undefined ? [] : [{ name, problem }];
  });
}

function spoiledShapes(layers: readonly PlacedLayer[], outputs: readonly string[]): readonly PlacedProblem[] {
  const spoiling = layers.filter(({ definition }) => definition.spoilsInputShape);
  if (spoiling.length === 0) return [];
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const uses = (input: string) =>
    layers.filter(({ inputs }) => inputs.includes(input)).length + (outputs.includes(input) ? 1 : 0);
  return spoiling.flatMap(({ name, inputs, inputShapes }) => {
    const input = inputs[0]!;
    if (byName.get(input)?.definition.type === 'reshape' && uses(input) === 1) return [];
    const problem: Problem = {
      code: 'spoiled-input-shape',
      message: "must stand right after a 'reshape' whose output nothing else takes",
      hint: `insert { type: reshape, targetShape: [${inputShapes[0]!.join(', ')}] } before it`,
    };
    return [{ name, problem }];
  });
}

/** What works, but not as people expect. */
export function modelWarnings(layers: readonly PlacedLayer[]): readonly PlacedProblem[] {
  return layers.flatMap(({ name, definition, options, inputShapes }) => {
    const problem = warningOf(definition, options, inputShapes);
    return problem === undefined ? [] : [{ name, problem }];
  });
}
