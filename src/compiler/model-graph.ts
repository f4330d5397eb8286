/**
 * The one intermediate form. `resolveGraph` makes it from a validated spec; every target reads it and
 * nothing else, so it holds all that a target needs: names, shapes, seeds (inside the calls), costs.
 */
import type { Diagnostic, Range } from '../diagnostics/index.js';
import type { Call, LayerDefinition, Shape, WeightSpec } from '../layers/index.js';
import type { BlockScope, ScopeStep } from '../spec/expand/expanded-spec.js';

export type { ParamValue } from '../spec/expand/expression.js';
export type { BlockScope, ScopeStep };

export interface ModelGraph {
  readonly name: string;
  readonly description?: string;
  readonly seed: number;
  /** Where the spec came from and what it was: for headers, run folders and checkpoints. */
  readonly source: {
    /** As the user named it. */
    readonly file: string;
    /** SHA-256 of the text, in hex. */
    readonly digest: string;
    /**
     * A spec of this very model that needs no other file: as it was read, or as it is written out in full where it
     * extends or includes others.
     */
    readonly text: string;
    /** The texts of all its files as they were read, by the names that diagnostics have for them. */
    readonly files: ReadonlyMap<string, string>;
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
  readonly definition: LayerDefinition;
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
  /** Where the layer is written, which other nodes may share, and in which file of the spec. */
  readonly range: Range;
  readonly file: string;
  /** The uses of blocks, the branches and the turns that it is a part of, outermost first: none in a plain spec. */
  readonly scope: readonly ScopeStep[];
}

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
