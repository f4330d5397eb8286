import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSafetensors } from '../../src/compiler/safetensors.js';
import { compileSpec, train } from '../../src/index.js';
import { modelWeights } from '../../src/runtime/model-weights.js';

const graph = compileSpec(
  `name: tiny
seed: 7
input: [4, 4, 3]
layers:
  - { name: flat, type: flatten }
  - { name: out, type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic, train: 32, validation: 16 }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  batchSize: 16
  epochs: 1
`,
  'tiny.yaml',
);

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speccc-weights-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('the weights of a model', () => {
  it('are those of its seed, of a run on made-up data, and of a safetensors file', async () => {
    const fresh = await modelWeights(graph, undefined);
    expect(fresh.data).toBeUndefined();
    expect(fresh.weights.map(({ name, shape }) => [name, shape])).toEqual([
      ['out/kernel', [48, 10]],
      ['out/bias', [10]],
    ]);
    expect(await modelWeights(graph, undefined)).toEqual(fresh);

    const run = join(folder, 'run');
    await train({ graph, folder: run });
    const trained = await modelWeights(graph, run);
    expect(trained.data).toMatchObject({ synthetic: true, scale: 1 / 255 });
    expect(trained.weights[0]!.values).not.toEqual(fresh.weights[0]!.values);
    const best = await modelWeights(graph, join(run, 'checkpoints/best'));
    expect(best.weights).toEqual(trained.weights);

    const file = join(folder, 'tiny.safetensors');
    await writeFile(file, formatSafetensors(trained.weights, {}));
    expect((await modelWeights(graph, file)).weights).toEqual(trained.weights);
    const { folder: next } = await train({ graph, folder: join(folder, 'next'), initialWeights: file });
    expect((await modelWeights(graph, next)).weights[0]!.values).not.toEqual(trained.weights[0]!.values);
  });

  it('must be those of this model, in a whole file', async () => {
    const { weights } = await modelWeights(graph, undefined);
    const file = join(folder, 'other.safetensors');
    await writeFile(file, formatSafetensors(weights.slice(1), {}));
    await expect(modelWeights(graph, file)).rejects.toMatchObject({
      code: 'checkpoint-of-another-model',
      message: expect.stringContaining('out/kernel [48, 10] is missing'),
    });
    await writeFile(file, formatSafetensors(weights, {}).slice(0, -1));
    await expect(modelWeights(graph, file)).rejects.toMatchObject({ code: 'checkpoint-damaged' });
    await expect(modelWeights(graph, join(folder, 'no.safetensors'))).rejects.toMatchObject({
      code: 'checkpoint-not-found',
    });
  });
});
