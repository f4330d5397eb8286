/** Every example of every kind of layer, saved by tfjs, comes back: the importer knows all that the registry knows. */
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { evaluateCall } from '../../../src/runtime/build-model.js';
import { type Example, examples, type Layer, layerOf, modelOf, tf } from '../../layers/tfjs.js';
import { built, expectSameTopology, imported, topologyOf } from './topology.js';

type Json = Readonly<Record<string, unknown>>;

const save = (layer: Layer, { inputs, before }: Example) => topologyOf(modelOf(layer, inputs, before));

function expectRoundTrip(saved: Json, spec: string): void {
  expectSameTopology(saved, topologyOf(built(spec)));
}

describe.each(examples)('$title', ({ kind, example }) => {
  test('comes out with the topology that went in, seeds included', () => {
    let seed = 0;
    const context = { name: 'layer', inputShapes: example.inputs, seed: () => ++seed };
    const saved = save(evaluateCall(tf, kind.lower(example.options, context)) as Layer, example);
    expectRoundTrip(saved, imported(JSON.stringify(saved)).text);
  });

  test('does not name seeds that a spec derives by itself', () => {
    const saved = save(layerOf(kind, example), example);
    const { text } = imported(JSON.stringify(saved));
    const own = JSON.stringify(example.options).match(/"seed":/g) ?? [];
    expect(text.match(/seed:/g) ?? []).toHaveLength(own.length);
    expectRoundTrip(saved, text);
  });
});

test('a layer keeps the options that it was made with', () => {
  const { kind, example } = examples.find(({ title }) => title === 'conv2d 2: with options for its weights')!;
  const saved = save(layerOf(kind, example), example);
  const [layer] = (parse(imported(JSON.stringify(saved)).text) as { readonly layers: readonly object[] })
    .layers;
  const { useBias, ...others } = example.options;
  expect(useBias).toBe(true);
  // The largest norm is the one that goes without saying.
  expect(layer).toEqual({ name: 'layer', type: 'conv2d', ...others, kernelConstraint: 'maxNorm' });
});
