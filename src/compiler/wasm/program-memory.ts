/** How much memory a spec's compiled program takes: every shape is known, and so that is too before it runs. */
import { sizeOf } from '../../layers/index.js';
import type { ModelGraph } from '../model-graph.js';
import { uncoveredLayers } from '../program/forward-pass.js';
import { lowerProgram } from '../program/lower-program.js';
import { programModule } from './program-module.js';

export interface ProgramMemory {
  /** The spec's, which all else is for; 1 where it does not say how to train. */
  readonly batchSize: number;
  /** All of the program's memory, in bytes: what follows, and the examples of a batch. */
  readonly bytes: number;
  readonly weightBytes: number;
  /** What the optimizer keeps from step to step. */
  readonly optimizerBytes: number;
  /** The arena: values on their way, which share places where one is no longer needed when the other is made. */
  readonly arenaBytes: number;
}

/** Undefined where the compiled engine does not cover all layers. */
export function programMemory(graph: ModelGraph): ProgramMemory | undefined {
  if (uncoveredLayers(graph).length > 0) return undefined;
  const batchSize = graph.training?.batchSize ?? 1;
  const options = { batchSize, shared: false, relaxed: false };
  const { bytes, arenaBytes, sources } = programModule(lowerProgram(graph), options).manifest;
  const bytesOf = (kind: string) =>
    Object.entries(sources)
      .filter(([name]) => name.startsWith(`${kind}/`))
      .reduce((sum, [, { shape }]) => sum + 4 * sizeOf(shape), 0);
  return {
    batchSize,
    bytes,
    weightBytes: bytesOf('weight'),
    optimizerBytes: bytesOf('slot'),
    arenaBytes,
  };
}
