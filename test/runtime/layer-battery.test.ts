/**
 * Every example of every layer kind is trained on wasm, on native TensorFlow where it is installed, and on cpu: outputs,
 * and gradients with respect to all weights and inputs, must agree. What the registry says tfjs cannot train must fail
 * on all.
 */
import type { LayersModel, Scalar, SymbolicTensor, Tensor, Tensor4D, Tensor5D } from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import {
  builtInRegistry,
  isProblem,
  type LayerDefinition,
  type LayerExample,
  outputShapeOf,
  sizeOf,
  trainingProblemOf,
} from '../../src/layers/index.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { backendLimits, openBackend } from '../../src/runtime/backend.js';
import { canonicalWeightName, evaluateCall } from '../../src/runtime/build-model.js';

/** Names of tfjs's own. */
type Backend = 'cpu' | 'wasm' | 'tensorflow';
/** Shape and values. */
type SavedWeight = readonly [readonly number[], Float32Array];
type Layer = ReturnType<typeof tf.layers.dense>;

const { tf } = await openBackend('wasm');
const { name: fastest } = await openBackend('auto');
await openBackend('cpu');
/** Native TensorFlow too, where it is installed. */
const trainedOn: readonly Backend[] = fastest === 'wasm' ? ['wasm'] : ['wasm', 'tensorflow'];
const { random } = Math;
afterAll(() => {
  Math.random = random;
});

/** Large enough for the kernels that treat large tensors in another way. */
const large: readonly { type: string; example: LayerExample }[] = [
  { type: 'conv2d', example: { inputs: [[12, 12, 5]], options: { filters: 20, kernelSize: 3 } } },
  { type: 'depthwiseConv2d', example: { inputs: [[12, 12, 20]], options: { kernelSize: 3, strides: 2 } } },
  { type: 'dense', example: { inputs: [[300]], options: { units: 70 } } },
  { type: 'batchNormalization', example: { inputs: [[12, 12, 20]], options: {} } },
  { type: 'batchNormalization', example: { inputs: [[2000]], options: {} } },
  { type: 'layerNormalization', example: { inputs: [[12, 12, 20]], options: {} } },
  { type: 'globalAveragePooling2d', example: { inputs: [[12, 12, 20]], options: {} } },
  { type: 'globalMaxPooling2d', example: { inputs: [[12, 12, 20]], options: {} } },
  {
    type: 'averagePooling2d',
    example: { inputs: [[12, 12, 20]], options: { poolSize: 3, padding: 'same' } },
  },
];

const cases = [
  ...[...builtInRegistry.layers.values()].flatMap((kind) =>
    kind.examples.map((example, index) => ({
      title: titleOf(kind, example, index),
      isLarge: false,
      kind,
      example,
    })),
  ),
  ...large.map(({ type, example }) => ({
    title: `${type}, large: ${JSON.stringify(example)}`,
    isLarge: true,
    kind: builtInRegistry.layers.get(type)!,
    example,
  })),
];

function titleOf({ type }: LayerDefinition, { title, options }: LayerExample, index: number): string {
  return `${type} ${index + 1}: ${title ?? JSON.stringify(options)}`;
}

/** The layer, then a dense one, so that a gradient comes from behind. */
function modelOf(kind: LayerDefinition, { options, inputs: inputShapes }: LayerExample): LayersModel {
  const seed = (role: string) => deriveSeed(5, 'layer', role);
  const layer = evaluateCall(tf, kind.lower(options, { name: 'layer', inputShapes, seed })) as Layer;
  const inputs = inputShapes.map((shape) => tf.input({ shape: [...shape] }));
  const [only, ...others] = inputs;
  const output = layer.apply(others.length === 0 ? only! : inputs) as SymbolicTensor;
  const flat = output.shape.length === 2 ? output : (tf.layers.flatten().apply(output) as SymbolicTensor);
  const head = tf.layers.dense({ units: 3, kernelInitializer: tf.initializers.glorotNormal({ seed: 9 }) });
  return tf.model({ inputs, outputs: head.apply(flat) as SymbolicTensor });
}

/** Examples in a batch. */
const batch = 4;

/** The same random numbers on each backend. */
function restartRandom(): void {
  let state = 1;
  Math.random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

function drawInput(
  kind: LayerDefinition,
  { options }: LayerExample,
  shape: readonly number[],
  shift: number,
): Tensor {
  const below = kind.integersBelow?.(options);
  const values = Float32Array.from({ length: batch * sizeOf(shape) }, (_, index) => {
    const value = Math.sin(index * 1.7 + 0.3) + ((index * 7919) % 13) / 20 + shift * slope(index);
    return below === undefined ? value : Math.floor(((value + 2) * 1e3) % below);
  });
  return tf.tensor(values, [batch, ...shape]);
}

/** Everything that a training step and a prediction give, by name. */
async function results(
  backend: Backend,
  model: LayersModel,
  weights: readonly SavedWeight[],
  draw: () => Tensor[],
  differentiable: boolean,
): Promise<Map<string, Float32Array>> {
  await tf.setBackend(backend);
  const tensors = tf.tidy(() => {
    tf.tidy(() => model.setWeights(weights.map(([shape, values]) => tf.tensor(values, [...shape]))));
    const inputs = draw();
    const loss = (...values: Tensor[]) => {
      restartRandom();
      const output = model.apply(values, { training: true }) as Tensor;
      return output
        .square()
        .mul(tf.tensor1d([1, -2, 3]))
        .sum() as Scalar;
    };
    const trained = model.trainableWeights.map((weight) => weight.read());
    const { value, grads } = tf.variableGrads(() => loss(...inputs), trained as never);
    return {
      loss: value as Tensor,
      // Not `predict`, whose check of shapes some layers of tfjs break.
      prediction: model.apply(inputs, { training: false }) as Tensor,
      ...Object.fromEntries(
        model.trainableWeights.map((weight) => [canonicalWeightName(weight), grads[weight.name]!]),
      ),
      ...(differentiable
        ? Object.fromEntries(
            tf
              .grads(loss)(inputs)
              .map((g, i) => [`input ${i}`, g]),
          )
        : {}),
    } as Record<string, Tensor>;
  });
  const found = new Map(
    Object.entries(tensors).map(([name, tensor]) => [name, tensor.dataSync().slice() as Float32Array]),
  );
  tf.dispose(tensors);
  return found;
}

function expectSame(
  found: Map<string, Float32Array>,
  expected: Map<string, Float32Array>,
  tolerance: number,
): void {
  expect([...found.keys()]).toEqual([...expected.keys()]);
  for (const [name, values] of expected) {
    const scale = Math.max(1e-2, ...values.map(Math.abs));
    const difference = Math.max(
      0,
      ...values.map((value, index) => Math.abs(value - found.get(name)![index]!)),
    );
    expect(difference / scale, name).toBeLessThan(tolerance);
  }
}

/** Whether the gradients of what `loss` of `results` is agree with small steps along all of them. */
async function expectTrueSlopes(
  backend: Backend,
  model: LayersModel,
  weights: readonly SavedWeight[],
  draw: (shift: number) => Tensor[],
  found: Map<string, Float32Array>,
): Promise<void> {
  const size = 1e-2;
  const lossAt = async (shift: number) => {
    const shifted = weights.map(
      ([shape, values]) => [shape, values.map((v, i) => v + shift * slope(i))] as const,
    );
    return (await results(backend, model, shifted, () => draw(shift), false)).get('loss')![0]!;
  };
  const expected = ((await lossAt(size)) - (await lossAt(-size))) / (2 * size);
  const slopes = [...found].filter(([name]) => name !== 'loss' && name !== 'prediction');
  const along = slopes.flatMap(([, values]) => [...values.map((value, index) => value * slope(index))]);
  const sum = along.reduce((total, value) => total + value, 0);
  expect(Math.abs(sum - expected)).toBeLessThan(0.02 * Math.max(1, Math.abs(expected)));
}

/** How far each value goes in a step of size one. */
const slope = (index: number) => Math.cos(index * 2.1);

describe.each(trainedOn)('training gives the same on %s and on cpu', (backend) => {
  it.each(cases)('$title', async ({ kind, example, isLarge }) => {
    const { options, inputs: shapes } = example;
    expect(isProblem(outputShapeOf(kind, options, shapes))).toBe(false);
    await tf.setBackend('cpu');
    const model = modelOf(kind, example);
    const weights = model
      .getWeights()
      .map((weight): SavedWeight => [weight.shape, weight.dataSync().slice() as Float32Array]);
    const draw = (shift = 0) => shapes.map((shape) => drawInput(kind, example, shape, shift));
    const run = (on: Backend, withInputs: boolean) => results(on, model, weights, draw, withInputs);
    const takesNumbers = kind.integersBelow?.(options) === undefined;
    const hasGradient = problemWithInput(kind, example) === undefined;
    try {
      if (trainingProblemOf(kind, options, shapes) !== undefined) {
        await expect(run('cpu', false)).rejects.toThrow();
        await expect(run(backend, false)).rejects.toThrow();
        return;
      }
      if (takesNumbers && !hasGradient) {
        await expect(run('cpu', true)).rejects.toThrow();
        await expect(run(backend, true)).rejects.toThrow();
      }
      const found = await run(backend, takesNumbers && hasGradient);
      // In a large one many values cancel out.
      const tolerance = isLarge ? 1e-3 : 3e-5;
      if (isWrongOnCpu(kind, example)) {
        expectSame(await run(backend, false), await run('cpu', false), tolerance);
        await expectTrueSlopes(backend, model, weights, draw, found);
      } else expectSame(found, await run('cpu', takesNumbers && hasGradient), tolerance);
    } finally {
      model.dispose();
    }
  });
});

const isWrongOnCpu = ({ type }: LayerDefinition, { options }: LayerExample) =>
  backendLimits.some(({ backend, layer }) => backend === 'cpu' && layer === type) &&
  !(type.startsWith('averagePooling') && options.padding !== 'same');

function problemWithInput(kind: LayerDefinition, { options, inputs }: LayerExample) {
  return kind.inputs === 'many'
    ? kind.inputGradientProblem?.(options, inputs)
    : kind.inputGradientProblem?.(options, inputs[0]!);
}

describe('what only one backend gets wrong', () => {
  /** Of two values and of the third, which a window over the edge has alone: in an image and in a volume. */
  const gradientsOfMeans = () =>
    tf.tidy(() => {
      const image = tf.grad((x: Tensor) => tf.avgPool(x as Tensor4D, [1, 2], [1, 2], 'same').sum());
      const volume = tf.grad((x: Tensor) => tf.avgPool3d(x as Tensor5D, [1, 1, 2], [1, 1, 2], 'same').sum());
      const gradients = [image(tf.ones([1, 1, 3, 1])), volume(tf.ones([1, 1, 1, 3, 1]))];
      return gradients.map((gradient) => [...gradient.dataSync()]);
    });

  const upSampled = (batch: number, interpolation: 'nearest' | 'bilinear') =>
    tf.tidy(() => {
      const [height, width] = [3, 2];
      const slopes = tf.range(0, batch * height * width * 8).reshape([batch, height * 2, width * 2, 2]);
      const layer = tf.layers.upSampling2d({ size: [2, 2], interpolation });
      const gradient = tf.grad((x) => (layer.apply(x) as Tensor).mul(slopes).sum());
      const found = gradient(tf.zeros([batch, height, width, 2]));
      // With `nearest` each value is copied to four places.
      const expected = slopes.reshape([batch, height, 2, width, 2, 2]).sum([2, 4]);
      return { found: found.arraySync(), expected: expected.arraySync() };
    });

  it.each(trainedOn)('is right on %s: means of windows that reach over the edge', async (backend) => {
    await tf.setBackend(backend);
    for (const means of gradientsOfMeans()) expect(means).toEqual([0.5, 0.5, 1]);
  });

  it('is right on wasm: upSampling2d by nearest neighbours', async () => {
    await tf.setBackend('wasm');
    const { found, expected } = upSampled(3, 'nearest');
    expect(found).toEqual(expected);
  });

  it('is still as backendLimits says on cpu', async () => {
    await tf.setBackend('cpu');
    expect(backendLimits.map(({ backend, layer }) => `${layer} on ${backend}`)).toEqual([
      'upSampling2d on cpu',
      'upSampling2d on cpu',
      'maxPooling3d on cpu',
      'averagePooling1d on cpu',
      'averagePooling2d on cpu',
      'averagePooling3d on cpu',
    ]);
    for (const means of gradientsOfMeans()) expect(means).not.toEqual([0.5, 0.5, 1]);
    const one = upSampled(1, 'nearest');
    expect(one.found).toEqual(one.expected);
    const several = upSampled(2, 'nearest');
    expect(several.found).not.toEqual(several.expected);
    expect(() => upSampled(1, 'bilinear')).toThrow('does not match the shape');
    const gradient = tf.tidy(() => {
      const pooled = (x: Tensor) => tf.maxPool3d(x as Tensor5D, [1, 2, 1], 1, 'valid').sum();
      return [
        ...tf
          .grad(pooled)(tf.tensor5d([1, 2], [1, 1, 2, 1, 1]))
          .dataSync(),
      ];
    });
    expect(gradient).not.toEqual([0, 1]);
  });
});
