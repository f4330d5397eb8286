/** What a spec comes to: plain layers in their order, each with the way that led to it. */
import type { SpecPath } from '../../diagnostics/index.js';
import type { LayerDefinition, Shape } from '../../layers/index.js';
import type { Program } from '../program.js';
import type { SpecSource } from '../source.js';
import type { TrainingSection } from '../training-schema.js';
import type { Mapping } from './checked-steps.js';
import type { ParamValue } from './expression.js';

export interface ExpandedSpec {
  readonly program: Program;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly seed: number;
  /** In their order; none where they are missing or wrong. */
  readonly inputs: readonly ExpandedInput[];
  readonly steps: readonly ExpandedStep[];
  /** Undefined where they are not known. */
  readonly outputs: readonly ExpandedOutput[] | undefined;
  readonly expect: ExpectSection | undefined;
  readonly training: Partial<TrainingSection> | undefined;
  /** What was there and is left out: `name`, `training.metrics`. */
  readonly faulty: ReadonlySet<string>;
}

export interface ExpandedInput {
  readonly name: string;
  readonly shape: Shape;
  readonly path: SpecPath;
}

/** Without what makes the name of a step unique whose own name is that of another one. */
export const shownName = (name: string) => name.replace(/~\d+$/, '');

/** One layer. */
export interface ExpandedStep {
  /** Full: `stage/0/conv2d_1`. Unique; see `shownName`. */
  readonly name: string;
  readonly type: string | undefined;
  readonly definition: LayerDefinition | undefined;
  /** Undefined where one of them was wrong, so that nothing can be said about the output. */
  readonly options: Mapping | undefined;
  /** Names of inputs or earlier steps; undefined for what is not known. */
  readonly inputs: readonly (string | undefined)[];
  readonly source: SpecSource;
  /** Where it is written, which other steps may share. */
  readonly path: SpecPath;
  /** The parts of the spec that it came through, outermost first. */
  readonly scope: readonly ScopeStep[];
  /** How it was come to, innermost first: `in block 'basic', used at resnet18.yaml:31:7`. */
  readonly notes: () => readonly string[];
  /** For an option whose value was computed, how. */
  readonly evaluationNotes: (option: string | undefined) => readonly string[];
}

export interface ExpandedOutput {
  /** As written in `outputs`; the name of the step where nothing is written. */
  readonly label: string;
  readonly name: string;
  /** Undefined where nothing is written. */
  readonly path: SpecPath | undefined;
}

/** A number, or its bounds. */
export type Amount = number | { readonly min?: number; readonly max?: number };

export interface ExpectSection {
  readonly parameters?: Amount;
  readonly multiplyAdds?: Amount;
  readonly output?: Shape | Readonly<Record<string, Shape>>;
}

/** A part of a spec that became several layers, which follow each other. */
export type ScopeStep = BlockScope | BranchScope | TurnScope;

interface Scope {
  /** Full: `stage2/unit1`. Unique among the scopes of a spec, but for branches and turns of one step, which share it. */
  readonly name: string;
}

/** One use of a block. */
export interface BlockScope extends Scope {
  readonly kind: 'block';
  /** The definition's name. */
  readonly block: string;
  /** The definition's own words, where it has some. */
  readonly description: string | undefined;
  /** All of the block's params, with their values here. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Names of the inputs or layers whose values the block is given, in its own order. */
  readonly inputs: readonly string[];
  /** What the block itself calls them: `input`, where it names none. */
  readonly inputNames: readonly string[];
  /** Name of the layer (or input) whose value the block stands for. */
  readonly output: string;
}

/** One branch of a `parallel`. The layer that joins the branches is in none of them, and has the name of the step. */
export interface BranchScope extends Scope {
  readonly kind: 'parallel';
  /** Counted from 0. */
  readonly branch: number;
}

/** One turn of a `repeat`. */
export interface TurnScope extends Scope {
  readonly kind: 'repeat';
  /** Counted from 0. */
  readonly index: number;
}
