import { beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { layers } from '../../../src/layers/index.js';
import { networks } from './tfjs-networks.js';
import {
  built,
  copyWeights,
  expectSamePredictions,
  expectSameTopology,
  imported,
  type tf,
  topologyOf,
} from './topology.js';

interface Spec {
  readonly layers: readonly { readonly type: string; readonly name: string; readonly from?: unknown }[];
}

describe.each(networks)('$name', ({ build, integersBelow }) => {
  let saved: tf.LayersModel;
  let text = '';
  beforeAll(() => {
    saved = build();
    text = JSON.stringify({ modelTopology: topologyOf(saved), format: 'layers-model', weightsManifest: [] });
  });

  test('comes out with the topology that went in', () => {
    expectSameTopology(topologyOf(saved), topologyOf(built(imported(text).text)));
  });

  test('predicts the same with the same weights', () => {
    const ours = built(imported(text).text);
    copyWeights(saved, ours);
    expectSamePredictions(saved, ours, integersBelow);
  });

  test('is written in lines that fit, without what goes without saying', () => {
    const spec = imported(text).text;
    expect(Math.max(...spec.split('\n').map((line) => line.length))).toBeLessThanOrEqual(110);
    for (const { type, name, from, ...options } of (parse(spec) as Spec).layers) {
      const { properties } = layers.get(type)!.options;
      for (const [option, value] of Object.entries(options)) {
        const { default: standard } = properties[option] as { readonly default?: unknown };
        if (option !== 'poolSize') expect(value, `${type} ${option}`).not.toEqual(standard);
      }
    }
  });
});

test('there are as many networks as were promised', () => {
  expect(networks.length).toBeGreaterThanOrEqual(30);
});
