/**
 * Writes a run's folder while it trains. The order is what makes a kill harmless: `best` and `epoch-N` are
 * written before `last`, and everything else is derived from `last`, so that a resumed run comes to the same
 * files whichever write was the last.
 */
import { join } from 'node:path';
import type { ModelGraph, TrainingPlan } from '../../compiler/model-graph.js';
import { formatShape } from '../../layers/index.js';
import { checkpointFiles } from '../checkpoint.js';
import type { Dataset } from '../datasets/dataset.js';
import type { TrainingEngine, Weight } from '../engine.js';
import { columnsOf, formatHistory } from '../history.js';
import { checkpointFolder, type RunRecord, runFileNames } from '../run-folder.js';
import { writeFileWhole, writeFolderWhole } from '../whole-files.js';
import { trainingPlan } from './check-data.js';
import type { TrainEvent } from './events.js';
import { notFinite } from './not-finite.js';
import type { TrainerState } from './trainer-state.js';

/** The parts of run.json that do not change while a command trains. */
export type FixedRecord = Omit<
  RunRecord,
  | 'status'
  | 'error'
  | 'updatedAt'
  | 'epochs'
  | 'steps'
  | 'best'
  | 'epochSeconds'
  | 'partialSeconds'
  | 'stepsPerSecond'
>;

/** What a run took, which no other file knows. */
export interface RunTimes {
  readonly epochSeconds: readonly (number | null)[];
  readonly partialSeconds: number;
  readonly stepsPerSecond: number | null;
}

export interface RunWriter {
  /** `spec.yaml` and all that is derived from the state, as training begins. */
  begin(state: TrainerState, times: RunTimes): Promise<void>;
  /** Within an epoch. */
  saveLast(state: TrainerState, times: RunTimes): Promise<void>;
  /** At an epoch's end. */
  saveEpoch(state: TrainerState, times: RunTimes, isBest: boolean): Promise<void>;
  /** The last files, as training ends. Returns the files for people. */
  end(status: 'finished' | 'interrupted', state: TrainerState, times: RunTimes): Promise<readonly string[]>;
  /** Records why training failed, beside the state that was last saved. */
  fail(error: Error): Promise<void>;
}

/** Drawing takes up to a second the first time: within a long run the curves are drawn at most this often. */
const drawEveryMilliseconds = 20_000;

export function runWriter(
  folder: string,
  graph: ModelGraph,
  dataset: Dataset,
  engine: TrainingEngine,
  record: FixedRecord,
  emit: (event: TrainEvent) => void,
): RunWriter {
  const plan = trainingPlan(graph);
  const columns = columnsOf(plan, dataset.validation.count > 0);
  const path = (file: keyof typeof runFileNames) => join(folder, runFileNames[file]);
  let drawnAt = performance.now();
  let recorded: { state: TrainerState; times: RunTimes } | undefined;

  async function saveCheckpoints(state: TrainerState, names: readonly string[]): Promise<void> {
    const weights = await engine.getWeights();
    assertFinite(weights, state, plan);
    const files = checkpointFiles({
      topology: await engine.modelTopology(),
      weights,
      optimizer: await engine.getOptimizerState(),
      state,
    });
    for (const checkpoint of names) {
      const target = checkpointFolder(folder, checkpoint);
      await writeFolderWhole(target, files);
      const epoch = state.epoch + (state.step > 0 ? 1 : 0);
      emit({ type: 'checkpoint', checkpoint, folder: target, epoch, step: state.step });
    }
  }

  async function writeRecord(
    status: RunRecord['status'],
    state: TrainerState,
    times: RunTimes,
    error?: string,
  ): Promise<void> {
    recorded = { state, times };
    const whole: RunRecord = {
      ...record,
      status,
      ...(error === undefined ? {} : { error }),
      updatedAt: new Date().toISOString(),
      epochs: state.epoch,
      steps: state.step,
      best: state.best,
      ...times,
    };
    await writeFileWhole(path('record'), `${JSON.stringify(whole, undefined, 2)}\n`);
  }

  async function drawCurves(state: TrainerState): Promise<readonly string[]> {
    drawnAt = performance.now();
    try {
      const { drawCurves: draw } = await import('../plots.js');
      const { svg, png } = await draw(state.history, {
        title: graph.name,
        subtitle: subtitle(dataset, record.parameters),
        monitor: { column: plan.checkpoint.monitor, mode: plan.checkpoint.mode },
      });
      await writeFileWhole(path('curvesSvg'), svg);
      await writeFileWhole(path('curvesPng'), png);
      return [path('curvesSvg'), path('curvesPng')];
    } catch (error) {
      // A picture is not worth a run.
      emit({ type: 'notice', message: `the curves could not be drawn: ${(error as Error).message}` });
      return [];
    }
  }

  return {
    begin: async (state, times) => {
      // run.json first: by it a folder is known as a run's.
      await writeRecord('running', state, times);
      await writeFileWhole(path('spec'), graph.source.text);
      await writeFileWhole(path('history'), formatHistory(state.history, columns));
    },
    saveLast: async (state, times) => {
      await saveCheckpoints(state, ['last']);
      await writeRecord('running', state, times);
    },
    saveEpoch: async (state, times, isBest) => {
      const every = plan.checkpoint.saveBestOnly ? [] : [`epoch-${state.epoch}`];
      await saveCheckpoints(state, [...every, ...(isBest ? ['best'] : []), 'last']);
      await writeFileWhole(path('history'), formatHistory(state.history, columns));
      await writeRecord('running', state, times);
      if (performance.now() - drawnAt > drawEveryMilliseconds) await drawCurves(state);
    },
    end: async (status, state, times) => {
      const curves = state.history.length === 0 ? [] : await drawCurves(state);
      await writeRecord(status, state, times);
      return [path('history'), ...curves];
    },
    fail: async (error) => {
      if (recorded !== undefined) await writeRecord('failed', recorded.state, recorded.times, error.message);
    },
  };
}

/** A step may give a good loss and ruin the weights: these must not take the place of a good checkpoint. */
function assertFinite(weights: readonly Weight[], state: TrainerState, plan: TrainingPlan): void {
  const ruined = weights.find(({ values }) => !values.every(Number.isFinite));
  if (ruined === undefined) return;
  const when = state.step > 0 ? `step ${state.step} of epoch ${state.epoch + 1}` : `epoch ${state.epoch}`;
  throw notFinite(`the weight ${ruined.name} has values that are no numbers after ${when}`, plan);
}

function subtitle(dataset: Dataset, parameters: number): string {
  const data = dataset.synthetic ? `${dataset.name} (made-up data)` : dataset.name;
  return `${data} ${formatShape(dataset.shape)}, ${parameters.toLocaleString('en-US')} parameters`;
}
