/** Layers in their places in a model: what rules that look at more than one layer need to know. */
import type { LayerDefinition, LayerOptions } from './layer-definition.js';
import type { Problem } from './problem.js';
import type { Shape } from './shape.js';

export interface PlacedLayer {
  readonly name: string;
  /** Names of the model's inputs and of layers before it. */
  readonly inputs: readonly string[];
  readonly definition: LayerDefinition;
  readonly options: LayerOptions;
  readonly inputShapes: readonly Shape[];
}

export interface PlacedProblem {
  /** The layer that has it. */
  readonly name: string;
  readonly problem: Problem;
}
