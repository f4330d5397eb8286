import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Tensor } from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { openBackend } from '../../src/runtime/backend.js';
import { predictRun } from '../../src/runtime/predict.js';
import { checkpointHandler } from '../../src/runtime/run-model.js';
import { train } from '../../src/runtime/trainer.js';
import { fakeCurves } from './support/fake-curves.js';
import { temporaryFolder } from './support/temporary-folder.js';

fakeCurves();

const spec = `
name: pictures
input: [4, 4, 3]
layers:
  - { name: flat, type: flatten }
  - { name: out, type: dense, units: 3, activation: softmax }
training:
  dataset: { type: synthetic, classes: 3, train: 30, validation: 6 }
  optimizer: { type: sgd, learningRate: 0.1 }
  loss: sparseCategoricalCrossentropy
  epochs: 1
`;

let root: string;
let run: string;
let names: readonly string[];
/** A red, a grey and a blue pixel row, and so on: 48 bytes. */
const bytes = Uint8Array.from({ length: 48 }, (_, i) => (i * 53) % 256);

beforeAll(async () => {
  root = await temporaryFolder();
  run = join(root, 'pictures');
  await train({ graph: compileSpec(spec, 'pictures.yaml'), folder: run, backend: 'cpu' });
  const { readRunRecord } = await import('../../src/runtime/run-folder.js');
  names = (await readRunRecord(run))!.data.classNames;
  await sharp(bytes, { raw: { width: 4, height: 4, channels: 3 } })
    .png()
    .toFile(join(root, 'picture.png'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function tfjsOutputs(inputs: readonly number[]): Promise<number[]> {
  const { tf } = await openBackend('cpu');
  const model = await tf.loadLayersModel(checkpointHandler(join(run, 'checkpoints/best')));
  return Array.from((model.predict(tf.tensor([...inputs], [1, 4, 4, 3])) as Tensor).dataSync());
}

describe('a prediction', () => {
  it('of a picture or its bytes or scaled floats is what tfjs says of its pixels', async () => {
    const floats = Float32Array.from(bytes, (byte) => byte / 255);
    const { predictions, ...about } = await predictRun(run, [join(root, 'picture.png'), bytes, floats], {
      backend: 'cpu',
    });
    expect(about).toEqual({
      folder: run,
      checkpoint: 'best',
      epoch: 1,
      engine: 'tfjs',
      backend: 'cpu',
      backendDescription: 'cpu, plain JavaScript, 1 thread',
      synthetic: true,
    });
    expect(predictions.map(({ image }) => image)).toEqual([join(root, 'picture.png'), null, null]);
    const expected = await tfjsOutputs(Array.from(floats));
    for (const { outputs, probabilities } of predictions) {
      outputs.forEach((value, i) => {
        expect(value).toBeCloseTo(expected[i]!, 6);
      });
      expect(probabilities).toBe(true);
    }
  });

  it('names the classes, the most probable first', async () => {
    const { predictions } = await predictRun(join(run, 'checkpoints/last'), [bytes], {
      backend: 'cpu',
      top: 2,
    });
    const { outputs, top } = predictions[0]!;
    const order = outputs
      .map((value, index) => ({ index, name: names[index], value }))
      .sort((a, b) => b.value - a.value);
    expect(names).toHaveLength(3);
    expect(top).toEqual(order.slice(0, 2));
  });

  it.each(['tfjs', 'compiled'] as const)('of many is that of each, in their order, by %s', async (engine) => {
    const examples = Array.from({ length: 40 }, (_, number) => {
      const values = Array.from({ length: 48 }, (_, index) => ((index + number) * 53) % 256);
      // Some in the middle are floats.
      return number > 10 && number < 15
        ? Float32Array.from(values, (byte) => byte / 255)
        : Uint8Array.from(values);
    });
    const { predictions } = await predictRun(run, examples, { engine });
    expect(predictions).toHaveLength(40);
    for (const number of [0, 10, 11, 14, 15, 39]) {
      const [alone] = (await predictRun(run, [examples[number]!], { backend: 'cpu' })).predictions;
      predictions[number]!.outputs.forEach((value, index) => {
        expect(value).toBeCloseTo(alone!.outputs[index]!, 6);
      });
    }
  });

  it('refuses what is no example of the model', async () => {
    await expect(predictRun(run, [new Uint8Array(47)], { backend: 'cpu' })).rejects.toMatchObject({
      code: 'data-does-not-fit',
      message: 'the model takes 4x4x3, 48 values, but an example has 47',
    });
    await expect(predictRun(run, [join(root, 'nowhere.png')], { backend: 'cpu' })).rejects.toMatchObject({
      code: 'image-not-found',
    });
    await expect(predictRun(root, [bytes])).rejects.toMatchObject({ code: 'run-not-found' });
  });
});
