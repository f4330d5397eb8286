import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { isProblem, type LayerDefinition, trainingProblemOf, weightsOf } from '../../src/layers/index.js';
import {
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
  const model = modelOf(layer, example.inputs);

  test('has the output shape that tfjs infers and computes', () => {
    const shape = shapeOf(kind, example);
    expect(shape).toEqual(withoutBatch(layer.outputShape));
    const output = model.predict(valuesFor(kind, example)) as tf.Tensor;
    expect(output.shape).toEqual([2, ...shape]);
    expect(output.dtype).toBe('float32');
  });

  test('has the weights of tfjs, in order', () => {
    expect(weightsOf(kind, example.options, example.inputs)).toEqual(
      layer.weights.map((weight) => ({
        name: ownName(weight),
        shape: weight.shape,
        trainable: layer.trainableWeights.includes(weight),
      })),
    );
  });

  test('survives being saved and loaded', async () => {
    const model = modelOf(layerOf(kind, example), example.inputs);
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
    expect(ours!.sub(theirs!).abs().max().dataSync()[0]).toBeLessThan(1e-5);
  });

  test('draws its weights from seeds that are in the topology', () => {
    const again = modelOf(layerOf(kind, example), example.inputs);
    expect(again.getWeights().map((weight) => weight.arraySync())).toEqual(
      model.getWeights().map((weight) => weight.arraySync()),
    );
    for (const [name, value] of Object.entries(layer.getConfig())) {
      const { config } = (value ?? {}) as { readonly config?: Readonly<Record<string, unknown>> };
      if (name.endsWith('Initializer') && config !== undefined && 'seed' in config) {
        const ours = (lowered(kind, example).args[0] as Record<string, unknown>)[name];
        // tfjs gives the pointwise kernel the initializer of the depthwise one.
        if (ours === undefined) expect(`${kind.type} ${name}`).toBe('separableConv2d pointwiseInitializer');
        expect(config.seed).toEqual(expect.any(Number));
      }
    }
  });

  test('starts differently in an equal layer of another name', () => {
    const other = modelOf(layerOf(kind, example, 'other'), example.inputs);
    const options = Object.values(example.options);
    const fixed = options.some((value) => typeof value === 'object' && value !== null && 'seed' in value);
    layer.weights.forEach((weight, index) => {
      const [ours, theirs] = [weight.read(), other.layers.at(-1)!.weights[index]!.read()];
      const [low, high] = [ours.min().dataSync()[0]!, ours.max().dataSync()[0]!];
      const drawn = low !== high && !isIdentity(example.options, weight.originalName);
      expect(ours.sub(theirs).abs().max().dataSync()[0]! > 0, weight.originalName).toBe(drawn && !fixed);
    });
  });
});

const isIdentity = (options: Readonly<Record<string, unknown>>, weight: string) =>
  weight.endsWith('/kernel') && JSON.stringify(options.kernelInitializer ?? null).includes('identity');

/** Where tfjs writes a topology that it cannot read again; whoever saves must put it right. */
function unloadable(type: string, options: Readonly<Record<string, unknown>>): boolean {
  return (
    // Not written at all.
    (type === 'separableConv2d' && (options.depthMultiplier ?? 1) !== 1) ||
    // Written in the place of the constraint.
    (type === 'depthwiseConv2d' && options.depthwiseRegularizer !== undefined)
  );
}

/** A step of a model with the layer behind weights of its own; how much those of its first input moved. */
async function train(kind: LayerDefinition, example: Example): Promise<number> {
  const values = example.inputs.map((shape) => tf.input({ shape: [...shape] }));
  // Negative inputs become positive ones, on which no rectifier is flat.
  const before = values.map(() => tf.layers.prelu({ alphaInitializer: 'ones' }));
  const given = values.map(
    (value, index) =>
      tf.layers.rescaling({ scale: -1 }).apply(before[index]!.apply(value)) as tf.SymbolicTensor,
  );
  const [only, ...others] = given;
  const output = layerOf(kind, example).apply(others.length === 0 ? only! : given) as tf.SymbolicTensor;
  const model = tf.model({ inputs: values, outputs: output });
  model.compile({ optimizer: tf.train.sgd(0.1), loss: 'meanSquaredError' });
  const target = tf.zeros([2, ...(withoutBatch(model.outputShape) as number[])]);
  const loss = await model.trainOnBatch(valuesFor(kind, example, -1, -0.1), target);
  expect(Number.isFinite(loss)).toBe(true);
  return before[0]!.getWeights()[0]!.sub(1).abs().max().dataSync()[0]!;
}

describe('training in tfjs', () => {
  test.each(examples)('$title: works unless we say that it does not', async ({ kind, example }) => {
    const step = train(kind, example);
    if (trainingProblemOf(kind, example.options, example.inputs) === undefined) {
      expect(await step).toBeGreaterThan(0);
    } else {
      await expect(step).rejects.toThrow();
    }
  });

  test.each([
    ['conv2d', { filters: 2, kernelSize: 2, dilationRate: [1, 2], activation: 'relu' }, [5, 5, 2]],
    ['separableConv2d', { filters: 2, kernelSize: 2, dilationRate: 2 }, [5, 5, 2]],
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
    await expect(train(kind, example)).rejects.toThrow();
  });
});
