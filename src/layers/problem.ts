import type { DiagnosticCode } from '../diagnostics/index.js';
import { describeShape, type Shape } from './shape.js';

/** Why a layer cannot take its input: becomes a located diagnostic. */
export interface Problem {
  readonly code: DiagnosticCode;
  /** Reads after the layer's type and name: `needs at least 7x7, but gets 5x5x16`. */
  readonly message: string;
  /** The option to point at; the whole layer where it is left out. */
  readonly option?: string;
  readonly hint?: string;
}

export function isProblem(value: Shape | Problem): value is Problem {
  return !Array.isArray(value);
}

/** Says so where the input has not `rank` dimensions; `wanted` names them. */
export function requireRank(input: Shape, rank: number, wanted: string): Problem | undefined {
  return input.length === rank
    ? undefined
    : rankProblem(input, `${rank} dimension${rank === 1 ? '' : 's'}, ${wanted}`, rank);
}

/** The same for layers that take several ranks, up to `most`. */
export function rankProblem(input: Shape, wanted: string, most: number): Problem {
  return {
    code: 'wrong-input-rank',
    message: `needs an input of ${wanted}, but gets ${describeShape(input)}`,
    hint:
      most === 1 && input.length > 1
        ? "insert 'flatten' or a global pooling before it"
        : "insert 'reshape' before it",
  };
}
