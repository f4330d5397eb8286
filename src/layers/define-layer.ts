/**
 * How a layer kind is written: once, in its own file. `defineLayer` adds what all kinds share (common options,
 * weight options, the lowering) and makes the definition that everything else reads.
 *
 * Three functions, for three kinds of kinds:
 * - `defineLayer`: takes one input, whose shape its functions get;
 * - `defineMergeLayer`: joins at least two inputs, whose shapes its functions get as a list;
 * - `defineCell`: one step of a recurrent layer. Its functions get the shape of one step.
 *
 * A kind that holds another layer or a cell is a function of the registry, since it must look up what it holds:
 *
 *     export const timeDistributed = (registry: LayerRegistry) => defineLayer({
 *       options: { layer: nestedLayer('layer', { description: … }) },
 *       …
 *     });
 *
 * A layer class of your own is defined in the same way, with `implementation` beside it, and joins the built-in
 * kinds by `createRegistry`. It is then valid in specs, in the editor's schema and in both targets:
 *
 *     // scale.ts
 *     export class Scale extends tf.layers.Layer {
 *       static className = 'Scale';
 *       constructor(private readonly options: { name?: string; factor: number }) { super(options); }
 *       call(inputs: tf.Tensor | tf.Tensor[]) { return tf.mul([inputs].flat()[0]!, this.options.factor); }
 *       getConfig() { return { ...super.getConfig(), factor: this.options.factor }; }
 *     }
 *     tf.serialization.registerClass(Scale);
 *
 *     // layers.ts
 *     export const scale = defineLayer({
 *       type: 'scale',
 *       summary: 'Multiplies all values by a factor.',
 *       options: { factor: Type.Number({ description: 'The factor.' }) },
 *       outputShape: (_options, input) => input,
 *       implementation: { className: 'Scale', module: './scale.js', class: Scale },
 *       examples: [{ input: [4], options: { factor: 2 } }],
 *     });
 *     const graph = compileSpec(text, 'model.yaml', { layers: createRegistry([scale]) });
 *
 * A layer with weights lists them in `weights`, in tfjs's order; `...weightOptions('kernel', 'glorotNormal')` among
 * its options lets specs say how a weight starts, and gives its initializer a seed of its own.
 *
 * `{ type: scale, factor: 2, name: s1 }` of a spec is then built as `new Scale({ name: 's1', factor: 2 })`, and
 * printed so below `import { Scale } from './scale.js'`.
 *
 * The class is what tfjs runs. For the compiled engine, which has no tfjs, a kind says how it computes in primitives:
 *
 *     forward: ({ factor }, x, { program }) => program.mul(x, factor),
 */
import type { Value } from '../program/index.js';
import type { Argument, Call, LayerClass } from './call.js';
import { classNameOf } from './class-name.js';
import { type CommonOptions, commonOptions } from './common-options.js';
import type { ForwardContext } from './forward.js';
import type {
  Definition,
  ForwardInput,
  LayerExample,
  LayerOptions,
  LowerContext,
  MergeDefinition,
  SingleDefinition,
} from './layer-definition.js';
import type { MaskReading, MaskRole } from './masks.js';
import type { NestedLayer } from './nested-layer.js';
import { strictObject } from './options.js';
import { isProblem, type Problem } from './problem.js';
import type { Shape } from './shape.js';
import type { Static, TObject, TProperties } from './type.js';
import {
  lowerWeightOptions,
  slowWeightProblem,
  type Weight,
  weightOptionProblem,
  withChoices,
} from './weight-options.js';

/** A kind's own options together with those that every layer has. */
type Options<Properties extends TProperties> = Static<TObject<Properties>>;

interface KindExample<Properties extends TProperties> {
  readonly title?: string;
  readonly before?: NestedLayer;
  readonly options: Options<Properties> & CommonOptions;
}

/** What the author of a kind writes; see `LayerDefinition` for what is not explained here. */
interface Kind<Properties extends TProperties, Input> {
  readonly type: string;
  readonly summary: string;
  /** Its own options; all others are forbidden, and the common ones are added. */
  readonly options: Properties;
  /** False where tfjs does not honour `trainable` for it, so that the option is not offered. */
  readonly trainable?: false;
  outputShape(options: Options<Properties>, input: Input): Shape | Problem;
  /** In tfjs's order. Their options (`kernelInitializer`, …) are checked and lowered with the kind's own. */
  weights?(options: Options<Properties>, input: Input): readonly Weight[];
  multiplyAdds?(options: Options<Properties>, input: Input, output: Shape): number;
  trainingProblem?(options: Options<Properties>, input: Input): Problem | undefined;
  inputGradientProblem?(options: Options<Properties>, input: Input): Problem | undefined;
  warning?(options: Options<Properties>, input: Input): Problem | undefined;
  readonly spoilsInputShape?: true;
  mask?(options: Options<Properties>): MaskRole;
  readsMask?(options: Options<Properties>, input: Input): MaskReading;
  integersBelow?(options: Options<Properties>): number | undefined;
  /** Options that tfjs wants in another form than the spec's, by name. */
  lower?(
    options: Options<Properties>,
    input: Input,
    context: LowerContext,
  ): Readonly<Record<string, Argument | undefined>>;
  forward?(options: Options<Properties>, input: ForwardInput<Input>, context: ForwardContext): Value;
  forwardProblem?(options: Options<Properties>, input: Input): Problem | undefined;
  /** The class that is called, where it is not tfjs's own. */
  readonly implementation?: LayerClass;
}

export interface LayerKind<Properties extends TProperties> extends Kind<Properties, Shape> {
  readonly examples: readonly (KindExample<Properties> & { readonly input: Shape })[];
}

export interface MergeLayerKind<Properties extends TProperties> extends Kind<Properties, readonly Shape[]> {
  readonly examples: readonly (KindExample<Properties> & { readonly inputs: readonly Shape[] })[];
}

/** A kind with one input. */
export function defineLayer<Properties extends TProperties>(kind: LayerKind<Properties>): SingleDefinition {
  return {
    ...complete<Properties, Shape>(kind, firstInput),
    role: 'layer',
    inputs: 'one',
    examples: listedInputs(kind),
  };
}

/** A kind that joins several inputs. */
export function defineMergeLayer<Properties extends TProperties>(
  kind: MergeLayerKind<Properties>,
): MergeDefinition {
  const examples = kind.examples as readonly LayerExample[];
  return {
    ...complete<Properties, readonly Shape[]>(kind, (context) => context.inputShapes),
    role: 'layer',
    inputs: 'many',
    examples,
  };
}

/** One step of a recurrent layer: `input` is the shape of a step, and the output's shape is that of the state. */
export function defineCell<Properties extends TProperties>(kind: LayerKind<Properties>): SingleDefinition {
  return {
    ...complete<Properties, Shape>(kind, firstInput),
    role: 'cell',
    inputs: 'one',
    examples: listedInputs(kind),
  };
}

const firstInput = ({ inputShapes }: LowerContext) => inputShapes[0]!;

function listedInputs<Properties extends TProperties>(kind: LayerKind<Properties>): readonly LayerExample[] {
  return kind.examples.map(({ input, options, ...title }) => ({
    ...title,
    inputs: [input],
    options: options as LayerOptions,
  }));
}

type Completed<Input> = Omit<Definition<Input>, 'role' | 'inputs' | 'examples'>;

/**
 * Forgets the types of a kind's options, so that a registry can hold all kinds: whoever calls has checked them. Callers say
 * the types: to infer them, tsc compares all that options can be, for seconds.
 */
function complete<Properties extends TProperties, Input>(
  kind: Kind<Properties, Input>,
  inputOf: (context: LowerContext) => Input,
): Completed<Input> {
  const { type, summary, options: own, trainable: offered, implementation, lower, ...functions } = kind;
  const weightsOf = (options: Options<Properties>, input: Input) => kind.weights?.(options, input) ?? [];
  const completed = {
    ...functions,
    type,
    className: implementation?.className ?? classNameOf(type),
    ...(implementation && { implementation }),
    summary,
    options: strictObject({ ...own, ...(offered === false ? {} : commonOptions) }),
    outputShape(options: Options<Properties>, input: Input) {
      const shape = kind.outputShape(options, input);
      if (isProblem(shape)) return shape;
      return weightOptionProblem(own, options as LayerOptions, weightsOf(options, input)) ?? shape;
    },
    ...(kind.weights && {
      warning: (options: Options<Properties>, input: Input) =>
        kind.warning?.(options, input) ??
        slowWeightProblem(own, options as LayerOptions, weightsOf(options, input)),
      weights(options: Options<Properties>, input: Input) {
        const frozen = (options as CommonOptions).trainable === false;
        return weightsOf(options, input).map((weight) => ({
          ...withChoices(weight, options as LayerOptions),
          trainable: weight.trainable && !frozen,
        }));
      },
    }),
    lower(options: Options<Properties>, context: LowerContext): Call {
      const input = inputOf(context);
      const { trainable } = options as CommonOptions;
      const lowered: LayerOptions = {
        ...(options as object),
        ...lowerWeightOptions(own, options as LayerOptions, weightsOf(options, input), context),
        ...lower?.(options, input, context),
      };
      const given = Object.keys(own)
        .filter((name) => lowered[name] !== undefined)
        .map((name) => [name, lowered[name] as Argument]);
      const args = [
        {
          name: context.name,
          ...Object.fromEntries(given),
          ...(trainable === undefined ? {} : { trainable }),
        },
      ];
      return implementation === undefined
        ? { call: `tf.layers.${type}`, args }
        : { call: 'new', ...implementation, args };
    },
  };
  return completed as unknown as Completed<Input>;
}
