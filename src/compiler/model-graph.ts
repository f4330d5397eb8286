/**
 * The one intermediate form. `resolveGraph` makes it from a validated spec; every target reads it and
 * nothing else, so it holds all that a target needs: names, shapes, seeds (inside the calls), costs.
 */
import type { Diagnostic, Range } from '../diagnostics/index.js';
import type { Call, Shape, WeightSpec } from '../layers/index.js';

export interface ModelGraph {
  readonly name: string;
  readonly description?: string;
  readonly seed: number;
  /** Where the spec came from and what it was: for headers, run folders and checkpoints. */
  readonly source: {
    /** As the user named it. */
    readonly file: string;
    /** SHA-256 of the spec's text, in hex. */
    readonly digest: string;
    /** The spec as it was read. */
    readonly text: string;
  };
  readonly inputs: readonly GraphInput[];
  /** In an order in which every node comes after its inputs. */
  readonly nodes: readonly GraphNode[];
  /** Names of the nodes whose values the model returns. */
  readonly outputs: readonly string[];
  /**
   * Undefined where the spec has no `training` section: such a model can be summarised, emitted and built, and
   * has nothing to be compiled or trained with (`train` then says so: code `no-training`).
   */
  readonly training: TrainingPlan | undefined;
  /**
   * Why tfjs cannot train the model, though it can build it: layers without a gradient (code `not-trainable`).
   * `checkSpec` gives them as warnings where the spec has a training section; `train` must refuse while there
   * are any.
   */
  readonly trainingFaults: readonly Diagnostic[];
}

export interface GraphInput {
  readonly name: string;
  readonly shape: Shape;
}

export interface GraphNode {
  readonly name: string;
  /** The layer kind: a key of the registry. */
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
  /** Names of inputs or earlier nodes. */
  readonly inputs: readonly string[];
  readonly inputShapes: readonly Shape[];
  readonly outputShape: Shape;
  readonly weights: readonly WeightSpec[];
  /** Forward pass, one example. */
  readonly multiplyAdds: number;
  /** `tf.layers.conv2d({ name: 'c1', … })`, without `inputShape`. */
  readonly call: Call;
  /** Where the layer stands in the spec. */
  readonly range: Range;
  /** The uses of blocks, the branches and the turns that it is a part of, outermost first: none in a plain spec. */
  readonly scope: readonly ScopeStep[];
}

/** A part of a spec that became several nodes. Nodes of one part follow each other in the graph. */
export type ScopeStep = BlockScope | BranchScope | TurnScope;

interface Scope {
  /** Full: `stage2/unit1`. Unique among scopes of a graph, but for branches and turns of one step, which share it. */
  readonly name: string;
}

/** One use of a block. */
export interface BlockScope extends Scope {
  readonly kind: 'block';
  /** The definition's name. */
  readonly block: string;
  /** All of the block's params, with their values here. */
  readonly params: Readonly<Record<string, ParamValue>>;
  /** Names of the inputs or nodes whose values the block is given, in its own order. */
  readonly inputs: readonly string[];
  /** Name of the node (or input) whose value the block stands for. */
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

export type ParamValue = number | string | boolean;

/** What a training run does; all defaults are filled in. */
export interface TrainingPlan {
  readonly dataset: Readonly<{ type: string } & Record<string, unknown>>;
  /** How many classes its labels count. */
  readonly classes: number;
  /** Names of the classes where the data set has them, in the order of its labels. */
  readonly classNames: readonly string[] | undefined;
  /** `tf.train.adam(0.001)`: positional, up to the last parameter that the spec gives. */
  readonly optimizer: Call;
  readonly optimizerType: string;
  readonly loss: string;
  /** As written in the spec: `accuracy`. */
  readonly metrics: readonly string[];
  readonly batchSize: number;
  readonly epochs: number;
  /** Validate after every this many epochs, and after the last one. */
  readonly validationFrequency: number;
  readonly checkpoint: {
    /** A column of the history: `loss`, each metric as written, and each of these with `val_` before it. */
    readonly monitor: string;
    readonly mode: 'min' | 'max';
    readonly saveBestOnly: boolean;
  };
}

/** True where the graph is one chain: each node takes the value before it. */
export function isChain(graph: ModelGraph): boolean {
  const [input, ...others] = graph.inputs;
  if (input === undefined || others.length > 0 || graph.outputs.length !== 1) return false;
  let previous = input.name;
  for (const node of graph.nodes) {
    if (node.inputs.length !== 1 || node.inputs[0] !== previous) return false;
    previous = node.name;
  }
  return graph.outputs[0] === previous;
}
