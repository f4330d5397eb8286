/** The steps of a spec as they are known before anything is written out: each form of step as a type of its own. */
import type { SpecPath } from '../../diagnostics/index.js';
import type { LayerDefinition } from '../../layers/index.js';
import type { Fault } from '../fault.js';
import type { SpecSource } from '../source.js';

export type Mapping = Readonly<Record<string, unknown>>;

export type CheckedStep = CheckedLayer | CheckedUse | CheckedParallel | CheckedRepeat | BrokenStep;

interface Step {
  readonly source: SpecSource;
  readonly path: SpecPath;
  /** As written, with expressions; a mapping. */
  readonly value: Mapping;
  /** What has been reported of it, so that it is not reported again for what it becomes. */
  readonly faults: readonly Fault[];
}

/** `{ type: conv2d, … }`, and the layer that joins branches. */
export interface CheckedLayer extends Step {
  readonly kind: 'layer';
  readonly joins: boolean;
  /** Whether there are expressions in it; where there are none, it is the same wherever it is used. */
  readonly computed: boolean;
  /** Params and indices that its expressions use. */
  readonly names: readonly string[];
  /** What is known of it without the values of those. */
  readonly sound: SoundLayer;
}

/** A layer without its faulty parts. */
export interface SoundLayer {
  readonly type: string | undefined;
  /** Undefined where the type is unknown. */
  readonly definition: LayerDefinition | undefined;
  /** Undefined where one of them was wrong, so that nothing can be said about the output. */
  readonly options: Mapping | undefined;
}

/** `{ use: unit, filters: 64 }` */
export interface CheckedUse extends Step {
  readonly kind: 'use';
  readonly name: string;
  /** Undefined where there is no such block, or it is not used well. */
  readonly block: CheckedBlock | undefined;
}

export interface CheckedParallel extends Step {
  readonly kind: 'parallel';
  readonly branches: readonly (readonly CheckedStep[])[];
  readonly merge: CheckedLayer | undefined;
}

export interface CheckedRepeat extends Step {
  readonly kind: 'repeat';
  /** The name of the turn's number. */
  readonly index: string | undefined;
  readonly layers: readonly CheckedStep[];
}

/** Of no form that is known; its output is anything. */
export interface BrokenStep extends Step {
  readonly kind: 'broken';
}

export interface CheckedBlock {
  readonly name: string;
  readonly source: SpecSource;
  /** `['blocks', name]` */
  readonly path: SpecPath;
  readonly description: string | undefined;
  readonly params: readonly CheckedParam[];
  /** The names that its steps know its inputs by: `input`, unless the block names them. */
  readonly inputs: readonly string[];
  /** Steps, once the block has been checked. */
  readonly layers: readonly CheckedStep[];
}

export interface CheckedParam {
  readonly name: string;
  readonly source: SpecSource;
  readonly path: SpecPath;
  /** As written, maybe with expressions; undefined where it must be given by whoever uses the block. */
  readonly value: unknown;
}
