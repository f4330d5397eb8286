/**
 * What the trainer needs from whatever computes. tfjs is one engine; compiled programs are others. The
 * trainer, checkpoints and all outputs know an engine by this interface only.
 */
import type { ModelGraph } from '../compiler/model-graph.js';
import type { Shape } from '../layers/index.js';

/** Examples on their way into an engine. The arrays are reused for the next batch: an engine copies. */
export interface Batch {
  readonly count: number;
  /** `count` examples of the model's input shape, one after the other: as they are, or bytes to be scaled. */
  readonly inputs: Float32Array | Uint8Array;
  /** What bytes are multiplied with; 1 where it is left out. */
  readonly scale?: number;
  /** `count` class indices. An engine turns them into what its loss takes. */
  readonly labels: Int32Array;
}

/** A weight of the model, by its name in checkpoints: `c1/kernel`. */
export interface Weight {
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
  readonly values: Float32Array;
}

/** One number or array that an optimizer keeps between steps. */
export interface OptimizerSlot {
  /** `c1/kernel/m` for a weight's, `accBeta1` for the optimizer's own. */
  readonly name: string;
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** Everything an optimizer keeps between steps, exactly as it is: no slot is recomputed on the way back. */
export interface OptimizerState {
  /** tfjs's class name: `Adam`. */
  readonly type: string;
  readonly iterations: number;
  readonly slots: readonly OptimizerSlot[];
}

/**
 * The mean loss over a batch, with the penalties of regularizers, then the spec's metrics in their order.
 * Each is the mean over the batch.
 */
export type StepValues = readonly number[];

export interface TrainingEngine {
  /** As `run.json` names it: `tfjs`. */
  readonly name: string;
  /** What it computes on, for people: `wasm, SIMD, 1 thread`. */
  readonly description: string;
  /** The backend's name: `wasm`. */
  readonly backend: string;
  /** Versions worth recording beside speccc's own: `{ tfjs: '4.22.0' }`. */
  readonly versions: Readonly<Record<string, string>>;

  /**
   * One step of the optimizer. Random layers draw from a stream that is made from `seed` alone, so a step is
   * a function of weights, optimizer state, batch and seed. Returns the values before the update.
   */
  trainStep(batch: Batch, seed: number): StepValues | Promise<StepValues>;

  /** The same values in inference mode, and the model's outputs (`count` × output size), valid until the next call. */
  evaluateBatch(batch: Batch): Evaluation | Promise<Evaluation>;

  /** The model's outputs alone; the labels are not looked at. */
  predictBatch(batch: Batch): Float32Array | Promise<Float32Array>;

  /** Names and shapes of `getWeights`, which costs less than the weights. */
  describeWeights(): readonly Omit<Weight, 'values'>[];
  /** In tfjs's order: those that are trained come first. */
  getWeights(): readonly Weight[] | Promise<readonly Weight[]>;
  /** Takes weights with the names and shapes of `getWeights`, in any order. */
  setWeights(weights: readonly Pick<Weight, 'name' | 'values'>[]): void | Promise<void>;

  getOptimizerState(): OptimizerState | Promise<OptimizerState>;
  /** Takes what `getOptimizerState` of the same optimizer over the same weights returned. */
  setOptimizerState(state: OptimizerState): void | Promise<void>;

  /** The model's topology as tfjs's `model.json` holds it, equal for equal graphs. */
  modelTopology(): unknown | Promise<unknown>;

  dispose(): void;
}

export interface Evaluation {
  readonly values: StepValues;
  readonly outputs: Float32Array;
}

/** Makes an engine with the graph's fresh weights, drawn from its seeds. */
export type EngineFactory = (graph: ModelGraph) => Promise<TrainingEngine>;
