/** Every example of every kind of layer, saved by tfjs, comes back: the importer knows all that the registry knows. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type LayerDefinition, type LayerExample, layers } from '../../../src/layers/index.js';
import { evaluateCall } from '../../../src/runtime/build-model.js';
import { built, expectSameTopology, flatten, imported, tf, topologyOf } from './topology.js';

/** tfjs's model of an example: its layer alone, with seeds as a spec gives them to a layer of this name. */
function savedExample(
  kind: LayerDefinition,
  { options, inputs }: LayerExample,
  seed: (role: string) => number,
) {
  const call = kind.lower(options, { name: 'layer', inputShapes: inputs, seed });
  const values = inputs.map((shape) => tf.input({ shape: [...shape] }));
  const layer = evaluateCall(tf, call) as InstanceType<typeof tf.layers.Layer>;
  const outputs = layer.apply(values.length === 1 ? values[0]! : values) as tf.SymbolicTensor;
  return tf.model({ inputs: values, outputs });
}

interface SavedFunctional {
  readonly config: {
    readonly layers: readonly { readonly config: { readonly batch_input_shape: unknown } }[];
  };
}

const examples = [...layers.values()].flatMap((kind) =>
  kind.examples.map((example, index) => ({
    title: `${kind.type} ${index + 1}${example.title === undefined ? '' : `: ${example.title}`}`,
    kind,
    example,
  })),
);

describe.each(examples)('$title', ({ kind, example }) => {
  test('comes out with the topology that went in, seeds included', () => {
    let seed = 0;
    const saved = topologyOf(savedExample(kind, example, () => ++seed));
    const input = (saved as unknown as SavedFunctional).config.layers[0]!.config;
    const shape = [null, ...example.inputs[0]!];
    // tfjs writes the shape of the output into that of the input; the file is no good then, to itself either.
    const isConfused = JSON.stringify(input.batch_input_shape) !== JSON.stringify(shape);
    expect(isConfused ? kind.type : '').toMatch(/^(categoryEncoding|centerCrop)?$/);
    const spec = imported(
      JSON.stringify(saved, (key, value) => (key === 'batch_input_shape' && isConfused ? shape : value)),
    ).text;
    const ours = topologyOf(built(spec));
    if (isConfused) expect(flatten(ours).layers).toEqual(flatten(saved).layers);
    else expectSameTopology(saved, ours);
  });
});

test('a layer keeps the options that it was made with', () => {
  const conv = layers.get('conv2d')!;
  const example = conv.examples.find(({ title }) => title === 'with options for its weights')!;
  const saved = topologyOf(savedExample(conv, example, () => 5));
  const [layer] = (parse(imported(JSON.stringify(saved)).text) as { readonly layers: readonly object[] })
    .layers;
  const { useBias, kernelInitializer, ...others } = example.options as Readonly<Record<string, object>>;
  expect(useBias).toBe(true);
  expect(layer).toEqual({
    name: 'layer',
    type: 'conv2d',
    ...others,
    kernelInitializer: { ...kernelInitializer, seed: 5 },
    // Its largest norm is the one that goes without saying.
    kernelConstraint: 'maxNorm',
  });
});
