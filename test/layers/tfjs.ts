/** tfjs's own answers about layers: what the tests of this folder hold ours against. */
import * as tf from '@tensorflow/tfjs';
import {
  type Call,
  isProblem,
  type LayerDefinition,
  type LayerExample,
  layers,
  type Shape,
} from '../../src/layers/index.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { evaluateCall } from '../../src/runtime/build-model.js';

export { tf };
export type Layer = ReturnType<typeof tf.layers.dense>;
export type Example = LayerExample<Readonly<Record<string, unknown>>>;

await tf.setBackend('cpu');

export const kinds: readonly LayerDefinition[] = [...layers.values()];

export const examples: readonly {
  readonly title: string;
  readonly kind: LayerDefinition;
  readonly example: Example;
}[] = kinds.flatMap((kind) =>
  kind.examples.map((example, index) => ({
    title: `${kind.type} ${index + 1}${example.title === undefined ? '' : `: ${example.title}`}`,
    kind,
    example: example as Example,
  })),
);

export const kindOf = (type: string): LayerDefinition => {
  const kind = layers.get(type);
  if (kind === undefined) throw new Error(`no layer '${type}'`);
  return kind;
};

export function lowered(kind: LayerDefinition, { options, input }: Example, name = 'layer'): Call {
  return kind.lower(options, { name, inputShape: input, seed: (role) => deriveSeed(42, name, role) });
}

/** The layer that our call makes, not yet built. */
export const layerOf = (kind: LayerDefinition, example: Example, name?: string): Layer =>
  evaluateCall(tf, lowered(kind, example, name)) as Layer;

/** The layer in a model of its own, so that its weights exist. */
export function modelOf(layer: Layer, input: Shape): tf.LayersModel {
  const value = tf.input({ shape: [...input] });
  return tf.model({ inputs: value, outputs: layer.apply(value) as tf.SymbolicTensor });
}

export function shapeOf(kind: LayerDefinition, { options, input }: Example): Shape {
  const shape = kind.outputShape(options, input);
  if (isProblem(shape)) throw new Error(`${kind.type} ${shape.message}`);
  return shape;
}

/** tfjs's shape without the batch. */
export const withoutBatch = (shape: tf.Shape | tf.Shape[]): unknown => (shape as tf.Shape).slice(1);

/** `layer/depthwise_kernel` → `depthwise_kernel` */
export const ownName = (weight: { readonly originalName: string }): string =>
  weight.originalName.split('/').slice(1).join('/');
