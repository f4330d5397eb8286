/**
 * All that a run is, apart from its weights and its optimizer's slots: kept as `state.json` in every
 * checkpoint. It holds nothing that depends on when or where the run was trained, so that a run that was
 * stopped and resumed has the same state to the byte as one that never stopped.
 */
import type { Best, HistoryRow } from '../history.js';
import type { RunningMeans } from './batches.js';
import type { RunPlan } from './run-plan.js';

/** A stretch of training that was asked for at once: the second command in a run folder begins the second. */
export interface Leg {
  /** Whole epochs before it. */
  readonly start: number;
  readonly epochs: number;
}

export interface TrainerState {
  /** Whole epochs that are trained. */
  readonly epoch: number;
  /** Steps of the next epoch that are trained. */
  readonly step: number;
  /** Over these steps. */
  readonly means: RunningMeans;
  readonly leg: Leg;
  readonly history: readonly HistoryRow[];
  readonly best: Best | null;
  /** Digest of the weights that the run started from, where they were given. */
  readonly initialWeights: string | null;
  readonly plan: RunPlan;
}

export function freshState(plan: RunPlan, epochs: number, initialWeights: string | null): TrainerState {
  return {
    epoch: 0,
    step: 0,
    means: noMeans(),
    leg: { start: 0, epochs },
    history: [],
    best: null,
    initialWeights,
    plan,
  };
}

export function noMeans(): RunningMeans {
  return { examples: 0, sums: [] };
}
