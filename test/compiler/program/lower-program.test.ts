import { readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import { compileSpec } from '../../../src/compiler/index.js';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import { lowerProgram } from '../../../src/compiler/program/lower-program.js';
import { sizeOf } from '../../../src/layers/index.js';
import { buildModel, canonicalWeightName } from '../../../src/runtime/build-model.js';
import type { Batch, OptimizerSlot, TrainingEngine } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { graphOf, trainingGraphs } from '../example-graphs.js';
import { randomNetwork } from '../random-networks.js';
import { draw, expectNear } from './numbers.js';
import { type ProgramRun, runProgram } from './run-program.js';

function batchOf(graph: ModelGraph, count: number, seed: number): Batch {
  const { training, inputs } = graph;
  return {
    count,
    inputs: draw(seed, count * sizeOf(inputs[0]!.shape), 0, 1),
    scale: 1,
    labels: Int32Array.from({ length: count }, (_, index) => (index * 5 + seed) % training!.classes),
  };
}

interface Trial {
  readonly steps?: number;
  readonly count?: number;
  readonly lanes?: number;
}

/** Some steps of training with both, from the same weights: values, slots and weights. */
async function compareSteps(
  graph: ModelGraph,
  bound: number,
  trial: Trial,
): Promise<[TrainingEngine, ProgramRun]> {
  const { steps = 2, count = 3, lanes = 4 } = trial;
  const engine = await openTfjsEngine(graph, 'cpu');
  const program = lowerProgram(graph);
  const run = runProgram(program, lanes);
  const weights = await engine.getWeights();
  run.setWeights(weights);
  expectSameArrays(run.weights(), weights, 0, 'at first');
  for (let step = 0; step < steps; step += 1) {
    const batch = batchOf(graph, count, step);
    expectNear(run.trainStep(batch), await engine.trainStep(batch, step), bound, `values of step ${step}`);
    const { type, slots } = await engine.getOptimizerState();
    expect(program.optimizer).toBe(type);
    expectSameArrays(run.slots(), slots, bound, `after step ${step}`);
    expectSameArrays(run.weights(), await engine.getWeights(), bound, `after step ${step}`);
  }
  return [engine, run];
}

function expectSameArrays(
  ours: readonly OptimizerSlot[],
  theirs: readonly OptimizerSlot[],
  bound: number,
  when: string,
): void {
  expect(ours.map(({ name, shape }) => [name, shape])).toEqual(
    theirs.map(({ name, shape }) => [name, shape]),
  );
  for (const [index, { name, values }] of theirs.entries()) {
    expectNear(ours[index]!.values, values, bound, `${name} ${when}`);
  }
}

/** The same, and an evaluation of what comes out. */
async function compare(graph: ModelGraph, bound: number, trial: Trial = {}): Promise<void> {
  const [engine, run] = await compareSteps(graph, bound, trial);
  const batch = batchOf(graph, 3, 100);
  const [ours, theirs] = [run.evaluateBatch(batch), await engine.evaluateBatch(batch)];
  expectNear(ours.values, theirs.values, bound, 'values of an evaluation');
  expectNear(ours.outputs, theirs.outputs, bound, 'outputs');
  engine.dispose();
}

test.each(trainingGraphs().map(({ title, graph }) => [title, graph] as const))('%s', async (_, graph) => {
  await compare(graph, 1e-5);
});

test('penalties and bounds of weights, frozen layers and moving averages', async () => {
  const graph = graphOf({
    name: 'options',
    input: [4, 3],
    layers: [
      {
        ...{ type: 'conv1d', filters: 4, kernelSize: 2, kernelRegularizer: 'l1l2', biasRegularizer: 'l1' },
        ...{ kernelConstraint: { type: 'maxNorm', maxValue: 0.5, axis: 1 }, biasConstraint: 'nonNeg' },
      },
      {
        ...{
          type: 'batchNormalization',
          momentum: 0.8,
          gammaRegularizer: 'l2',
          gammaConstraint: 'minMaxNorm',
        },
        ...{ betaConstraint: 'nonNeg' },
      },
      { type: 'flatten' },
      { type: 'dense', units: 4, trainable: false, kernelRegularizer: 'l2', kernelConstraint: 'unitNorm' },
      { type: 'batchNormalization', trainable: false },
      { type: 'dense', units: 3, activation: 'softmax', kernelConstraint: 'unitNorm' },
    ],
    training: {
      ...{
        dataset: { type: 'synthetic', classes: 3 },
        optimizer: { type: 'momentum', learningRate: 0.1, momentum: 0.9 },
      },
      ...{ loss: 'categoricalCrossentropy', metrics: ['accuracy'] },
    },
  });
  await compare(graph, 1e-5, { steps: 3 });
});

test.each(['categoricalCrossentropy', 'poisson'])(
  'lanes that hold no example have no part in %s',
  async (loss) => {
    // Of zeros the network makes zeros, whose sum is no divisor, or negative numbers, which have no logarithm.
    const layer =
      loss === 'poisson'
        ? { useBias: true, biasInitializer: { type: 'constant', value: -0.5 }, kernelInitializer: 'ones' }
        : { useBias: false, kernelInitializer: { type: 'randomUniform', minval: 0.1, maxval: 1 } };
    const graph = graphOf({
      name: 'lanes',
      input: [4],
      layers: [{ type: 'dense', units: 3, ...layer }],
      training: {
        dataset: { type: 'synthetic', classes: 3 },
        optimizer: { type: 'sgd', learningRate: 0.01 },
        loss,
      },
    });
    await compare(graph, 1e-5, { lanes: 5 });
  },
);

test('weights are in the order of tfjs, whatever the branches', () => {
  for (let seed = 0; seed < 25; seed += 1) {
    const graph = randomNetwork(seed, false);
    const model = buildModel(tf, graph);
    expect(lowerProgram(graph).weights.map(({ name }) => name)).toEqual(
      model.weights.map(canonicalWeightName),
    );
    model.dispose();
  }
});

test('without a plan of training there is prediction alone', () => {
  const graph = graphOf({ name: 'bare', input: [4], layers: [{ type: 'dense', units: 2 }] });
  expect(lowerProgram(graph)).toMatchObject({
    labels: undefined,
    slots: [],
    optimizer: undefined,
    evaluate: undefined,
    train: undefined,
    predict: { outputs: [{ shape: [2], batched: true }] },
  });
});

test('LeNet-5', { timeout: 180_000 }, async () => {
  const graph = compileSpec(readFileSync('specs/lenet5.yaml', 'utf8'), 'specs/lenet5.yaml');
  const [engine] = await compareSteps(graph, 1e-5, { steps: 1, count: 1, lanes: 1 });
  engine.dispose();
});
