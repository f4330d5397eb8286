/** The compiled engine beside tfjs's, on networks small enough to train many steps. */
import { afterAll, describe, expect, test } from 'vitest';
import { compileSpec } from '../../../src/index.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import type { Batch, TrainingEngine } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';

const spec = (layers: string, batchSize = 12, optimizer = 'adam') =>
  compileSpec(
    `name: small
seed: 3
input: [9, 8, 3]
layers:
${layers}
  - { type: flatten }
  - { type: dense, units: 10, activation: softmax, kernelRegularizer: { type: l2, l2: 0.001 } }
training:
  dataset: { type: synthetic, classes: 10 }
  optimizer: ${optimizer}
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: ${batchSize}
`,
    'small.yaml',
  );

const plain = `
  - { type: conv2d, filters: 6, kernelSize: 3, activation: tanh }
  - { type: maxPooling2d, poolSize: 2 }
  - { type: conv2d, filters: 7, kernelSize: 2, padding: same, activation: relu }`;
const statistics = `
  - { type: conv2d, filters: 8, kernelSize: 3, strides: 2, padding: same }
  - { type: batchNormalization }
  - { type: activation, activation: relu }
  - parallel:
      - [{ type: conv2d, filters: 5, kernelSize: 1 }]
      - [{ type: maxPooling2d, poolSize: 3, strides: 1, padding: same }]
    merge: concatenate`;
const random = `${statistics}
  - { type: dropout, rate: 0.4 }
  - { type: gaussianNoise, stddev: 0.1 }`;

function batchOf(count: number, seed: number): Batch {
  let state = seed * 7919 + 17;
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 8) / 2 ** 24;
  };
  return {
    count,
    inputs: Uint8Array.from({ length: count * 9 * 8 * 3 }, () => Math.floor(next() * 256)),
    scale: 1 / 255,
    labels: Int32Array.from({ length: count }, () => Math.floor(next() * 10)),
  };
}

const opened: TrainingEngine[] = [];
const kept = <Engine extends TrainingEngine>(engine: Engine): Engine => {
  opened.push(engine);
  return engine;
};
afterAll(() => {
  for (const engine of opened) engine.dispose();
});

async function trained(engine: TrainingEngine, steps: number, count: number): Promise<string> {
  for (let step = 0; step < steps; step += 1) await engine.trainStep(batchOf(count, step), step + 1);
  return digest(engine);
}

async function digest(engine: TrainingEngine): Promise<string> {
  const { createHash } = await import('node:crypto');
  const hash = createHash('sha256');
  for (const { values } of await engine.getWeights()) hash.update(values);
  for (const { values } of (await engine.getOptimizerState()).slots) hash.update(values);
  return hash.digest('hex');
}

const apart = (one: ArrayLike<number>, other: ArrayLike<number>) =>
  Math.max(...Array.from(one, (value, index) => Math.abs(value - other[index]!)));

describe.each([
  ['without statistics of the batch', plain, 12],
  ['with batches in pieces', plain, 70],
  ['with statistics of the batch', statistics, 12],
  ['with statistics of a large batch', statistics, 70],
])('%s', (_title, layers, count) => {
  test('losses, metrics, weights and outputs are those of tfjs', async () => {
    // Not Adam, which makes of a rounding error of a gradient near zero a step as long as any.
    const graph = spec(layers, count, '{ type: momentum, learningRate: 0.05, momentum: 0.9 }');
    const ours = kept(await openCompiledEngine(graph, { threads: 1 }));
    const theirs = kept(await openTfjsEngine(graph, 'wasm'));
    // The last one is not full, as at the end of an epoch.
    for (const [step, examples] of [count, count, count - 5].entries()) {
      const batch = batchOf(examples, step);
      const [loss, accuracy] = await ours.trainStep(batch, step + 1);
      const [theirLoss, theirAccuracy] = await theirs.trainStep(batch, step + 1);
      expect(Math.abs(loss! - theirLoss!)).toBeLessThan(2e-5);
      expect(Math.abs(accuracy! - theirAccuracy!)).toBeLessThan(1e-6);
    }
    const batch = batchOf(count - 3, 99);
    const [one, other] = [await ours.evaluateBatch(batch), await theirs.evaluateBatch(batch)];
    expect(apart(one.values, other.values)).toBeLessThan(2e-5);
    expect(apart(one.outputs, other.outputs)).toBeLessThan(2e-5);
    expect(apart(await ours.predictBatch(batch), one.outputs)).toBe(0);
    const [weights, theirWeights] = [await ours.getWeights(), await theirs.getWeights()];
    expect(weights.map(({ name, shape, trainable }) => ({ name, shape, trainable }))).toEqual(
      theirWeights.map(({ name, shape, trainable }) => ({ name, shape, trainable })),
    );
    for (const [index, { values }] of weights.entries()) {
      expect(apart(values, theirWeights[index]!.values)).toBeLessThan(2e-5);
    }
    expect(await ours.modelTopology()).toEqual(theirs.modelTopology());
  });
});

test.each([
  ['pieces', plain, 70],
  ['statistics and randomness', random, 24],
])('any number of threads gives the same bytes: %s', async (_title, layers, count) => {
  const graph = spec(layers, count);
  const digests = [];
  for (const threads of [1, 2, 4]) {
    digests.push(await trained(kept(await openCompiledEngine(graph, { threads })), 8, count));
  }
  expect(new Set(digests).size).toBe(1);
});

test('goes on from saved weights and optimizer bit by bit, its own or those of tfjs', async () => {
  const graph = spec(random, 16);
  const whole = kept(await openCompiledEngine(graph, { threads: 1 }));
  const half = kept(await openCompiledEngine(graph, { threads: 1 }));
  await trained(half, 3, 16);
  const rest = kept(await openCompiledEngine(graph, { threads: 1 }));
  await rest.setWeights(await half.getWeights());
  await rest.setOptimizerState(await half.getOptimizerState());
  await trained(whole, 3, 16);
  for (const step of [10, 11]) {
    for (const engine of [whole, rest]) await engine.trainStep(batchOf(16, step), step);
  }
  expect(await digest(rest)).toBe(await digest(whole));
});

test('a run of tfjs goes on here, and one from here with tfjs', async () => {
  const graph = spec(plain, 16);
  const theirs = kept(await openTfjsEngine(graph, 'wasm'));
  await trained(theirs, 4, 16);
  const ours = kept(await openCompiledEngine(graph, { threads: 1 }));
  await ours.setWeights(await theirs.getWeights());
  await ours.setOptimizerState(await theirs.getOptimizerState());
  const back = kept(await openTfjsEngine(graph, 'wasm'));
  await back.setWeights(await ours.getWeights());
  await back.setOptimizerState(await ours.getOptimizerState());
  for (const step of [4, 5]) {
    const values = [];
    for (const engine of [theirs, ours, back])
      values.push((await engine.trainStep(batchOf(16, step), step))[0]!);
    expect(Math.abs(values[1]! - values[0]!)).toBeLessThan(1e-5);
    expect(values[2]).toBe(values[0]);
  }
});

test('bytes are scaled as the floats that they stand for', async () => {
  const graph = spec(plain, 16);
  const engine = kept(await openCompiledEngine(graph, { threads: 1 }));
  const bytes = batchOf(16, 1);
  const floats = { ...bytes, inputs: Float32Array.from(bytes.inputs, (byte) => byte * (1 / 255)) };
  expect(apart(await engine.predictBatch(bytes), await engine.predictBatch(floats))).toBeLessThan(1e-6);
});
