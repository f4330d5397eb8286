/** What is known of a layer kind, in the form that schema, reference, resolver, targets and tests read. */
import type { Value } from '../program/index.js';
import type { Call, LayerClass } from './call.js';
import type { ForwardContext } from './forward.js';
import type { MaskReading, MaskRole } from './masks.js';
import type { NamedChoice } from './named-choice.js';
import type { NestedLayer } from './nested-layer.js';
import type { Problem } from './problem.js';
import type { Shape } from './shape.js';
import type { TObject } from './type.js';

/** A weight tensor of a layer, in tfjs's order and with tfjs's name (`kernel`, `bias`, `moving_mean`). */
export interface WeightSpec {
  /** Without the layer's own name; with those of layers inside it, where it has some. */
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
  /** Its penalty, which is added to the loss whether the weight is trained or not. */
  readonly regularizer?: NamedChoice;
  /** Its bound, which holds after every step that trains it. */
  readonly constraint?: NamedChoice;
}

export interface LowerContext {
  /** The layer's name in the model, given or generated. */
  readonly name: string;
  /** One shape, or several for a layer that joins. */
  readonly inputShapes: readonly Shape[];
  /**
   * A non-zero 31-bit seed for one random thing of this layer, derived from the spec's seed, the layer's
   * name and `role`, so that equal layers do not get equal weights (tfjs gives equal seeds equal weights).
   * Roles are the names of initializer options, with those of the options that lead to them in a nested layer:
   * `kernelInitializer`, `layer.kernelInitializer`, `cell.cells.0.kernelInitializer`.
   */
  seed(role: string): number;
}

/** As it is written in a spec, without `name` and `type`. */
export type LayerOptions = Readonly<Record<string, unknown>>;

export interface LayerExample<Options = LayerOptions> {
  /** What this example shows, where the options do not say it: "channels first". */
  readonly title?: string;
  /** The shapes that it is shown on: one, or several for a layer that joins. */
  readonly inputs: readonly Shape[];
  readonly options: Options;
  /** The layer that has to stand before this one; where left out, it can be the first of a model. */
  readonly before?: NestedLayer;
}

/** `Input` is a shape, or a list of shapes for layers that join. */
export interface Definition<Input> {
  /**
   * `layer`: a step of a model. `cell`: one step of a recurrent layer, which stands only where an option asks for a
   * cell; its input is that of one step, and its output the value that it gives to the outside at each step.
   */
  readonly role: 'layer' | 'cell';
  /** tfjs's own name of it: the function in `tf.layers`. Any other name for a class of the user's own. */
  readonly type: string;
  /** The name of its class in saved models, as Keras and tfjs write it: `Conv2D`. */
  readonly className: string;
  /** One sentence for the reference, the editor's hover text and the help. */
  readonly summary: string;
  /**
   * Its options without `name` and `type`, those that all layers have last; every property has a description,
   * and a default where tfjs has one. Options that hold a layer or a cell are `$ref`s: see `nestedLayer`.
   */
  readonly options: TObject;
  /** The output's shape, or why there is none. Must agree with tfjs for every input. */
  outputShape(options: LayerOptions, input: Input): Shape | Problem;
  /**
   * The layer's weights, in the order of tfjs's `layer.weights`: trainable first. Only for an input that
   * `outputShape` accepts. None where left out.
   */
  weights?(options: LayerOptions, input: Input): readonly WeightSpec[];
  /** Multiply-adds of the forward pass for one example; zero where left out (elementwise work is not counted). */
  multiplyAdds?(options: LayerOptions, input: Input, output: Shape): number;
  /**
   * Why tfjs can compute this layer but has no gradient for it, so that training must be refused before it
   * starts while compiling for inference goes on. Nothing where training works, or where left out.
   */
  trainingProblem?(options: LayerOptions, input: Input): Problem | undefined;
  /**
   * Why tfjs has no gradient with respect to the input, so that nothing that is trained may stand before it.
   * Nothing where it has one, or where left out.
   */
  inputGradientProblem?(options: LayerOptions, input: Input): Problem | undefined;
  /** What works, but not as people expect: weights that take long to start. */
  warning?(options: LayerOptions, input: Input): Problem | undefined;
  /**
   * True where tfjs's class writes its output's shape into the recorded shape of its input, so that it can only
   * stand after a `reshape` that nothing else takes.
   */
  readonly spoilsInputShape?: true;
  /** What becomes of the mask of a sequence; `ends` where left out. */
  mask?(options: LayerOptions): MaskRole;
  /** How it uses the mask of its input; not at all where left out. */
  readsMask?(options: LayerOptions, input: Input): MaskReading;
  /**
   * Where the inputs must be whole numbers, such as the indices of an embedding: from 0 to below this. Undefined
   * for any numbers, or where left out.
   */
  integersBelow?(options: LayerOptions): number | undefined;
  /** The class that makes it, where that is not tfjs's own. */
  readonly implementation?: LayerClass;
  /** The call that makes the layer: name, options in the schema's order, lowered initializers and seeds. */
  lower(options: LayerOptions, context: LowerContext): Call;
  /**
   * The output in primitives of the tensor program, as tfjs computes it: what the compiled engine runs and trains.
   * Where left out, the kind needs tfjs.
   */
  forward?(options: LayerOptions, input: ForwardInput<Input>, context: ForwardContext): Value;
  /** Why `forward` does not cover these options; nothing where it does, or where left out. */
  forwardProblem?(options: LayerOptions, input: Input): Problem | undefined;
  readonly examples: readonly LayerExample[];
}

/** A value where `Input` is a shape, a list of them where it is a list of shapes. */
export type ForwardInput<Input> = Input extends Shape ? Value : readonly Value[];

/** A kind that takes one input; all but those that join several. */
export interface SingleDefinition extends Definition<Shape> {
  readonly inputs: 'one';
}

/** A kind that joins at least two inputs: `add`, `concatenate`, `dot`. */
export interface MergeDefinition extends Definition<readonly Shape[]> {
  readonly role: 'layer';
  readonly inputs: 'many';
}

/**
 * A layer kind: everything that speccc knows about it. Whoever has the shapes of a layer's inputs as a list does
 * not need to tell the two forms apart: `outputShapeOf` and its peers take both.
 */
export type LayerDefinition = SingleDefinition | MergeDefinition;
