/** Every way to train on the compiled engine, beside tfjs: losses, metrics, optimizers, penalties, bounds, frozen layers. */
import { afterAll, expect, test } from 'vitest';
import { checkSpec } from '../../../src/compiler/check-spec.js';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import { sizeOf } from '../../../src/layers/index.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import type { Batch, OptimizerSlot, TrainingEngine } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { lossNames, metricNames } from '../../../src/spec/losses.js';
import { graphOf, trainingGraphs } from '../../compiler/example-graphs.js';
import { draw, expectNear } from '../../compiler/program/numbers.js';

function batchOf(graph: ModelGraph, count: number, seed: number): Batch {
  return {
    count,
    inputs: draw(seed + 1, count * sizeOf(graph.inputs[0]!.shape), -1, 1),
    labels: Int32Array.from({ length: count }, (_, index) => (index * 5 + seed) % graph.training!.classes),
  };
}

const opened: TrainingEngine[] = [];
afterAll(() => {
  for (const engine of opened) engine.dispose();
});

/** Three steps from the same weights, the last of a batch that is not full; and an evaluation. */
async function compare(graph: ModelGraph, bound = 1e-5): Promise<void> {
  const theirs = await openTfjsEngine(graph, 'cpu');
  const ours = await openCompiledEngine(graph, { threads: 1 });
  opened.push(theirs, ours);
  await ours.setWeights(await theirs.getWeights());
  for (const [step, count] of [6, 6, 4].entries()) {
    const batch = batchOf(graph, count, step);
    const expected = await theirs.trainStep(batch, step);
    expectNear(await ours.trainStep(batch, step), expected, bound, `values of step ${step}`);
    const [state, expectedState] = [await ours.getOptimizerState(), await theirs.getOptimizerState()];
    expect([state.type, state.iterations]).toEqual([expectedState.type, step + 1]);
    expectSame(state.slots, expectedState.slots, bound, `after step ${step}`);
    expectSame(await ours.getWeights(), await theirs.getWeights(), bound, `after step ${step}`);
  }
  const batch = batchOf(graph, 5, 9);
  const [one, other] = [await ours.evaluateBatch(batch), await theirs.evaluateBatch(batch)];
  expectNear(one.values, other.values, bound, 'values of an evaluation');
  expectNear(one.outputs, other.outputs, bound, 'outputs');
}

function expectSame(
  ours: readonly OptimizerSlot[],
  theirs: readonly OptimizerSlot[],
  bound: number,
  when: string,
): void {
  const described = (arrays: readonly OptimizerSlot[]) => arrays.map(({ name, shape }) => ({ name, shape }));
  expect(described(ours)).toEqual(described(theirs));
  for (const [index, { name, values }] of theirs.entries()) {
    expectNear(ours[index]!.values, values, bound, `${name} ${when}`);
  }
}

test.each(trainingGraphs().map(({ title, graph }) => [title, graph] as const))(
  '%s',
  async (_title, graph) => {
    await compare(graph);
  },
);

const outputs: Readonly<Record<string, { readonly units: number } & Readonly<Record<string, unknown>>>> = {
  'probabilities, each by itself': { units: 3, activation: 'sigmoid' },
  'numbers above zero': { units: 3, activation: 'softplus' },
  'any numbers': { units: 3, activation: 'linear' },
  certainties: {
    units: 3,
    activation: 'softmax',
    kernelInitializer: { type: 'randomNormal', stddev: 90 },
  },
  'one probability': { units: 1, activation: 'sigmoid' },
  'one number': { units: 1, activation: 'linear' },
};

/** Logarithms of numbers around zero make much of rounding errors. */
const takesLogarithms = new Set(['poisson', 'meanSquaredLogarithmicError']);
/** Each metric means one of two things, or three: with these losses all are seen. */
const withMetrics = new Set(['sparseCategoricalCrossentropy', 'binaryCrossentropy', 'meanSquaredError']);

const values = lossNames.flatMap((loss) =>
  Object.entries(outputs).flatMap(([title, output]) => {
    if (takesLogarithms.has(loss) && output.activation === 'linear') return [];
    const isOne = output.units === 1;
    // Of one number tfjs cannot compute it.
    const metrics = metricNames.filter((name) => !isOne || name !== 'sparseCategoricalCrossentropy');
    const spec = {
      name: 'values',
      seed: 7,
      input: [5],
      layers: [{ type: 'dense', ...output }],
      training: {
        dataset: { type: 'synthetic', classes: isOne ? 2 : 3 },
        // Of a label of 0 this is a percentage of next to nothing.
        optimizer: { type: 'sgd', learningRate: loss === 'meanAbsolutePercentageError' ? 1e-9 : 0.1 },
        loss,
        metrics: withMetrics.has(loss) ? metrics : ['accuracy'],
        batchSize: 6,
      },
    };
    // Some losses are not for one output.
    const { graph } = checkSpec(JSON.stringify(spec), 'values.yaml');
    return graph === undefined ? [] : [[loss, title, graph] as const];
  }),
);

test.each(values)('%s of %s', async (_loss, _title, graph) => {
  await compare(graph);
});

test('penalties, bounds, and layers that are not trained', async () => {
  const penalties = {
    kernelRegularizer: { type: 'l1l2', l1: 0.01, l2: 0.02 },
    biasRegularizer: { type: 'l1', l1: 0.1 },
  };
  const layers = [
    {
      ...{ type: 'conv1d', filters: 4, kernelSize: 2, ...penalties },
      ...{ kernelConstraint: { type: 'maxNorm', maxValue: 0.5, axis: 1 }, biasConstraint: 'nonNeg' },
    },
    {
      ...{ type: 'batchNormalization', momentum: 0.8, gammaRegularizer: 'l2', betaConstraint: 'nonNeg' },
      ...{ gammaConstraint: { type: 'minMaxNorm', minValue: 0.2, maxValue: 1.1, rate: 0.7 } },
    },
    { type: 'flatten' },
    { type: 'dense', units: 4, trainable: false, kernelRegularizer: 'l2', kernelConstraint: 'unitNorm' },
    { type: 'batchNormalization', trainable: false },
    { type: 'dense', units: 3, activation: 'softmax', kernelConstraint: { type: 'unitNorm', axis: 1 } },
  ];
  await compare(
    graphOf({
      name: 'bounded',
      input: [4, 3],
      layers,
      training: {
        dataset: { type: 'synthetic', classes: 3 },
        optimizer: { type: 'momentum', learningRate: 0.1, momentum: 0.9 },
        loss: 'categoricalCrossentropy',
        metrics: ['accuracy'],
        batchSize: 6,
      },
    }),
  );
});

test('a model of which nothing is trained stays as it is, where tfjs stops', async () => {
  const frozen = { type: 'dense', units: 3, activation: 'softmax', trainable: false };
  const training = {
    dataset: { type: 'synthetic', classes: 3 },
    optimizer: 'adam',
    loss: 'sparseCategoricalCrossentropy',
  };
  const graph = graphOf({ name: 'frozen', input: [5], layers: [frozen], training });
  const [ours, theirs] = [
    await openCompiledEngine(graph, { threads: 1 }),
    await openTfjsEngine(graph, 'cpu'),
  ];
  opened.push(ours, theirs);
  const batch = batchOf(graph, 5, 1);
  const { values } = await theirs.evaluateBatch(batch);
  expectNear(await ours.trainStep(batch, 1), values, 1e-6, 'loss');
  expect(await ours.getWeights()).toEqual(await theirs.getWeights());
});
