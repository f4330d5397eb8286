/** A spec's tensor program as one module: what is in it, and how many examples it computes at once. */
import type { TensorProgram } from '../program/lower-program.js';
import { type GeneratedModule, generateModule } from './generate-module.js';
import type { ProgramPart } from './schedule.js';

export interface ProgramModuleOptions {
  /** Of the largest training step. */
  readonly batchSize: number;
  /** Memory that several threads share. */
  readonly shared: boolean;
  readonly relaxed: boolean;
}

/** Lanes beyond this only cost memory: a batch goes through in pieces. */
const mostLanes = 32;

/**
 * The programs `predict`, whose results are the model's outputs, and where the spec says how to train `evaluate`, whose
 * results are the loss, the metrics and the outputs, and `train`, whose results are the loss and the metrics.
 */
export function programModule(
  program: TensorProgram,
  { batchSize, shared, relaxed }: ProgramModuleOptions,
): GeneratedModule {
  const parts = partsOf(program);
  const inputs = program.inputs.map(({ name, value }) => ({ name: `input/${name}`, value }));
  const generate = (lanes: number) =>
    generateModule(parts, inputs, program.builder, { lanes: roundedLanes(lanes), shared, relaxed });
  if (batchSize <= mostLanes) return generate(batchSize);
  const inPieces = generate(mostLanes);
  // Statistics of a batch need all of it at once.
  const needsWhole = Object.values(inPieces.manifest.programs).some((part) => !part.inPieces);
  return needsWhole ? generate(batchSize) : inPieces;
}

function partsOf({ predict, evaluate, train }: TensorProgram): readonly ProgramPart[] {
  const parts: ProgramPart[] = [{ name: 'predict', results: predict.outputs, assignments: [] }];
  if (evaluate !== undefined) {
    parts.push({ name: 'evaluate', results: [...evaluate.values, ...evaluate.outputs], assignments: [] });
  }
  if (train !== undefined) {
    parts.push({ name: 'train', results: train.values, assignments: train.assignments });
  }
  return parts;
}

/** Whole vectors, and enough of them at once to be worth a block. */
function roundedLanes(count: number): number {
  if (count <= 4) return 4;
  return count <= 8 ? 8 : Math.ceil(count / 16) * 16;
}
