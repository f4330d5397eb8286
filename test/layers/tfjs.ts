/** tfjs's own answers about layers: what the tests of this folder hold ours against. */
import * as tf from '@tensorflow/tfjs';
import {
  builtInRegistry,
  type Call,
  isProblem,
  type LayerDefinition,
  type LayerExample,
  layers,
  type NestedLayer,
  outputShapeOf,
  type Shape,
  type SingleDefinition,
} from '../../src/layers/index.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { evaluateCall } from '../../src/runtime/build-model.js';

export { tf };
export type Layer = InstanceType<typeof tf.layers.Layer>;
export type Example = LayerExample;

await tf.setBackend('cpu');

/** The kinds that can be steps of a model. */
export const kinds: readonly LayerDefinition[] = [...layers.values()];

export const cells: readonly SingleDefinition[] = [...builtInRegistry.cells.values()];

interface TitledExample {
  readonly title: string;
  readonly kind: LayerDefinition;
  readonly example: Example;
}

const titled = (kind: LayerDefinition, index: number, title?: string) =>
  `${kind.type} ${index + 1}${title === undefined ? '' : `: ${title}`}`;

/** Those of cells as layers of four steps. */
export const examples: readonly TitledExample[] = [
  ...kinds.flatMap((kind) =>
    kind.examples.map((example, index) => ({ title: titled(kind, index, example.title), kind, example })),
  ),
  ...cells.flatMap((cell) =>
    cell.examples.map(({ inputs, options, title }, index) => ({
      title: titled(cell, index, title),
      kind: layers.get('rnn')!,
      example: { inputs: [[4, ...inputs[0]!]], options: { cell: { type: cell.type, ...options } } },
    })),
  ),
];

/** A kind that takes one input. */
export const kindOf = (type: string): SingleDefinition => {
  const kind = layers.get(type);
  if (kind?.inputs !== 'one') throw new Error(`no layer '${type}' with one input`);
  return kind;
};

export function lowered(kind: LayerDefinition, { options, inputs }: Example, name = 'layer'): Call {
  return kind.lower(options, { name, inputShapes: inputs, seed: (role) => deriveSeed(42, name, role) });
}

/** The layer that our call makes, not yet built. */
export const layerOf = (kind: LayerDefinition, example: Example, name?: string): Layer =>
  evaluateCall(tf, lowered(kind, example, name)) as Layer;

/** The layer in a model of its own, so that its weights exist, behind what has to stand before it. */
export function modelOf(layer: Layer, inputs: readonly Shape[], before?: NestedLayer): tf.LayersModel {
  const values = inputs.map((shape) => tf.input({ shape: [...shape] }));
  return tf.model({ inputs: values, outputs: applied(layer, values, before) });
}

/** The layer's output for some values. */
export function applied(
  layer: Layer,
  values: readonly tf.SymbolicTensor[],
  before?: NestedLayer,
): tf.SymbolicTensor {
  const given = values.map((value) => {
    if (before === undefined) return value;
    const { type, ...options } = before;
    return layerOf(kindOf(type), { options, inputs: [withoutBatch(value.shape)] }, 'before').apply(value);
  });
  return layer.apply(given.length === 1 ? given[0]! : (given as tf.SymbolicTensor[])) as tf.SymbolicTensor;
}

export function shapeOf(kind: LayerDefinition, { options, inputs }: Example): Shape {
  const shape = outputShapeOf(kind, options, inputs);
  if (isProblem(shape)) throw new Error(`${kind.type} ${shape.message}`);
  return shape;
}

/** Values that the example can take, for a batch of two: drawn from `low` to `high`, or whole numbers where it must be. */
export function valuesFor(
  kind: LayerDefinition,
  { options, inputs }: Example,
  low = -1,
  high = 1,
): tf.Tensor[] {
  const below = kind.integersBelow?.(options);
  return inputs.map((shape) =>
    below === undefined
      ? tf.randomUniform([2, ...shape], low, high)
      : tf.randomUniform([2, ...shape], 0, below).floor(),
  );
}

/** tfjs's shape without the batch. */
export const withoutBatch = (shape: tf.Shape | tf.Shape[]): number[] => (shape as number[]).slice(1);

/** `layer/depthwise_kernel` → `depthwise_kernel` */
export const ownName = (weight: { readonly originalName: string }): string =>
  weight.originalName.split('/').slice(1).join('/');
