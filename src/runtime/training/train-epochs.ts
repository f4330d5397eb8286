/**
 * The loop: steps, epochs, validation. What it computes is a function of the state it starts from, the plan,
 * the data and the engine; clocks decide only when something is saved or told.
 */
import { setImmediate } from 'node:timers/promises';
import type { TrainingPlan } from '../../compiler/model-graph.js';
import type { Dataset } from '../datasets/dataset.js';
import type { TrainingEngine } from '../engine.js';
import { betterOf, historyRow, valueNames } from '../history.js';
import { addToMeans, batchFiller, meanValues } from './batches.js';
import type { TrainEvent } from './events.js';
import { notFinite } from './not-finite.js';
import { epochOrder, stepSeed } from './random.js';
import type { RunTimes, RunWriter } from './run-writer.js';
import { stopwatch } from './stopwatch.js';
import { noMeans, type TrainerState } from './trainer-state.js';

export interface EpochsTask {
  readonly engine: TrainingEngine;
  readonly plan: TrainingPlan;
  readonly dataset: Dataset;
  readonly seed: number;
  readonly writer: RunWriter;
  readonly saveEverySeconds: number;
  readonly signal: AbortSignal | undefined;
  readonly emit: (event: TrainEvent) => void;
  /** Throws where the run folder is no longer ours. */
  readonly checkLock: () => void;
  /** Of earlier commands, continued. */
  readonly times: RunTimes;
}

export interface EpochsResult {
  readonly status: 'finished' | 'interrupted';
  readonly state: TrainerState;
  readonly times: RunTimes;
}

/** Keeps signals, timers and drawing alive between synchronous steps. */
const yieldEveryMilliseconds = 50;

/** Trains the leg of `state` to its end, or until the signal. */
export async function trainEpochs(task: EpochsTask, state: TrainerState): Promise<EpochsResult> {
  const { engine, plan, dataset, seed, writer, signal, emit } = task;
  const names = valueNames(plan);
  const stepsPerEpoch = Math.ceil(dataset.train.count / plan.batchSize);
  const fill = batchFiller(dataset.train, dataset.shape, dataset.scale, plan.batchSize);
  const lastEpoch = state.leg.start + state.leg.epochs;
  const watch = stopwatch(task.times);
  let savedAt = performance.now();
  let yieldedAt = savedAt;
  let current: TrainerState = { ...state, means: { ...state.means, sums: [...state.means.sums] } };

  const interrupted = async (): Promise<EpochsResult> => {
    await writer.saveLast(current, watch.times());
    return { status: 'interrupted', state: current, times: watch.times() };
  };

  while (current.epoch < lastEpoch) {
    const epoch = current.epoch + 1;
    const order = epochOrder(dataset.train.count, seed, epoch);
    for (let step = current.step; step < stepsPerEpoch; step += 1) {
      if (signal?.aborted) return interrupted();
      watch.start();
      const from = step * plan.batchSize;
      const batch = fill(from, Math.min(from + plan.batchSize, dataset.train.count), order);
      const values = await engine.trainStep(batch, stepSeed(seed, epoch, step));
      if (!Number.isFinite(values[0]))
        throw notFinite(`the loss is ${values[0]} at step ${step + 1} of epoch ${epoch}`, plan);
      addToMeans(current.means, values, batch.count);
      current = { ...current, step: step + 1 };
      watch.step();
      const means = meanValues(current.means);
      emit({
        type: 'step',
        epoch,
        step: step + 1,
        stepsPerEpoch,
        values: Object.fromEntries(names.map((name, i) => [name, means[i]!])),
        stepsPerSecond: watch.stepsPerSecond(),
      });
      const now = performance.now();
      if (now - savedAt > task.saveEverySeconds * 1000 && step + 1 < stepsPerEpoch) {
        task.checkLock();
        await writer.saveLast(current, watch.times());
        savedAt = performance.now();
      }
      if (now - yieldedAt > yieldEveryMilliseconds) {
        await setImmediate();
        yieldedAt = performance.now();
      }
    }

    if (signal?.aborted) return interrupted();
    watch.start();
    const due = epoch % plan.validationFrequency === 0 || epoch === lastEpoch;
    const validation = due && dataset.validation.count > 0 ? await validate(task, signal) : undefined;
    if (validation === 'aborted') return interrupted();
    if (validation !== undefined && !Number.isFinite(validation[0])) {
      throw notFinite(`the validation loss is ${validation[0]} after epoch ${epoch}`, plan);
    }
    watch.stop();
    const row = historyRow(epoch, plan, meanValues(current.means), validation);
    const best = betterOf(current.best ?? undefined, row, plan.checkpoint) ?? null;
    const isBest = best?.epoch === epoch;
    const history = [...current.history, row];
    const seconds = watch.endEpoch();
    current = { ...current, epoch, step: 0, means: noMeans(), history, best };
    task.checkLock();
    await writer.saveEpoch(current, watch.times(), isBest);
    savedAt = performance.now();
    const stepsPerSecond = watch.stepsPerSecond();
    emit({ type: 'epoch', epoch, lastEpoch, values: row, seconds, stepsPerSecond, best: isBest });
    await setImmediate();
  }
  return { status: 'finished', state: current, times: watch.times() };
}

/** Loss and metrics over the validation examples. */
async function validate(
  { engine, dataset, plan }: EpochsTask,
  signal: AbortSignal | undefined,
): Promise<readonly number[] | 'aborted'> {
  const { validation, shape, scale } = dataset;
  const fill = batchFiller(validation, shape, scale, plan.batchSize);
  const means = noMeans();
  let yieldedAt = performance.now();
  for (let from = 0; from < validation.count; from += plan.batchSize) {
    if (signal?.aborted) return 'aborted';
    const batch = fill(from, Math.min(from + plan.batchSize, validation.count));
    addToMeans(means, (await engine.evaluateBatch(batch)).values, batch.count);
    if (performance.now() - yieldedAt > yieldEveryMilliseconds) {
      await setImmediate();
      yieldedAt = performance.now();
    }
  }
  return meanValues(means);
}
