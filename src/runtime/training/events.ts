/** What `train` takes, tells and returns. Events and results are plain data: `--json` prints them as they are. */
import type { ModelGraph } from '../../compiler/model-graph.js';
import type { LayerRegistry } from '../../layers/index.js';
import type { BackendName } from '../backend.js';
import type { Dataset } from '../datasets/dataset.js';
import type { DataProgress } from '../datasets/progress.js';
import type { EngineFactory } from '../engine.js';
import type { Best, HistoryRow } from '../history.js';
import type { EngineName } from '../open-engine.js';

export interface TrainOptions {
  readonly graph: ModelGraph;
  /** The kinds of layers that the graph was made with; the built-in ones where left out. */
  readonly layers?: LayerRegistry;
  /** The run folder; `runs/NAME` where it is left out. An existing run in it is continued. */
  readonly folder?: string;
  /** Your own data; what the spec names is loaded where it is left out. */
  readonly dataset?: Dataset;
  /** Where the spec's data set lies, for `loadDataset`. */
  readonly dataFolder?: string;
  readonly cacheFolder?: string;
  /** Called while a data set is fetched, as `loadDataset` calls it. */
  readonly onDataProgress?: (progress: DataProgress) => void;
  /** What computes; `auto` where it is left out, see `openEngine`. */
  readonly engine?: EngineFactory | EngineName | undefined;
  /** Of tfjs; `auto` where it is left out: the fastest one that works here. */
  readonly backend?: BackendName | 'auto' | undefined;
  /** Of the compiled engine: as many as the machine has where it is left out. Results do not depend on it. */
  readonly threads?: number | undefined;
  /** The compiled engine may fuse multiplications and additions: faster, and in other bits on other machines. */
  readonly relaxed?: boolean | undefined;
  /** Only the first so many training or validation examples. */
  readonly limitTrain?: number;
  readonly limitValidation?: number;
  /** Starts over; an existing run is moved aside, not deleted. */
  readonly fresh?: boolean;
  /**
   * A run folder, a checkpoint folder, a `model.json` or a `.safetensors` file whose weights a new run starts from.
   * Optimizer and epoch count start anew.
   */
  readonly initialWeights?: string;
  /**
   * What a resume does where the graph, data or limits differ from the run's: `keep-run` goes on with the
   * run's own spec, `use-spec` goes on with the new one. Left out, a difference is refused.
   */
  readonly onChange?: 'keep-run' | 'use-spec';
  /** The checkpoint that a resume goes on from; `last` where it is left out. */
  readonly resumeFrom?: 'last' | 'best';
  /**
   * Train until the run has this many epochs in all. Left out, an unfinished run goes on to its planned
   * number and a finished run trains `graph.training.epochs` more.
   */
  readonly untilEpoch?: number;
  /** How often `checkpoints/last` is saved within an epoch; 60 where it is left out. */
  readonly saveEverySeconds?: number;
  /** Recorded in run.json; the process's own command line where it is left out. */
  readonly command?: string;
  /** Finishes the step, saves, and returns with status `interrupted`. */
  readonly signal?: AbortSignal;
  readonly onEvent?: (event: TrainEvent) => void;
}

export type TrainEvent = StartEvent | StepEvent | EpochEvent | CheckpointEvent | NoticeEvent | EndEvent;

export interface StartEvent {
  readonly type: 'start';
  readonly name: string;
  readonly parameters: number;
  readonly seed: number;
  readonly dataset: {
    readonly name: string;
    readonly origin: string;
    readonly synthetic: boolean;
    /** After the limits. */
    readonly train: number;
    readonly validation: number;
  };
  /** `compiled` or `tfjs`, and what it runs on. */
  readonly engine: string;
  readonly backend: string;
  readonly backendDescription: string;
  /** Why this engine was chosen; null where it was asked for. */
  readonly engineReason: string | null;
  readonly folder: string;
  readonly resumed: ResumedFrom | null;
  /** Where `fresh` moved the old run to. */
  readonly movedOld: string | null;
  /** The first epoch to train (from 1) and the last. */
  readonly firstEpoch: number;
  readonly lastEpoch: number;
  readonly stepsPerEpoch: number;
}

export interface ResumedFrom {
  readonly checkpoint: 'last' | 'best';
  /** Whole epochs that the run has. */
  readonly epochs: number;
  /** Steps of the next epoch that it has, 0 at an epoch's end. */
  readonly steps: number;
}

/** After every step; cheap to make, so that whoever draws it decides how often. */
export interface StepEvent {
  readonly type: 'step';
  readonly epoch: number;
  /** Steps of this epoch that are done, from 1. */
  readonly step: number;
  readonly stepsPerEpoch: number;
  /** Means over the epoch so far, `{ loss, accuracy }`. */
  readonly values: Readonly<Record<string, number>>;
  /** Over the last seconds; validation and saving not counted. */
  readonly stepsPerSecond: number;
}

export interface EpochEvent {
  readonly type: 'epoch';
  readonly epoch: number;
  readonly lastEpoch: number;
  /** The row of history.csv. */
  readonly values: HistoryRow;
  /** Of training and validation, those before a resume included. */
  readonly seconds: number;
  readonly stepsPerSecond: number;
  /** This epoch became `checkpoints/best`. */
  readonly best: boolean;
}

export interface CheckpointEvent {
  readonly type: 'checkpoint';
  /** `last`, `best` or, without `saveBestOnly`, `epoch-3`. */
  readonly checkpoint: string;
  readonly folder: string;
  readonly epoch: number;
  /** Steps of that epoch, where it was saved within one. */
  readonly step: number;
}

/** Something a person should know; a sentence without a full stop. */
export interface NoticeEvent {
  readonly type: 'notice';
  readonly message: string;
}

export interface EndEvent {
  readonly type: 'end';
  readonly status: 'finished' | 'interrupted';
  readonly folder: string;
  /** Whole epochs that the run now has. */
  readonly epochs: number;
  /** Steps of the next epoch, where it was interrupted within one. */
  readonly steps: number;
  readonly monitor: string;
  readonly best: Best | null;
  readonly seconds: number;
  /** Files for people that were written: curves.svg, … */
  readonly files: readonly string[];
}

export interface TrainResult {
  readonly status: 'finished' | 'interrupted';
  readonly folder: string;
  readonly history: readonly HistoryRow[];
  readonly best: Best | null;
  readonly bestCheckpoint: string | null;
  readonly lastCheckpoint: string;
}
