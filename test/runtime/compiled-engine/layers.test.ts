/**
 * Every example of every layer that the compiled engine covers, beside tfjs: what it predicts, and what a training
 * step makes of it. Examples stand side by side in a few models, each on its own part of the input, so that few
 * modules have to be assembled.
 */
import type { Tensor } from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import {
  inputGradientProblemOf,
  type LayerDefinition,
  type LayerExample,
  layers,
  outputShapeOf,
  type Shape,
  sizeOf,
  trainingProblemOf,
} from '../../../src/layers/index.js';
import { forwardProblemOf } from '../../../src/layers/layer-functions.js';
import { openBackend } from '../../../src/runtime/backend.js';
import { buildModel, readWeights } from '../../../src/runtime/build-model.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import type { Batch } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { graphOf } from '../../compiler/example-graphs.js';
import { draw } from '../../compiler/program/numbers.js';

interface Example extends LayerExample {
  /** `conv2d_1` */
  readonly name: string;
  readonly definition: LayerDefinition;
  /** How many numbers it takes, and gives. */
  readonly inputSize: number;
  readonly outputSize: number;
}

const examples = [...layers.values()].flatMap((definition) =>
  definition.examples.flatMap((example, index): Example[] => {
    const { options, inputs } = example;
    if (forwardProblemOf(definition, options, inputs) !== undefined) return [];
    return [
      {
        ...example,
        name: `${definition.type}_${index + 1}`,
        definition,
        inputSize: inputs.reduce((sum, shape) => sum + sizeOf(shape), 0),
        outputSize: sizeOf(outputShapeOf(definition, options, inputs) as Shape),
      },
    ];
  }),
);

const isRandom = ({ definition }: Example) => /dropout|noise/i.test(definition.type);
const isTrained = ({ definition, options, inputs }: Example) =>
  trainingProblemOf(definition, options, inputs) === undefined;

const passesGradients = ({ definition, options, inputs }: Example) =>
  inputGradientProblemOf(definition, options, inputs) === undefined;

/** Layers of one kind stay together. */
function inGroups(all: readonly Example[], size: number): (readonly [string, readonly Example[]])[] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, index) => {
    const group = all.slice(index * size, (index + 1) * size);
    return [`${group[0]!.name} to ${group.at(-1)!.name}`, group];
  });
}

/**
 * The examples side by side, each on its part of the input, and what they give in one list. A part comes through a
 * weight for each of its numbers, which gets the gradient of the layer's input; but not where there is none.
 */
function sideBySide(group: readonly Example[], last: readonly object[] = [], training?: object): ModelGraph {
  const total = totalOf(group);
  const lengthwise = { type: 'reshape', targetShape: [1, total, 1] };
  const depthwiseInitializer = { type: 'randomUniform', minval: 0.7, maxval: 1.3 };
  const scale = [
    { name: 'scale', type: 'depthwiseConv2d', kernelSize: 1, depthwiseInitializer, from: 'input' },
    { ...lengthwise, name: 'scaled' },
  ];
  const given = { ...lengthwise, name: 'given', from: 'input' };
  let start = 0;
  const steps = group.flatMap((example): object[] => {
    const { name, definition, inputs, options, before, outputSize } = example;
    const parts = inputs.map((_shape, index) => `${name}_input${index}`);
    const cuts = inputs.flatMap((shape, index) => {
      const cropping = [
        [0, 0],
        [start, total - start - sizeOf(shape)],
      ];
      start += sizeOf(shape);
      const from = passesGradients(example) ? 'scaled' : 'given';
      return [
        { name: `${name}_part${index}`, type: 'cropping2D', cropping, from },
        { name: parts[index], type: 'reshape', targetShape: shape },
      ];
    });
    return [
      ...cuts,
      ...(before === undefined ? [] : [{ ...before, name: `${name}_before` }]),
      { ...options, name, type: definition.type, ...(parts.length > 1 && { from: parts }) },
      { name: `${name}_list`, type: 'reshape', targetShape: [outputSize] },
    ];
  });
  return graphOf({
    name: 'side-by-side',
    input: [1, 1, total],
    layers: [
      ...(group.some(passesGradients) ? scale : []),
      ...(group.every(passesGradients) ? [] : [given]),
      ...steps,
      { name: 'all', type: 'concatenate', from: group.map(({ name }) => `${name}_list`) },
      ...last,
    ],
    ...(training !== undefined && { training }),
  });
}

const totalOf = (group: readonly Example[]) => group.reduce((sum, { inputSize }) => sum + inputSize, 0);

/** Whole numbers for layers that take no others. */
function batchOf(group: readonly Example[], count: number, seed: number): Batch {
  const rows = Array.from({ length: count }, (_, lane) =>
    group.flatMap(({ definition, options, inputSize }, index) => {
      const below = definition.integersBelow?.(options);
      const own = seed * 1e6 + lane * 1000 + index;
      return below === undefined
        ? [...draw(own, inputSize, -1.5, 1.5)]
        : [...draw(own, inputSize, 0, below - 0.01)].map(Math.floor);
    }),
  );
  return {
    count,
    inputs: Float32Array.from(rows.flat()),
    labels: Int32Array.from({ length: count }, (_, index) => index % 3),
  };
}

const largest = (numbers: ArrayLike<number>) =>
  Array.from(numbers).reduce((found, one) => Math.max(found, Math.abs(one)), 0);

/** The largest difference; not a number where one of the differences is none. */
function apart(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(found.length).toBe(expected.length);
  return largest(Array.from(expected, (value, index) => found[index]! - value));
}

describe('in inference, outputs are those of tfjs', () => {
  test.each(inGroups(examples, 24))('%s', async (_title, group) => {
    const graph = sideBySide(group);
    const { tf } = await openBackend('wasm');
    const model = buildModel(tf, graph);
    const engine = await openCompiledEngine(graph, { threads: 1 });
    await engine.setWeights(readWeights(model));
    const count = 3;
    const batch = batchOf(group, count, 1);
    const found = await engine.predictBatch(batch);
    await tf.setBackend('wasm');
    const expected = tf.tidy(() => {
      const inputs = tf.tensor(batch.inputs as Float32Array, [count, 1, 1, totalOf(group)]);
      return (model.predict(inputs) as Tensor).dataSync();
    });
    const length = expected.length / count;
    let place = 0;
    for (const { name, outputSize } of group) {
      for (let lane = 0; lane < count; lane += 1) {
        const [begin, end] = [lane * length + place, lane * length + place + outputSize];
        const wanted = expected.subarray(begin, end);
        const bound = 1e-6 * Math.max(1, largest(wanted));
        expect.soft(apart(found.subarray(begin, end), wanted), name).toBeLessThan(bound);
      }
      place += outputSize;
    }
    engine.dispose();
    model.dispose();
  });
});

const training = (batchSize: number) => ({
  dataset: { type: 'synthetic', classes: 3 },
  // So that updates are gradients.
  optimizer: { type: 'sgd', learningRate: 1 },
  loss: 'sparseCategoricalCrossentropy',
  metrics: ['accuracy', 'mse'],
  batchSize,
});
const head = { type: 'dense', units: 3, activation: 'softmax' };

describe('a training step is that of tfjs', () => {
  const trained = examples.filter((example) => isTrained(example) && !isRandom(example));
  test.each(inGroups(trained, 16))('%s', async (_title, group) => {
    const graph = sideBySide(group, [head], training(8));
    const theirs = await openTfjsEngine(graph, 'wasm');
    const ours = await openCompiledEngine(graph, { threads: 1 });
    const before = await theirs.getWeights();
    await ours.setWeights(before);
    // Not full, as at the end of an epoch.
    const batch = batchOf(group, 5, 2);
    expect(apart(await ours.trainStep(batch, 1), await theirs.trainStep(batch, 1))).toBeLessThan(1e-5);
    const after = await theirs.getWeights();
    for (const [index, { name, shape, trainable, values }] of (await ours.getWeights()).entries()) {
      const wanted = after[index]!;
      expect({ name, shape, trainable }).toEqual({
        name: wanted.name,
        shape: wanted.shape,
        trainable: wanted.trainable,
      });
      const change = apart(wanted.values, before[index]!.values);
      if (trainable) expect.soft(change, `${name} is trained`).toBeGreaterThan(1e-6);
      else if (!name.includes('moving_')) expect.soft(change, `${name} is frozen`).toBe(0);
      const bound = 2e-5 * change + 3e-7 * Math.max(1, largest(wanted.values));
      expect.soft(apart(values, wanted.values), name).toBeLessThan(bound);
    }
    const [one, other] = [await ours.evaluateBatch(batch), await theirs.evaluateBatch(batch)];
    expect(apart(one.values, other.values)).toBeLessThan(1e-5);
    expect(apart(one.outputs, other.outputs)).toBeLessThan(1e-5);
    ours.dispose();
    theirs.dispose();
  });
});

describe('layers that draw', () => {
  const drawing = examples.filter(isRandom);
  const count = 256;
  /** What all inputs are. */
  const value = 1.5;

  /** The mean and variance of what comes out. */
  function momentsOf({ definition, options }: Example): readonly [mean: number, variance: number] {
    const { rate, stddev } = options as { readonly rate: number; readonly stddev: number };
    switch (definition.type) {
      case 'gaussianNoise':
        return [value, stddev ** 2];
      case 'alphaDropout': {
        // tfjs-layers' noise.ts, whose sign of what is dropped is not that of Keras.
        const alphaP = -1.6732632423543772 * 1.0507009873554805;
        const a = ((1 - rate) * (1 + rate * alphaP ** 2)) ** -0.5;
        const mean = a * (value * (1 - rate) - alphaP * rate) - a * alphaP * rate;
        return [mean, a ** 2 * (value + alphaP) ** 2 * rate * (1 - rate)];
      }
      default:
        return [value, (value ** 2 * rate) / (1 - rate)];
    }
  }

  /** How many numbers it draws for an example. */
  function drawsOf({ definition, options, inputs }: Example): number {
    const [shape] = inputs as [Shape];
    const isByChannel = definition.type === 'spatialDropout1d' || options.noiseShape !== undefined;
    return isByChannel ? shape.at(-1)! : sizeOf(shape);
  }

  test('have the mean and the variance that they should have, and repeat themselves only where a seed says so', async () => {
    // Without memory, moving averages are those of the last batch.
    const graph = sideBySide(
      drawing,
      [{ name: 'seen', type: 'batchNormalization', momentum: 0 }, head],
      training(count),
    );
    const engine = await openCompiledEngine(graph, { threads: 1 });
    // What comes before them is to give what it takes.
    await engine.setWeights(
      (await engine.getWeights()).map(({ name, values }) => ({
        name,
        values: name === 'scale/depthwise_kernel' ? values.fill(1) : values,
      })),
    );
    const total = totalOf(drawing);
    const batch: Batch = {
      count,
      inputs: new Float32Array(count * total).fill(value),
      labels: new Int32Array(count),
    };
    const stepped = async (seed: number) => {
      const weights = await engine.getWeights();
      await engine.trainStep(batch, seed);
      const seen = await engine.getWeights();
      await engine.setWeights(weights);
      return ['moving_mean', 'moving_variance'].map(
        (name) => seen.find((weight) => weight.name === `seen/${name}`)!.values,
      ) as [Float32Array, Float32Array];
    };
    const [means, variances] = await stepped(1);
    const [repeated] = await stepped(1);
    const others: Float32Array[] = [];
    for (const seed of [2, 3, 4, 5, 6, 7]) others.push((await stepped(seed))[0]);
    expect(repeated).toEqual(means);
    let place = 0;
    const average = (numbers: Float32Array) => numbers.reduce((sum, one) => sum + one, 0) / numbers.length;
    for (const example of drawing) {
      const { name, options, outputSize } = example;
      const range = [place, place + outputSize] as const;
      place += outputSize;
      const found = means.subarray(...range);
      const isRepeated = others.every((other) => apart(other.subarray(...range), found) === 0);
      expect(isRepeated, name).toBe(options.seed !== undefined);
      const [mean, variance] = momentsOf(example);
      const isSharedByAll = (options.noiseShape as readonly unknown[] | undefined)?.[0] === 1;
      if (isSharedByAll) {
        expect(largest(variances.subarray(...range)), name).toBeLessThan(1e-10);
        continue;
      }
      const draws = count * drawsOf(example);
      expect(Math.abs(average(found) - mean), name).toBeLessThan(4 * Math.sqrt(variance / draws));
      expect(average(variances.subarray(...range)) / variance, name).toBeCloseTo(1, draws < 2000 ? 0.5 : 1);
    }
    engine.dispose();
  });
});
