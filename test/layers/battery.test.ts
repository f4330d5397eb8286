import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import {
  inputGradientProblemOf,
  isProblem,
  type LayerDefinition,
  trainingProblemOf,
  weightsOf,
} from '../../src/layers/index.js';
import {
  applied,
  type Example,
  examples,
  kindOf,
  layerOf,
  lowered,
  modelOf,
  ownName,
  shapeOf,
  tf,
  valuesFor,
  withoutBatch,
} from './tfjs.js';

// tfjs takes the seeds of masks and noise from here.
beforeEach(() => {
  let state = 1;
  vi.spyOn(Math, 'random').mockImplementation(() => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(examples)('$title', ({ kind, example }) => {
  const layer = layerOf(kind, example);
  const model = modelOf(layer, example.inputs, example.before);

  test('has the output shape that tfjs infers and computes', () => {
    const shape = shapeOf(kind, example);
    expect(shape).toEqual(withoutBatch(layer.outputShape));
    const output = model.predict(valuesFor(kind, example)) as tf.Tensor;
    expect(output.shape).toEqual([2, ...shape]);
    expect(output.dtype).toBe('float32');
  });

  test('has the weights of tfjs, in order, with their penalties and bounds', () => {
    const weights = weightsOf(kind, example.options, example.inputs);
    expect(
      weights.map(({ name, shape, trainable, constraint }) => [
        name,
        shape,
        trainable,
        constraint !== undefined,
      ]),
    ).toEqual(
      layer.weights.map((weight) => [
        ownName(weight),
        weight.shape,
        layer.trainableWeights.includes(weight),
        (weight as unknown as { constraint: unknown }).constraint !== null,
      ]),
    );
    expect(weights.filter(({ regularizer }) => regularizer !== undefined)).toHaveLength(layer.losses.length);
  });

  test('survives being saved and loaded', async () => {
    const model = modelOf(layerOf(kind, example), example.inputs, example.before);
    const saved = JSON.parse(JSON.stringify(model.toJSON(null, false))) as object;
    // Loading applies the constraints, which the weights do not meet at the start.
    model.setWeights(model.getWeights().map((weight) => weight.clone()));
    const load = async () => {
      const loaded = await tf.models.modelFromJSON({ modelTopology: saved } as never);
      loaded.setWeights(model.getWeights());
      return loaded;
    };
    if (unloadable(kind.type, example.options)) {
      await expect(load()).rejects.toThrow();
      return;
    }
    const input = valuesFor(kind, example);
    const [ours, theirs] = [model, await load()].map((each) => each.predict(input) as tf.Tensor);
    expect(ours!.sub(theirs!).abs().max().dataSync()[0]).toBeLessThan(1e-4);
  });

  test('draws its weights from seeds that are in the topology', () => {
    const again = modelOf(layerOf(kind, example), example.inputs, example.before);
    expect(again.getWeights().map((weight) => weight.arraySync())).toEqual(
      model.getWeights().map((weight) => weight.arraySync()),
    );
    const given = seedsIn(lowered(kind, example));
    for (const seed of seedsIn(layer.getConfig())) expect(given).toContain(seed);
  });

  test('starts differently in an equal layer of another name', () => {
    const other = modelOf(layerOf(kind, example, 'other'), example.inputs, example.before);
    const fixed = seedsIn(example.options).length > 0;
    layer.weights.forEach((weight, index) => {
      const [ours, theirs] = [weight.read(), other.layers.at(-1)!.weights[index]!.read()];
      const [low, high] = [ours.min().dataSync()[0]!, ours.max().dataSync()[0]!];
      const drawn = low !== high && !isIdentity(example.options, weight.originalName);
      expect(ours.sub(theirs).abs().max().dataSync()[0]! > 0, weight.originalName).toBe(drawn && !fixed);
    });
  });
});

/** All values of `seed`, at any depth. */
function seedsIn(value: unknown): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'seed' ? ((inner ?? []) as unknown[]) : seedsIn(inner),
  );
}

/** Whether the initializer of a weight makes the identity. */
function isIdentity(options: Readonly<Record<string, unknown>>, weight: string): boolean {
  const option = weight.endsWith('/recurrent_kernel') ? 'recurrent' : weight.split('/').pop();
  return new RegExp(`"${option}Initializer":("identity"|\\{"type":"identity")`).test(JSON.stringify(options));
}

/** Where tfjs writes a topology that it cannot read again; whoever saves must put it right. */
function unloadable(type: string, options: Readonly<Record<string, unknown>>): boolean {
  return (
    // Not written at all.
    (type === 'separableConv2d' && (options.depthMultiplier ?? 1) !== 1) ||
    // Written in the place of the constraint.
    (type === 'depthwiseConv2d' && options.depthwiseRegularizer !== undefined)
  );
}

interface Step {
  /** How much it moved weights before the layer, and after it. */
  readonly before: number;
  readonly after: number;
}

/** A step of a model with the layer between weights, or only before some. */
async function train(kind: LayerDefinition, example: Example, between: boolean): Promise<Step> {
  const values = example.inputs.map((shape) => tf.input({ shape: [...shape] }));
  const before = between ? values.map(() => tf.layers.prelu({ alphaInitializer: 'ones' })) : [];
  // Negative inputs become positive ones, on which no rectifier is flat; indices stay what they are.
  const scale = kind.integersBelow?.(example.options) === undefined ? -1 : 1;
  const behind = before.map(
    (layer, index) => tf.layers.rescaling({ scale }).apply(layer.apply(values[index]!)) as tf.SymbolicTensor,
  );
  const output = applied(layerOf(kind, example), between ? behind : values, example.before);
  // Whatever its output is, this is negative.
  const after = tf.layers.prelu({ alphaInitializer: 'ones' });
  const bounded = tf.layers.activation({ activation: 'sigmoid' }).apply(output) as tf.SymbolicTensor;
  const shifted = tf.layers.rescaling({ scale: 1, offset: -2 }).apply(bounded);
  const model = tf.model({ inputs: values, outputs: after.apply(shifted) as tf.SymbolicTensor });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const target = tf.zeros([2, ...withoutBatch(model.outputShape)]);
  const loss = await model.trainOnBatch(valuesFor(kind, example, -1, -0.1), target);
  expect(Number.isFinite(loss)).toBe(true);
  const moved = (layer: ReturnType<typeof tf.layers.prelu>) =>
    layer.getWeights()[0]!.sub(1).abs().max().dataSync()[0]!;
  return { before: Math.max(0, ...before.map(moved)), after: moved(after) };
}

describe('training in tfjs', () => {
  test.each(examples)('$title: works unless we say that it does not', async ({ kind, example }) => {
    const step = train(kind, example, false);
    if (trainingProblemOf(kind, example.options, example.inputs) === undefined) {
      expect((await step).after).toBeGreaterThan(0);
    } else {
      await expect(step).rejects.toThrow();
    }
  });

  test.each(examples)('$title: reaches what stands before, or we say that not', async (given) => {
    const { kind, example } = given;
    const step = train(kind, example, true);
    const problem =
      trainingProblemOf(kind, example.options, example.inputs) ??
      inputGradientProblemOf(kind, example.options, example.inputs);
    if (problem === undefined) {
      expect((await step).before).toBeGreaterThan(0);
    } else {
      expect(problem.code).toBe('not-trainable');
      await expect(step).rejects.toThrow();
    }
  });

  test.each([
    ['conv2d', { filters: 2, kernelSize: 2, dilationRate: [1, 2], activation: 'relu' }, [5, 5, 2]],
    ['conv1d', { filters: 2, kernelSize: 2, dilationRate: [2] }, [5, 2]],
    ['conv3d', { filters: 2, kernelSize: 2, dilationRate: [1, 2, 1] }, [3, 3, 3, 2]],
    [
      'convLstm2d',
      { filters: 1, kernelSize: 2, dilationRate: [1, 2], recurrentInitializer: 'ones' },
      [2, 4, 4, 1],
    ],
    ['separableConv2d', { filters: 2, kernelSize: 2, dilationRate: 2 }, [5, 5, 2]],
    ['timeDistributed', { layer: { type: 'conv1d', filters: 1, kernelSize: 2, dilationRate: 2 } }, [2, 5, 2]],
    ['batchNormalization', { axis: 1 }, [5, 4, 2]],
    ['batchNormalization', { axis: -2 }, [5, 4]],
    ['batchNormalization', { center: false }, [5, 4, 2]],
    ['batchNormalization', { scale: false }, [4]],
    ['layerNormalization', { center: false }, [5, 4, 2]],
    ['layerNormalization', { scale: false }, [4]],
  ])('%s with %j does not work', async (type, options, input) => {
    const kind = kindOf(type);
    const example = { options, inputs: [input] };
    expect(isProblem(shapeOf(kind, example))).toBe(false);
    expect(kind.trainingProblem?.(options, input)).toMatchObject({ code: 'not-trainable' });
    await expect(train(kind, example, true)).rejects.toThrow();
  });
});
