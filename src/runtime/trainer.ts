/**
 * Trains a model graph in a run folder. The same call again goes on where the last one stopped: a run is a
 * function of the graph, the data, the seed and the backend, however often it was stopped on the way.
 */
import { join } from 'node:path';
import { SpecccError, SpecError } from '../diagnostics/index.js';
import { sizeOf } from '../layers/index.js';
import { version } from '../version.js';
import { backendNotices } from './backend.js';
import { checkWeightsFit, digestOfWeights } from './checkpoint.js';
import type { TrainingEngine, Weight } from './engine.js';
import { readInitialWeights } from './initial-weights.js';
import { openEngine } from './open-engine.js';
import { ownLayersOf } from './own-layers.js';
import { checkpointFolder, type RunRecord, runRecordVersion } from './run-folder.js';
import { checkData, trainingPlan } from './training/check-data.js';
import type { StartEvent, TrainEvent, TrainOptions, TrainResult } from './training/events.js';
import {
  type ExistingRun,
  holdsRun,
  moveAside,
  moveLastAside,
  readExistingRun,
} from './training/existing-run.js';
import { wholeNumber } from './training/load-data.js';
import { adoptPlan, planLeg } from './training/resume.js';
import { lockRun, type RunLock } from './training/run-lock.js';
import { type FixedRecord, type RunTimes, runWriter } from './training/run-writer.js';
import { type SettledPlan, settlePlan } from './training/settle-plan.js';
import { type EpochsResult, trainEpochs } from './training/train-epochs.js';
import { freshState, type TrainerState } from './training/trainer-state.js';

/**
 * Trains, and tells of it through `onEvent`. Nothing of an existing run is lost: where training cannot go on
 * with it, this throws before anything is written. Aborted before the first step, it rejects with the
 * signal's reason; later it saves and returns with status `interrupted`.
 *
 * @throws SpecError where tfjs cannot train a layer of the graph
 * @throws SpecccError 'no-training', 'run-not-found' (the folder holds something else), 'run-locked',
 *   'run-changed', 'checkpoint-damaged', 'checkpoint-not-found', 'checkpoint-of-another-model',
 *   'initial-weights-not-used', 'data-does-not-fit', 'monitor-without-value', 'wrong-train-option',
 *   'loss-not-finite', 'thread-lost', 'disk-write-failed', and those of the data set and the backend
 */
export async function train(options: TrainOptions): Promise<TrainResult> {
  checkOptions(options);
  const folder = options.folder ?? join('runs', options.graph.name);
  const isRun = await holdsRun(folder);
  if (!isRun && options.resumeFrom !== undefined) {
    throw new SpecccError('checkpoint-not-found', `there is no run in ${folder} to go on with`);
  }
  const lock = await lockRun(folder);
  try {
    return await trainLocked(options, folder, isRun, lock);
  } finally {
    await lock.release();
  }
}

function checkOptions({ graph, untilEpoch, fresh, resumeFrom }: TrainOptions): void {
  trainingPlan(graph);
  if (graph.trainingFaults.length > 0) {
    // Warnings where a model is only to be built, and in the way here.
    const faults = graph.trainingFaults.map((fault) => ({ ...fault, severity: 'error' as const }));
    throw new SpecError(faults, graph.source.files);
  }
  wholeNumber('untilEpoch', untilEpoch);
  if (fresh && resumeFrom !== undefined) {
    throw new SpecccError('wrong-train-option', 'fresh begins anew, so that there is nothing to resume from');
  }
}

async function trainLocked(
  options: TrainOptions,
  folder: string,
  isRun: boolean,
  lock: RunLock,
): Promise<TrainResult> {
  const existing = isRun && !options.fresh ? await readExistingRun(folder, options.resumeFrom) : undefined;
  const settled = await settlePlan(options, folder, existing?.saved?.state.plan);
  checkData(settled.graph, settled.dataset);
  const initial = await initialWeightsFor(options, folder, existing);
  const { engine, reason } = await openEngine(settled.graph, options);
  try {
    const start = await startingPoint(options, folder, engine, settled, existing, initial);
    options.signal?.throwIfAborted();
    const movedOld = isRun && options.fresh ? await moveAside(folder) : null;
    return await trainFrom({ options, folder, lock, engine, reason, settled, existing, movedOld, start });
  } finally {
    engine.dispose();
  }
}

type InitialWeights = readonly Omit<Weight, 'trainable'>[];

/** Undefined where there are none, or where the run has begun with these very weights already. */
async function initialWeightsFor(
  { initialWeights: path }: TrainOptions,
  folder: string,
  existing: ExistingRun | undefined,
): Promise<InitialWeights | undefined> {
  if (path === undefined) return undefined;
  const weights = await readInitialWeights(path);
  if (existing?.saved === undefined) return weights;
  if (existing.saved.state.initialWeights === digestOfWeights(weights)) return undefined;
  throw new SpecccError(
    'initial-weights-not-used',
    `the run in ${folder} has begun already, with other weights than those of ${path}`,
    { hints: ['choose another folder with --out', '--fresh begins anew and moves this run aside'] },
  );
}

interface StartingPoint {
  readonly state: TrainerState;
  readonly notices: readonly string[];
}

/** Puts weights and optimizer into the engine, and says where the run stands. */
async function startingPoint(
  options: TrainOptions,
  folder: string,
  engine: TrainingEngine,
  { graph, plan, changes }: SettledPlan,
  existing: ExistingRun | undefined,
  initial: InitialWeights | undefined,
): Promise<StartingPoint> {
  const { epochs } = trainingPlan(options.graph);
  const weights = engine.describeWeights();
  if (initial !== undefined) {
    checkWeightsFit(initial, weights, options.initialWeights!, graph.name);
    await engine.setWeights(initial);
  }
  const saved = existing?.saved;
  if (existing === undefined || saved === undefined) {
    const state = freshState(plan, epochs, initial === undefined ? null : digestOfWeights(initial));
    const leg = planLeg(state, undefined, epochs, options.untilEpoch);
    const began =
      existing === undefined ? [] : ['the run in the folder had no checkpoint yet: it begins anew'];
    return { state: { ...state, leg }, notices: began };
  }

  checkWeightsFit(saved.weights, weights, checkpointFolder(folder, existing.checkpoint), graph.name);
  await engine.setWeights(saved.weights);
  const adopted =
    changes.length === 0 ? { state: saved.state, notices: [] } : adoptPlan(saved.state, plan, changes, graph);
  const notices = [...adopted.notices];
  const { type } = await engine.getOptimizerState();
  if (type === saved.optimizer.type) await engine.setOptimizerState(saved.optimizer);
  else notices.push(`the optimizer ${type} starts afresh, since the run had ${saved.optimizer.type} before`);
  const before = existing.record;
  if (before !== undefined && before.backend !== engine.backend) {
    const differ = before.engine === engine.name ? 'rounding' : 'rounding, and in what random layers draw';
    notices.push(
      `the run was trained on ${before.backend} before: on ${engine.backend} results differ in ${differ}`,
    );
  }
  const leg = planLeg(adopted.state, existing.record, epochs, options.untilEpoch);
  return { state: { ...adopted.state, leg }, notices };
}

interface Session {
  readonly options: TrainOptions;
  readonly folder: string;
  readonly lock: RunLock;
  readonly engine: TrainingEngine;
  /** Why it was chosen, where nobody asked for it. */
  readonly reason: string | undefined;
  readonly settled: SettledPlan;
  readonly existing: ExistingRun | undefined;
  readonly movedOld: string | null;
  readonly start: StartingPoint;
}

async function trainFrom(session: Session): Promise<TrainResult> {
  const { options, folder, lock, engine, reason, settled, existing, movedOld, start } = session;
  const { graph, dataset, changes } = settled;
  const { state } = start;
  const plan = trainingPlan(graph);
  const emit = (event: TrainEvent) => options.onEvent?.(event);
  const startedAt = performance.now();
  const fixed = fixedRecord(session);
  const writer = runWriter(folder, graph, dataset, engine, fixed, emit);
  const times = timesOf(existing?.record, state);
  const lastEpoch = state.leg.start + state.leg.epochs;

  emit({
    type: 'start',
    name: graph.name,
    parameters: fixed.parameters,
    seed: graph.seed,
    dataset: startData(fixed.data),
    engine: engine.name,
    backend: engine.backend,
    backendDescription: engine.description,
    engineReason: reason ?? null,
    folder,
    resumed:
      existing?.saved === undefined
        ? null
        : { checkpoint: existing.checkpoint, epochs: state.epoch, steps: state.step },
    movedOld,
    firstEpoch: state.epoch + 1,
    lastEpoch,
    stepsPerEpoch: Math.ceil(dataset.train.count / plan.batchSize),
  });
  const moved = options.resumeFrom === 'best' ? await moveLastAside(folder) : undefined;
  if (moved !== undefined) emit({ type: 'notice', message: `the last checkpoint was moved to ${moved}` });
  const limits = backendNotices(
    engine.backend,
    graph.nodes.map(({ type }) => type),
  );
  for (const message of [...limits, ...start.notices]) {
    emit({ type: 'notice', message });
  }

  let result: EpochsResult;
  try {
    // A run that goes on with changed values says so in its checkpoint before its other files do.
    if (changes.length > 0 || moved !== undefined) await writer.saveLast(state, times);
    await writer.begin(state, times);
    result = await trainEpochs(
      {
        engine,
        plan,
        dataset,
        seed: graph.seed,
        writer,
        saveEverySeconds: options.saveEverySeconds ?? 60,
        signal: options.signal,
        emit,
        checkLock: () => assertHeld(lock, folder),
        times,
      },
      state,
    );
  } catch (error) {
    await writer.fail(error as Error).catch(() => {});
    throw error;
  }
  const files = await writer.end(result.status, result.state, result.times);
  const { status, state: reached } = result;
  emit({
    type: 'end',
    status,
    folder,
    epochs: reached.epoch,
    steps: reached.step,
    monitor: plan.checkpoint.monitor,
    best: reached.best,
    seconds: (performance.now() - startedAt) / 1000,
    files,
  });
  return {
    status,
    folder,
    history: reached.history,
    best: reached.best,
    bestCheckpoint: reached.best === null ? null : checkpointFolder(folder, 'best'),
    lastCheckpoint: checkpointFolder(folder, 'last'),
  };
}

function fixedRecord({ options, folder, engine, settled, start }: Session): FixedRecord {
  const { graph, dataset } = settled;
  const layers = ownLayersOf(graph, options.layers, folder);
  return {
    format: 'speccc run',
    version: runRecordVersion,
    name: graph.name,
    command: options.command ?? process.argv.join(' '),
    startedAt: new Date().toISOString(),
    versions: { speccc: version, node: process.versions.node, ...engine.versions },
    platform: `${process.platform} ${process.arch}`,
    engine: engine.name,
    backend: engine.backend,
    backendDescription: engine.description,
    seed: graph.seed,
    spec: { file: graph.source.file, digest: graph.source.digest },
    data: {
      name: dataset.name,
      origin: dataset.origin,
      synthetic: dataset.synthetic,
      train: dataset.train.count,
      validation: dataset.validation.count,
      classNames: dataset.classNames,
      scale: dataset.scale,
    },
    parameters: engine.describeWeights().reduce((sum, { shape }) => sum + sizeOf(shape), 0),
    ...(layers && { layers }),
    leg: start.state.leg,
    monitor: trainingPlan(graph).checkpoint.monitor,
  };
}

function startData({ name, origin, synthetic, train, validation }: RunRecord['data']): StartEvent['dataset'] {
  return { name, origin, synthetic, train, validation };
}

/** Of the epochs that the run has: a record may be of a later or an earlier moment than the checkpoint. */
function timesOf(record: RunRecord | undefined, state: TrainerState): RunTimes {
  return {
    epochSeconds: Array.from({ length: state.epoch }, (_, epoch) => record?.epochSeconds[epoch] ?? null),
    partialSeconds: state.step > 0 && record?.epochs === state.epoch ? record.partialSeconds : 0,
    stepsPerSecond: record?.stepsPerSecond ?? null,
  };
}

function assertHeld(lock: RunLock, folder: string): void {
  if (lock.held()) return;
  throw new SpecccError('run-locked', `another process has begun to train in ${folder}`, {
    hints: ['run the command again when that one has finished'],
  });
}
