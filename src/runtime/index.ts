/**
 * Train, evaluate and use models. Importing this loads no tfjs: that happens where something computes.
 *
 *     import { compileSpec } from 'speccc/compiler';
 *     import { train, evaluateRun } from 'speccc/runtime';
 *
 *     const graph = compileSpec(text, 'my.yaml');
 *     const { folder } = await train({ graph, onEvent: console.log });
 *     const { values } = await evaluateRun(folder);
 */
export {
  type Backend,
  type BackendAttempt,
  type BackendName,
  type BackendProbe,
  backendNames,
  openBackend,
  probeBackends,
  type Tf,
} from './backend.js';
export { buildModel, compileModel } from './build-model.js';
export { type Checkpoint, readCheckpoint } from './checkpoint.js';
export {
  type DataProgress,
  type Dataset,
  type Examples,
  fetchCifar10,
  type LoadDatasetOptions,
  loadDataset,
} from './datasets/index.js';
export { drawGraphPng } from './draw-graph.js';
export type {
  Batch,
  EngineFactory,
  Evaluation,
  OptimizerSlot,
  OptimizerState,
  StepValues,
  TrainingEngine,
  Weight,
} from './engine.js';
export {
  type Classification,
  type ClassResult,
  type EvaluateOptions,
  type EvaluationResult,
  evaluateRun,
} from './evaluate.js';
export { type ExportedWeights, type ExportFormat, exportFormats, exportWeights } from './export-weights.js';
export { type Best, formatHistory, type HistoryRow, parseHistory } from './history.js';
export { importWeights } from './import-weights.js';
export {
  type EngineChoice,
  type EngineName,
  engineNames,
  type OpenedEngine,
  openEngine,
} from './open-engine.js';
export { loadLayers } from './own-layers.js';
export { type CurveChartOptions, type Curves, drawCurves } from './plots.js';
export {
  type ClassOutput,
  type PredictInput,
  type Prediction,
  type PredictOptions,
  type PredictResult,
  predictRun,
} from './predict.js';
export { readImage } from './read-image.js';
export { readSavedModel, type SavedModelFile } from './read-saved-model.js';
export { type OpenRunOptions, openRun, type Run, type RunRecord } from './run-folder.js';
export { checkpointHandler, openRunModel, type RunModel, type RunModelOptions } from './run-model.js';
export { openTfjsEngine } from './tfjs-engine.js';
export { train } from './trainer.js';
export type {
  CheckpointEvent,
  EndEvent,
  EpochEvent,
  NoticeEvent,
  ResumedFrom,
  StartEvent,
  StepEvent,
  TrainEvent,
  TrainOptions,
  TrainResult,
} from './training/events.js';
export type { Leg, TrainerState } from './training/trainer-state.js';
