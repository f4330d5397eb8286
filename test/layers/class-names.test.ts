import { describe, expect, test } from 'vitest';
import { classNameOf } from '../../src/layers/class-name.js';
import { examples, kinds, layerOf, tf } from './tfjs.js';

describe('class names', () => {
  test.each(kinds.map((kind) => [kind.type, kind] as const))('%s: the one that tfjs saves', (_type, kind) => {
    const { example } = examples.find((candidate) => candidate.kind === kind)!;
    expect(kind.className).toBe(layerOf(kind, example).getClassName());
  });

  test('follow from the types of all classes of tfjs', () => {
    const known = tf.serialization.SerializationMap.getMap().classNameMap;
    const notLayers = new Set(['input', 'inputLayer', 'Layer', 'RNN', 'RNNCell']);
    // Other names of a function, which have no class of their own.
    const aliases = /^(avgPool|avgPooling|maxPool|globalMaxPool)\dd$/;
    const types = Object.keys(tf.layers).filter((type) => !notLayers.has(type) && !aliases.test(type));
    expect(types.filter((type) => !Object.hasOwn(known, classNameOf(type)))).toEqual([]);
    expect(types.length).toBeGreaterThan(60);
  });
});
