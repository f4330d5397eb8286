/** The networks of `keras.applications`, as Keras 2.15 and 3.15 save them with 1000 classes. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { sizeOf } from '../../../src/layers/index.js';
import { imported } from './topology.js';

const folder = join(import.meta.dirname, '../../fixtures/topologies/applications');

/** What `model.count_params()` says in Keras, and `len(model.layers)`. */
const networks: Readonly<Record<string, readonly [parameters: number, layers: number]>> = {
  vgg16: [138357544, 23],
  resnet50: [25636712, 177],
  resnet50v2: [25613800, 192],
  mobilenet: [4253864, 91],
  mobilenetv2: [3538984, 156],
  inceptionv3: [23851784, 313],
  xception: [22910480, 134],
  densenet121: [8062504, 429],
};

describe.each(Object.entries(networks))('%s', (name, [parameters, layers]) => {
  test.each(['keras2', 'keras3'])('of %s has its layers and parameters', (version) => {
    const file = `${name}-${version}.json`;
    const { graph, text, notes } = imported(
      gunzipSync(readFileSync(join(folder, `${file}.gz`))).toString(),
      file,
    );
    const sizes = graph.nodes.flatMap(({ weights }) => weights.map(({ shape }) => sizeOf(shape)));
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(parameters);
    // Keras counts the input; what it keeps of the axes of a pooling is a layer here.
    const kept = notes.some((note) => note.includes('keepdims')) ? 1 : 0;
    expect(graph.nodes.length - kept).toBe(layers - 1);
    const output = graph.nodes.find((node) => node.name === graph.outputs[0])!;
    expect(output.outputShape).toEqual([1000]);
    expect(notes.filter((note) => !/renamed$|keepdims/.test(note))).toEqual([]);
    expect(text.split('\n').length).toBeLessThan(2 * layers);
  });
});
