import type { ModelGraph } from '../../src/compiler/index.js';

/**
 * Multiply-adds of a training step for one example: as many as the forward pass for the gradient of each
 * layer's weights, and as many for that of its input, where something that is trained stands before it.
 */
export function trainingMultiplyAdds(graph: ModelGraph): number {
  const trained = new Set<string>();
  let total = 0;
  for (const { name, inputs, weights, multiplyAdds } of graph.nodes) {
    const inputGradient = inputs.some((input) => trained.has(input));
    const weightGradient = weights.some(({ trainable }) => trainable);
    total += multiplyAdds * (1 + Number(inputGradient) + Number(weightGradient));
    if (inputGradient || weightGradient) trained.add(name);
  }
  return total;
}
