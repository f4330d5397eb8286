/**
 * What a second command in a run folder means. It goes on with the run; how far, and with which spec where the
 * spec has changed since, is decided here.
 */
import type { ModelGraph } from '../../compiler/model-graph.js';
import { SpecccError } from '../../diagnostics/index.js';
import { type Best, betterOf } from '../history.js';
import type { RunRecord } from '../run-folder.js';
import { trainingPlan } from './check-data.js';
import { formatChange, type PlanChange, type RunPlan } from './run-plan.js';
import { type Leg, noMeans, type TrainerState } from './trainer-state.js';

/** @throws SpecccError 'run-changed', which lists the changes */
export function refuseChanges(folder: string, changes: readonly PlanChange[], keepRun = false): never {
  const lines = changes.map((change) => `  ${formatChange(change)}`).join('\n');
  throw new SpecccError(
    'run-changed',
    `the run in ${folder} was begun with other values than these:\n${lines}`,
    {
      hints: keepRun
        ? [
            '--on-change use-spec goes on with the new data',
            '--fresh begins anew and moves the old run aside',
          ]
        : [
            '--on-change keep-run goes on with the run’s own values (before the arrows)',
            '--on-change use-spec goes on with the new values (after the arrows)',
            '--fresh begins anew and moves the old run aside',
          ],
    },
  );
}

export interface Adopted {
  readonly state: TrainerState;
  readonly notices: readonly string[];
}

/** The state of a run that goes on with a changed plan: what the change makes meaningless is dropped. */
export function adoptPlan(
  state: TrainerState,
  plan: RunPlan,
  changes: readonly PlanChange[],
  graph: ModelGraph,
): Adopted {
  const notices = [`the run goes on with changed values: ${changes.map(formatChange).join(', ')}`];
  const changed = (...paths: readonly string[]) =>
    changes.some(({ path }) => paths.some((start) => path === start || path.startsWith(`${start}.`)));

  const restarts =
    state.step > 0 && changed('seed', 'data', 'training.batchSize', 'training.dataset', 'training.metrics');
  if (restarts) {
    notices.push(
      `epoch ${state.epoch + 1} starts over from its first step, with the weights that it had reached`,
    );
  }

  const { checkpoint } = trainingPlan(graph);
  let best: Best | null = state.best;
  if (changed('layers', 'input', 'outputs', 'data', 'training.loss', 'training.dataset')) {
    best = null;
    if (state.best !== null)
      notices.push('earlier epochs no longer count as best, since their values do not compare');
  } else if (changed('training.checkpoint')) {
    best =
      state.history.reduce<Best | undefined>((found, row) => betterOf(found, row, checkpoint), undefined) ??
      null;
  }
  return {
    state: { ...state, plan, best, ...(restarts ? { step: 0, means: noMeans() } : {}) },
    notices,
  };
}

/**
 * How far a command trains. An unfinished stretch is finished, with the number of epochs that the spec says
 * now. After a finished one, as `record` tells, a new one begins. A stretch whose epochs are all trained
 * but whose end was not recorded (it was killed while it wrote its last files) is recorded, and no more.
 */
export function planLeg(
  state: TrainerState,
  record: RunRecord | undefined,
  epochs: number,
  untilEpoch: number | undefined,
): Leg {
  const trained = state.epoch + (state.step > 0 ? 1 : 0);
  const begun =
    record !== undefined &&
    record.status !== 'finished' &&
    record.leg.start === state.epoch &&
    state.step === 0
      ? record.leg
      : state.leg;
  const finished = record?.status === 'finished' && record.epochs === state.epoch && state.step === 0;
  const start = finished ? state.epoch : begun.start;
  const end = untilEpoch ?? start + epochs;
  return { start, epochs: Math.max(end, trained) - start };
}
