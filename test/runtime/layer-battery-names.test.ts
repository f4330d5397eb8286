/**
 * Everything that a spec may choose by name gives the same on wasm and on cpu: activations, losses, metrics,
 * optimizers, initializers, regularizers and constraints, with the gradients where there are some.
 */
import type { Optimizer, Scalar, Tensor, Variable } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { activationNames } from '../../src/layers/activations.js';
import { constraints } from '../../src/layers/constraints.js';
import type { Call } from '../../src/layers/index.js';
import { initializers } from '../../src/layers/initializers.js';
import { type ChoiceFamily, lowerChoice } from '../../src/layers/named-choice.js';
import { regularizers } from '../../src/layers/regularizers.js';
import { openBackend } from '../../src/runtime/backend.js';
import { evaluateCall } from '../../src/runtime/build-model.js';
import { lossNames, metricNames } from '../../src/spec/losses.js';
import { lowerOptimizer } from '../../src/spec/optimizers.js';

const { tf } = await openBackend('wasm');
await openBackend('cpu');

/** What tfjs's types hide. */
interface Compiled {
  readonly lossFunctions: ((labels: Tensor, outputs: Tensor) => Tensor)[];
}

type Apply = { apply(value: Tensor): Tensor };

const wave = (shape: number[], height = 3): Tensor => {
  const size = shape.reduce((product, length) => product * length, 1);
  return tf.tensor(
    Float32Array.from({ length: size }, (_, i) => Math.sin(i * 1.3 + 0.1) * height),
    shape,
  );
};

/** The same computation on both backends; what it makes is freed. */
async function expectSame(compute: () => Tensor[], tolerance = 2e-5): Promise<void> {
  const found: Record<string, number[][]> = {};
  for (const backend of ['cpu', 'wasm']) {
    await tf.setBackend(backend);
    found[backend] = tf.tidy(() => compute().map((tensor) => [...tensor.dataSync()]));
  }
  for (const [index, expected] of found.cpu!.entries()) {
    const scale = Math.max(1e-3, ...expected.map(Math.abs));
    const differences = expected.map((value, at) => Math.abs(value - found.wasm![index]![at]!));
    expect(Math.max(...differences) / scale).toBeLessThan(tolerance);
  }
}

describe('activations', () => {
  it.each(activationNames)('%s', (activation) =>
    expectSame(() => {
      const layer = tf.layers.activation({ activation });
      const apply = (x: Tensor) => layer.apply(x) as Tensor;
      const weighted = (x: Tensor) =>
        apply(x)
          .mul(wave([7]))
          .sum();
      const x = wave([600, 7]);
      return [apply(x), tf.grad(weighted)(x)];
    }),
  );
});

/** A model with one dense layer of 5 classes, 4 examples and labels in the form that the loss takes. */
function classifier(loss: string, metrics: string[] = []) {
  const kernelInitializer = tf.initializers.glorotNormal({ seed: 3 });
  const layer = tf.layers.dense({ units: 5, inputShape: [3], activation: 'softmax', kernelInitializer });
  const model = tf.sequential({ layers: [layer] });
  model.compile({ optimizer: 'sgd', loss, metrics });
  const indices = tf.tensor1d([1, 2, 0, 3], 'int32');
  const labels =
    loss === 'sparseCategoricalCrossentropy'
      ? indices.toFloat().expandDims(1)
      : tf.oneHot(indices, 5).toFloat();
  return { model, x: wave([4, 3]), labels };
}

describe('losses', () => {
  it.each(lossNames)('%s', (loss) =>
    expectSame(() => {
      const { model, x, labels } = classifier(loss);
      const { lossFunctions } = (model as unknown as { model: Compiled }).model;
      const trained = model.trainableWeights.map((weight) => weight.read());
      const { value, grads } = tf.variableGrads(
        () => lossFunctions[0]!(labels, model.apply(x, { training: true }) as Tensor).mean() as Scalar,
        trained as Variable[],
      );
      return [value, ...Object.values(grads)];
    }),
  );
});

const metricCases = [
  'sparseCategoricalCrossentropy',
  'categoricalCrossentropy',
  'binaryCrossentropy',
].flatMap((loss) =>
  metricNames
    // This metric wants class indices, and these losses one-hot labels.
    .filter((metric) => loss.startsWith('sparse') || metric !== 'sparseCategoricalCrossentropy')
    .map((metric) => ({ loss, metric })),
);

describe('metrics', () => {
  it.each(metricCases)('$metric beside $loss', ({ loss, metric }) =>
    expectSame(() => {
      const { model, x, labels } = classifier(loss, [metric]);
      return [model.evaluate(x, labels)].flat() as Tensor[];
    }),
  );
});

const optimizerOptions: Readonly<Record<string, object[]>> = {
  sgd: [{ learningRate: 0.1 }],
  momentum: [
    { learningRate: 0.1, momentum: 0.9 },
    { learningRate: 0.1, momentum: 0.9, useNesterov: true },
  ],
  adagrad: [{ learningRate: 0.1 }],
  adadelta: [{ learningRate: 0.1 }],
  adam: [{ learningRate: 0.1 }],
  adamax: [{ learningRate: 0.1, decay: 0.01 }],
  rmsprop: [
    { learningRate: 0.01, momentum: 0.5 },
    { learningRate: 0.01, centered: true },
  ],
};

describe('optimizers', () => {
  it('are all here', () => {
    expect(Object.keys(optimizerOptions).sort()).toEqual(Object.keys(tf.train).sort());
  });

  const cases = Object.entries(optimizerOptions).flatMap(([type, all]) =>
    all.map((options) => ({ type, options })),
  );
  it.each(cases)('$type with $options', ({ type, options }) =>
    expectSame(() => {
      const { call } = lowerOptimizer({ type, ...options });
      const optimizer = evaluateCall(tf, call) as Optimizer;
      // No gradient is zero: tfjs's centered rmsprop makes NaN of those, on every backend.
      const initial = [wave([4]), wave([300, 20], 0.5).add(1)];
      const weights = initial.map((values) => tf.variable(values)) as [Variable, Variable];
      const loss = () => weights[0].square().sum().add(weights[1].sin().mul(weights[1]).sum()) as Scalar;
      for (let step = 0; step < 5; step++) optimizer.minimize(loss, false, weights);
      const found = weights.map((weight) => weight.clone());
      optimizer.dispose();
      tf.dispose(weights);
      return found;
    }),
  );

  it.each(['wasm', 'cpu'])(
    'tfjs on %s makes NaN of what centered rmsprop has no gradient for',
    async (name) => {
      await tf.setBackend(name);
      const weight = tf.variable(tf.tensor1d([1, 1]));
      const { call } = lowerOptimizer({ type: 'rmsprop', learningRate: 0.5, centered: true });
      const optimizer = evaluateCall(tf, call) as Optimizer;
      optimizer.minimize(() => weight.mul([0, 1]).sum() as Scalar, false, [weight]);
      const [still, moved] = weight.dataSync();
      expect(still).toBeNaN();
      expect(moved).toBeLessThan(1);
      optimizer.dispose();
      weight.dispose();
    },
  );
});

const extra: Readonly<Record<string, object>> = { constant: { value: 2 } };

function choices(family: ChoiceFamily): { type: string; call: Call }[] {
  return Object.keys(family.kinds).map((type) => ({
    type,
    call: lowerChoice(
      family,
      { type, ...extra[type] },
      family.namespace === 'initializers' && takesSeed(family, type) ? { seed: 7 } : {},
    ),
  }));
}

const takesSeed = (family: ChoiceFamily, type: string) => 'seed' in family.kinds[type]!.options;

describe('initializers', () => {
  it.each(choices(initializers))('$type', ({ call }) =>
    expectSame(() => [(evaluateCall(tf, call) as { apply(shape: number[]): Tensor }).apply([6, 6])]),
  );
});

describe('regularizers', () => {
  it.each(choices(regularizers))('$type', ({ call }) =>
    expectSame(() => {
      const penalty = evaluateCall(tf, call) as Apply;
      const weight = wave([90, 50]);
      return [penalty.apply(weight), tf.grad((w) => penalty.apply(w))(weight)];
    }),
  );
});

describe('constraints', () => {
  it.each(choices(constraints))('$type', ({ call }) =>
    expectSame(() => [(evaluateCall(tf, call) as Apply).apply(wave([90, 50]))]),
  );
});
