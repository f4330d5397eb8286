import type { Static, TObject, TProperties } from 'typebox';
import type { DiagnosticCode } from '../diagnostics/index.js';
import type { Argument, Call } from './call.js';
import type { Shape } from './shape.js';

/** Why a layer cannot take its input: becomes a located diagnostic. */
export interface Problem {
  readonly code: DiagnosticCode;
  /** Reads after the layer's type and name: `needs at least 7x7, but gets 5x5x16`. */
  readonly message: string;
  /** The option to point at; the whole layer where it is left out. */
  readonly option?: string;
  readonly hint?: string;
}

export function isProblem(value: Shape | Problem): value is Problem {
  return 'code' in value;
}

/** A weight tensor of a layer, in tfjs's order and with tfjs's name (`kernel`, `bias`, `moving_mean`). */
export interface WeightSpec {
  readonly name: string;
  readonly shape: Shape;
  readonly trainable: boolean;
}

export interface LowerContext {
  /** The layer's name in the model, given or generated. */
  readonly name: string;
  readonly inputShape: Shape;
  /**
   * A non-zero 31-bit seed for one random thing of this layer, derived from the spec's seed, the layer's
   * name and `role`, so that equal layers do not get equal weights (tfjs gives equal seeds equal weights).
   */
  seed(role: string): number;
}

export interface LayerExample<Options> {
  /** What this example shows, where the options do not say it: "channels first". */
  readonly title?: string;
  readonly input: Shape;
  /** As written in a spec, without `name` and `type`. */
  readonly options: Options;
}

/** A layer kind: everything that speccc knows about it. */
export interface LayerDefinition<Properties extends TProperties = TProperties> {
  /** tfjs's own name of it: the function in `tf.layers`. */
  readonly type: string;
  /** One sentence for the reference, the editor's hover text and the help. */
  readonly summary: string;
  /** Its options without `name` and `type`; every property has a description, and a default where tfjs has one. */
  readonly options: TObject<Properties>;
  /** The output's shape, or why there is none. Must agree with tfjs for every input. */
  outputShape(options: Static<TObject<Properties>>, input: Shape): Shape | Problem;
  /** The layer's weights, in the order of tfjs's `layer.weights`: trainable first. None where left out. */
  weights?(options: Static<TObject<Properties>>, input: Shape): readonly WeightSpec[];
  /** Multiply-adds of the forward pass for one example; zero where left out (elementwise work is not counted). */
  multiplyAdds?(options: Static<TObject<Properties>>, input: Shape, output: Shape): number;
  /** Beyond the options themselves: lowered initializers and seeds. `name` is added by the caller. */
  lower(options: Static<TObject<Properties>>, context: LowerContext): Call;
  readonly examples: readonly LayerExample<Static<TObject<Properties>>>[];
}

/** Types a definition by its own options, then forgets them, so that a registry can hold all kinds. */
export function defineLayer<Properties extends TProperties>(
  definition: LayerDefinition<Properties>,
): LayerDefinition {
  return definition as unknown as LayerDefinition;
}

/** The usual lowering: `tf.layers.TYPE({ name, …options })`. */
export function layerCall(
  type: string,
  context: LowerContext,
  options: { readonly [key: string]: Argument | undefined },
): Call {
  return { call: `tf.layers.${type}`, args: [{ name: context.name, ...options }] };
}
