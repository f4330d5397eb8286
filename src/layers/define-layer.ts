/**
 * What a layer kind is. Each kind is written once, as a `LayerKind` in its own file; `defineLayer` adds what
 * all kinds share (common options, weight options, the lowering) and makes the
 * `LayerDefinition` that schema, reference, targets and tests read.
 */
import type { Static, TObject, TProperties } from 'typebox';
import type { Argument, Call } from './call.js';
import { type CommonOptions, commonOptions } from './common-options.js';
import { strictObject } from './options.js';
import { isProblem, type Problem } from './problem.js';
import type { Shape } from './shape.js';
import { lowerWeightOptions, type Weight, weightOptionProblem } from './weight-options.js';

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
   * Roles are the names of initializer options: `kernelInitializer`.
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
  /**
   * Its options without `name` and `type`, those that all layers have last; every property has a description,
   * and a default where tfjs has one.
   */
  readonly options: TObject<Properties>;
  /** The output's shape, or why there is none. Must agree with tfjs for every input. */
  outputShape(options: Static<TObject<Properties>>, input: Shape): Shape | Problem;
  /**
   * The layer's weights, in the order of tfjs's `layer.weights`: trainable first. Only for an input that
   * `outputShape` accepts. None where left out.
   */
  weights?(options: Static<TObject<Properties>>, input: Shape): readonly WeightSpec[];
  /** Multiply-adds of the forward pass for one example; zero where left out (elementwise work is not counted). */
  multiplyAdds?(options: Static<TObject<Properties>>, input: Shape, output: Shape): number;
  /**
   * Why tfjs can compute this layer but has no gradient for it, so that training must be refused before it
   * starts while compiling for inference goes on. Nothing where training works, or where left out.
   */
  trainingProblem?(options: Static<TObject<Properties>>, input: Shape): Problem | undefined;
  /** The call that makes the layer: name, options in the schema's order, lowered initializers and seeds. */
  lower(options: Static<TObject<Properties>>, context: LowerContext): Call;
  readonly examples: readonly LayerExample<Static<TObject<Properties>>>[];
}

/** A kind's own options together with those that every layer has. */
type Options<Properties extends TProperties> = Static<TObject<Properties>>;

/** What the author of a layer kind writes; see `LayerDefinition` for what is not explained here. */
export interface LayerKind<Properties extends TProperties> {
  readonly type: string;
  readonly summary: string;
  /** Its own options; `defineLayer` forbids all others and adds the common ones. */
  readonly options: Properties;
  outputShape(options: Options<Properties>, input: Shape): Shape | Problem;
  /** In tfjs's order. Their options (`kernelInitializer`, …) are checked and lowered by `defineLayer`. */
  weights?(options: Options<Properties>, input: Shape): readonly Weight[];
  multiplyAdds?(options: Options<Properties>, input: Shape, output: Shape): number;
  trainingProblem?(options: Options<Properties>, input: Shape): Problem | undefined;
  /** Options that tfjs wants in another form than the spec's, by name. */
  lower?(options: Options<Properties>, input: Shape): Readonly<Record<string, Argument>>;
  readonly examples: readonly LayerExample<Options<Properties> & CommonOptions>[];
}

/** Completes a kind, and forgets the types of its options, so that a registry can hold all kinds. */
export function defineLayer<Properties extends TProperties>(kind: LayerKind<Properties>): LayerDefinition {
  const definition: LayerDefinition<Properties> = {
    type: kind.type,
    summary: kind.summary,
    options: strictObject({ ...kind.options, ...commonOptions }),
    outputShape(options, input) {
      const shape = kind.outputShape(options, input);
      if (isProblem(shape)) return shape;
      const weights = kind.weights?.(options, input) ?? [];
      return (
        weightOptionProblem(kind.options, options as Readonly<Record<string, unknown>>, weights) ?? shape
      );
    },
    lower(options, context) {
      const { trainable } = options as CommonOptions;
      const weights = kind.weights?.(options, context.inputShape) ?? [];
      const lowered: Readonly<Record<string, unknown>> = {
        ...(options as object),
        ...kind.lower?.(options, context.inputShape),
        ...lowerWeightOptions(kind.options, options as Readonly<Record<string, unknown>>, weights, context),
      };
      const own = Object.keys(kind.options)
        .filter((name) => lowered[name] !== undefined)
        .map((name) => [name, lowered[name] as Argument]);
      return {
        call: `tf.layers.${kind.type}`,
        args: [
          {
            name: context.name,
            ...Object.fromEntries(own),
            ...(trainable === undefined ? {} : { trainable }),
          },
        ],
      };
    },
    examples: kind.examples,
  };
  const { weights, multiplyAdds, trainingProblem } = kind;
  return {
    ...definition,
    ...(weights && {
      weights: (options: Options<Properties>, input: Shape): readonly WeightSpec[] => {
        const frozen = (options as CommonOptions).trainable === false;
        return weights(options, input).map(({ name, shape, trainable }) => ({
          name,
          shape,
          trainable: trainable && !frozen,
        }));
      },
    }),
    ...(multiplyAdds && { multiplyAdds }),
    ...(trainingProblem && { trainingProblem }),
  } as unknown as LayerDefinition;
}
