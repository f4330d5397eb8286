/**
 * Files that Keras wrote: Keras 3.15 (jax) and tf.keras 2.15 with what the models answered, and files in the manner of
 * older versions. The answers are those to inputs and weights that are made of sines, as below.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import {
  built,
  copyWeights,
  examplesFor,
  expectSameAsKeras,
  expectSamePredictions,
  imported,
  leavesOf,
  predictions,
  tf,
  topologyOf,
} from './topology.js';

const folder = join(import.meta.dirname, '../../fixtures/topologies');
const read = (path: string) => readFileSync(join(folder, path), 'utf8');

interface Answer {
  readonly integers: readonly number[];
  readonly outputs: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
}

const filesOf = (version: string) =>
  readdirSync(join(folder, version))
    .map((file) => file.replace(/\.json$/, ''))
    .filter((name) => name !== 'predictions' && name !== 'unsupported');

/** The weights that the models had in Keras when they answered. */
function setWeights(model: tf.LayersModel): void {
  for (const layer of leavesOf(model)) {
    const base = [...layer.name].reduce((sum, character) => sum + character.charCodeAt(0), 0) % 50;
    const tensors = layer.weights.map(({ shape, originalName }, index) => {
      const sines = Array.from({ length: shape.reduce<number>((a, b) => a * b!, 1) }, (_, n) => {
        const value = 0.3 * Math.sin(n * 0.37 + index * 1.3 + base * 0.11);
        return originalName.includes('variance') ? Math.abs(value) + 0.5 : value;
      });
      return tf.tensor(sines, shape as number[]);
    });
    if (tensors.length > 0) layer.setWeights(tensors);
  }
}

describe.each(['keras2', 'keras3'])('%s', (version) => {
  const answers = JSON.parse(read(`${version}/predictions.json`)) as Readonly<Record<string, Answer>>;

  test.each(Object.keys(answers))('%s: the model of its import answers as it did in Keras', (name) => {
    const model = built(imported(read(`${version}/${name}.json`), `${name}.json`).text);
    setWeights(model);
    const { integers, outputs } = answers[name]!;
    const answer = predictions(model, examplesFor(model, integers[0] === 0 ? undefined : integers[0]));
    expect(answer.map(({ shape }) => shape)).toEqual(outputs.map(({ shape }) => shape));
    for (const [index, tensor] of answer.entries()) {
      const values = [...tensor.dataSync()];
      const apart = values.map((value, n) => Math.abs(value - outputs[index]!.values[n]!));
      expect(Math.max(...apart)).toBeLessThan(1e-4);
    }
  });

  const told: Readonly<Record<string, readonly RegExp[]>> = {
    lenet5: version === 'keras3' ? [/^no saved model names its data set/] : [],
    resnet: version === 'keras3' ? [/^no saved model names its data set/] : [],
    activations:
      version === 'keras3' ? [/metric "CosineSimilarity"/, /^no saved model names its data set/] : [],
    autoencoder: version === 'keras3' ? [/^the training of the file is left out, because it needs/] : [],
    constraints: version === 'keras3' ? [/^the training .+ because there is no optimizer "Nadam"/] : [],
    multi: version === 'keras3' ? [/^the training of the file is left out, because its loss is/] : [],
    nested: version === 'keras2' ? [/^Sequential 'base': called with training=False/] : [],
    'kept-axes': [
      /^GlobalAveragePooling2D 'squeeze', GlobalMaxPooling2D 'top': its keepdims is a reshape behind it$/,
    ],
  };

  test.each(filesOf(version))('%s: tells what came out otherwise, and nothing else', (name) => {
    const { notes } = imported(read(`${version}/${name}.json`));
    const expected = told[name] ?? [];
    expect(notes).toEqual(expected.map((note) => expect.stringMatching(note) as unknown));
  });
});

describe('what tfjs reads of Keras 2 by itself', () => {
  const old = readdirSync(join(folder, 'old')).map((file) => `old/${file}`);
  const files = [...filesOf('keras2').map((name) => `keras2/${name}.json`), ...old];
  /** Words of Keras 2.15 that tfjs does not know. */
  const strangeToTfjs: Readonly<Record<string, RegExp>> = {
    'keras2/activations.json': /LecunNormal/,
    'keras2/constraints.json': /L1/,
    'keras2/kept-axes.json': /SpatialDropout2D/,
    'keras2/mobilenet.json': /SeparableConv2D/,
    'keras2/resnet.json': /L2/,
    'keras2/vgg-block.json': /L2/,
  };
  const readByTfjs = (text: string) => {
    const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
    return tf.models.modelFromJSON({ modelTopology: json.modelTopology ?? json } as never);
  };

  test.each(files.filter((file) => !(file in strangeToTfjs)))(
    '%s: is what its import builds',
    async (file) => {
      const theirs = await readByTfjs(read(file));
      const ours = built(imported(read(file)).text);
      expectSameAsKeras(topologyOf(theirs), topologyOf(ours));
      copyWeights(theirs, ours);
      expectSamePredictions(theirs, ours, file.includes('text') ? 20 : undefined);
    },
  );

  test.each(Object.entries(strangeToTfjs))(
    '%s: nothing, and yet it can be imported',
    async (file, message) => {
      await expect(readByTfjs(read(file))).rejects.toThrow(message);
      expect(imported(read(file)).graph.nodes.length).toBeGreaterThan(0);
    },
  );
});

test('the training of a converted model becomes that of the spec', () => {
  const spec = parse(imported(read('old/converted-model.json')).text) as { readonly training: unknown };
  expect(spec.training).toEqual({
    dataset: { type: 'synthetic', classes: 3 },
    optimizer: { type: 'adam', learningRate: 0.001 },
    loss: 'categoricalCrossentropy',
    metrics: ['categoricalAccuracy'],
  });
});
