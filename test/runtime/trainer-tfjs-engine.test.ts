/** The tfjs engine against tfjs itself: the same model, trained by its own methods on the same batches. */
import type { LayersModel, Tensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSpec, type ModelGraph } from '../../src/compiler/index.js';
import { type Backend, openBackend } from '../../src/runtime/backend.js';
import { buildModel, compileModel } from '../../src/runtime/build-model.js';
import type { Batch, TrainingEngine } from '../../src/runtime/engine.js';
import { tfjsEngine } from '../../src/runtime/tfjs-engine.js';

let backend: Backend;
beforeAll(async () => {
  backend = await openBackend('cpu');
});

interface Parts {
  readonly layers?: string;
  readonly loss?: string;
  readonly metrics?: string;
  readonly optimizer?: string;
}

function graphOf({ layers, loss, metrics, optimizer }: Parts): ModelGraph {
  const text = `
name: small
seed: 3
input: [5]
layers:
  ${layers ?? '- { name: a, type: dense, units: 4, activation: tanh }'}
  - { name: out, type: dense, units: 3, activation: softmax }
training:
  dataset: { type: synthetic, classes: 3 }
  optimizer: ${optimizer ?? '{ type: adam, learningRate: 0.01 }'}
  loss: ${loss ?? 'sparseCategoricalCrossentropy'}
  metrics: ${metrics ?? '[accuracy]'}
`;
  return compileSpec(text, 'small.yaml');
}

function batchOf(step: number, count = 6, classes = 3): Batch {
  return {
    count,
    inputs: Float32Array.from({ length: count * 5 }, (_, i) => Math.sin(step * 31 + i * 1.7)),
    labels: Int32Array.from({ length: count }, (_, i) => (step + i) % classes),
  };
}

interface Reference {
  readonly model: LayersModel;
  tensors(batch: Batch): [Tensor, Tensor];
}

/** tfjs's own way: a model compiled by the plan, and labels as its loss takes them. */
function reference(graph: ModelGraph, form: 'index' | 'oneHot'): Reference {
  const { tf } = backend;
  const model = buildModel(tf, graph);
  compileModel(tf, model, graph);
  return {
    model,
    tensors: ({ count, inputs, labels }) => [
      tf.tensor(inputs.slice(), [count, 5]),
      form === 'index'
        ? tf.tensor(Float32Array.from(labels), [count, 1])
        : (tf.oneHot(tf.tensor1d(labels, 'int32'), 3).toFloat() as Tensor),
    ],
  };
}

async function weightsOf(engine: TrainingEngine): Promise<Float32Array[]> {
  return (await engine.getWeights()).map(({ values }) => values);
}

const engines: TrainingEngine[] = [];
function engineOf(graph: ModelGraph): TrainingEngine {
  const engine = tfjsEngine(backend, graph);
  engines.push(engine);
  return engine;
}
afterAll(() => {
  for (const engine of engines) engine.dispose();
});

const regularized =
  '- { name: a, type: dense, units: 4, activation: tanh, kernelRegularizer: { type: l1l2, l1: 0.01, l2: 0.02 } }\n  - { name: norm, type: batchNormalization }';

describe('a step', () => {
  it.each([
    ['sparseCategoricalCrossentropy', 'index'],
    ['categoricalCrossentropy', 'oneHot'],
    ['meanSquaredError', 'oneHot'],
    ['binaryCrossentropy', 'oneHot'],
    ['kullbackLeiblerDivergence', 'oneHot'],
  ] as const)('does to the bit what trainOnBatch does: %s', async (loss, form) => {
    const graph = graphOf({ loss, layers: regularized, metrics: '[accuracy, crossentropy]' });
    const engine = engineOf(graph);
    const { model, tensors } = reference(graph, form);
    for (let step = 0; step < 4; step += 1) {
      const values = await engine.trainStep(batchOf(step), 1);
      expect(values).toEqual(await model.trainOnBatch(...tensors(batchOf(step))));
    }
    expect(await weightsOf(engine)).toEqual(model.getWeights().map((weight) => weight.dataSync()));
  });

  it('draws masks from its seed alone, and leaves Math.random as it was', async () => {
    const graph = graphOf({
      layers:
        '- { name: drop, type: dropout, rate: 0.5 }\n  - { name: noise, type: gaussianNoise, stddev: 0.3 }',
    });
    const random = Math.random;
    const afterStep = async (seed: number) => {
      const engine = engineOf(graph);
      await engine.trainStep(batchOf(1), seed);
      return weightsOf(engine);
    };
    const first = await afterStep(5);
    Math.random();
    expect(await afterStep(5)).toEqual(first);
    expect(await afterStep(6)).not.toEqual(first);
    expect(Math.random).toBe(random);

    const engine = engineOf(graph);
    await engine.trainStep(batchOf(1), 5);
    const twice = await engine.trainStep(batchOf(1), 5);
    expect(await engine.trainStep(batchOf(1), 6)).not.toEqual(twice);
  });

  it('gives Math.random back when it fails', () => {
    const random = Math.random;
    const engine = engineOf(graphOf({}));
    expect(() => engine.trainStep({ ...batchOf(1), inputs: new Float32Array(1) }, 1)).toThrow();
    expect(Math.random).toBe(random);
  });

  it('keeps weights within their constraints, as Keras does and tfjs forgets', async () => {
    const layers =
      '- { name: a, type: dense, units: 4, kernelConstraint: { type: maxNorm, maxValue: 0.7 }, biasConstraint: nonNeg }';
    const engine = engineOf(graphOf({ layers, optimizer: '{ type: sgd, learningRate: 2 }' }));
    for (let step = 0; step < 5; step += 1) {
      await engine.trainStep(batchOf(step), 1);
      const [kernel, bias] = await weightsOf(engine);
      for (let unit = 0; unit < 4; unit += 1) {
        const column = Array.from({ length: 5 }, (_, i) => kernel![i * 4 + unit]!);
        expect(Math.hypot(...column)).toBeLessThanOrEqual(0.7 + 1e-6);
      }
      expect(Math.min(...bias!)).toBeGreaterThanOrEqual(0);
    }
    const saved = await engine.getWeights();
    await engine.setWeights(saved);
    expect(await engine.getWeights()).toEqual(saved);
  });

  it('leaves no tensors behind', async () => {
    const engine = engineOf(graphOf({ layers: regularized, metrics: '[accuracy, mse]' }));
    const run = async (step: number) => {
      await engine.trainStep(batchOf(step), 1);
      await engine.evaluateBatch(batchOf(step));
      await engine.predictBatch(batchOf(step));
      await engine.setWeights(await engine.getWeights());
      await engine.setOptimizerState(await engine.getOptimizerState());
    };
    await run(0);
    const before = backend.tf.memory().numTensors;
    for (let step = 1; step < 5; step += 1) await run(step);
    expect(backend.tf.memory().numTensors).toBe(before);
  });

  it('disposes everything it made', async () => {
    const before = backend.tf.memory().numTensors;
    for (const optimizer of ['{ type: adam, learningRate: 0.1 }', '{ type: rmsprop, learningRate: 0.1 }']) {
      const engine = tfjsEngine(backend, graphOf({ optimizer, layers: regularized }));
      await engine.trainStep(batchOf(1), 1);
      engine.dispose();
    }
    expect(backend.tf.memory().numTensors).toBe(before);
  });
});

describe('an evaluation', () => {
  it('is what evaluate and predict say, with the penalties of regularizers in the loss', async () => {
    const graph = graphOf({ layers: regularized });
    const engine = engineOf(graph);
    const { model, tensors } = reference(graph, 'index');
    const batch = batchOf(2);
    const [x, y] = tensors(batch);
    const [loss, accuracy] = (model.evaluate(x, y, { batchSize: 6 }) as Tensor[]).map(
      (value) => value.dataSync()[0]!,
    );
    const kernel = Array.from((await weightsOf(engine))[0]!);
    const penalty = kernel.reduce((sum, w) => sum + 0.01 * Math.abs(w) + 0.02 * w * w, 0);
    expect(penalty).toBeGreaterThan(0.01);
    const { values, outputs } = await engine.evaluateBatch(batch);
    expect(values[0]).toBeCloseTo(loss! + penalty, 5);
    expect(values[1]).toBeCloseTo(accuracy!, 6);
    const predicted = (model.predict(x) as Tensor).dataSync();
    expect(outputs).toEqual(predicted);
    expect(await engine.predictBatch(batch)).toEqual(predicted);
  });

  it('gives each metric labels of its own form', async () => {
    const metrics =
      '[accuracy, categoricalAccuracy, categoricalCrossentropy, sparseCategoricalCrossentropy, mse]';
    const sparse = engineOf(graphOf({ metrics }));
    const oneHot = engineOf(graphOf({ metrics, loss: 'categoricalCrossentropy' }));
    const batch = batchOf(2);
    const { values, outputs } = await sparse.evaluateBatch(batch);
    const rows = Array.from(batch.labels, (label, i) => ({
      label,
      row: Array.from(outputs.subarray(i * 3, i * 3 + 3)),
    }));
    const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    const right = mean(rows.map(({ label, row }) => (row.indexOf(Math.max(...row)) === label ? 1 : 0)));
    const entropy = mean(rows.map(({ label, row }) => -Math.log(row[label]!)));
    const squares = mean(
      rows.map(({ label, row }) => mean(row.map((p, i) => (p - (i === label ? 1 : 0)) ** 2))),
    );
    const expected = [entropy, right, right, entropy, entropy, squares];
    values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    (await oneHot.evaluateBatch(batch)).values.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
    const step = await sparse.trainStep(batch, 1);
    step.forEach((value, i) => {
      expect(value).toBeCloseTo(expected[i]!, 5);
    });
  });
});

describe('a model with one output value', () => {
  it('gets labels as numbers', async () => {
    const base = graphOf({ loss: 'binaryCrossentropy', metrics: '[accuracy, mse]' });
    const out = base.nodes[1]!;
    const [first] = out.call.args as readonly [Record<string, unknown>];
    const binary = {
      ...base,
      nodes: [
        base.nodes[0]!,
        {
          ...out,
          outputShape: [1],
          call: { ...out.call, args: [{ ...first, units: 1, activation: 'sigmoid' }] },
        },
      ],
    } as ModelGraph;
    const engine = engineOf(binary);
    const batch = batchOf(4, 6, 2);
    const { values, outputs } = await engine.evaluateBatch(batch);
    const rows = Array.from(batch.labels, (label, i) => ({ label, p: outputs[i]! }));
    const mean = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;
    expect(values[0]).toBeCloseTo(mean(rows.map(({ label, p }) => -Math.log(label === 1 ? p : 1 - p))), 5);
    expect(values[1]).toBeCloseTo(mean(rows.map(({ label, p }) => Number(p > 0.5 === (label === 1)))), 6);
    expect(values[2]).toBeCloseTo(mean(rows.map(({ label, p }) => (p - label) ** 2)), 6);
  });
});

it('has the same topology however many models the process has built', () => {
  const graph = graphOf({ layers: regularized });
  const first = JSON.stringify(engineOf(graph).modelTopology());
  expect(JSON.stringify(engineOf(graph).modelTopology())).toBe(first);
  expect(first).toContain('"class_name":"Sequential"');
});

it('computes on its own backend where another is current', async () => {
  const engine = engineOf(graphOf({}));
  const before = (await engine.evaluateBatch(batchOf(1))).values;
  await openBackend('wasm');
  expect((await engine.evaluateBatch(batchOf(1))).values).toEqual(before);
  expect(backend.tf.getBackend()).toBe('cpu');
});
