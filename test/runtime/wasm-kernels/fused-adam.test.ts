/** Our Adam against tfjs's own, bit for bit, on the same backend. */
import type { AdamOptimizer, Scalar, Variable } from '@tensorflow/tfjs';
import * as tfjs from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

// Before any backend of ours is opened, so that this is tfjs's own code.
const shipped = tfjs.AdamOptimizer.prototype.applyGradients;
const { tf } = await import('./both-backends.js');

type Options = readonly [number, number?, number?, number?];

async function train(options: Options, apply: AdamOptimizer['applyGradients'], steps: number) {
  await tf.setBackend('wasm');
  const optimizer = tf.train.adam(...options);
  optimizer.applyGradients = apply;
  const initial = [
    tf.randomNormal([37, 5], 0, 1, 'float32', 3),
    tf.randomNormal([11], 0, 10, 'float32', 4),
    // Its gradient is zero throughout.
    tf.ones([3]),
  ];
  const weights = initial.map((tensor) => tf.variable(tensor)) as [Variable, Variable, Variable];
  tf.dispose(initial);
  const loss = () =>
    tf.tidy(() => {
      const [matrix, vector, still] = weights;
      const parts = [matrix.square().mean(), vector.sin().mul(vector).sum().mul(1e3), still.mul(0).sum()];
      return tf.addN(parts) as Scalar;
    });
  for (let step = 0; step < steps; step++) optimizer.minimize(loss, false, weights);
  const { accumulatedFirstMoment, accumulatedSecondMoment, accBeta1, accBeta2 } = optimizer as unknown as {
    accumulatedFirstMoment: { variable: Variable }[];
    accumulatedSecondMoment: { variable: Variable }[];
    accBeta1: Variable;
    accBeta2: Variable;
  };
  const state = [
    ...weights,
    ...accumulatedFirstMoment.map(({ variable }) => variable),
    ...accumulatedSecondMoment.map(({ variable }) => variable),
    accBeta1,
    accBeta2,
  ].map((variable) => [...new Uint32Array(variable.dataSync().slice().buffer)]);
  const { iterations } = optimizer;
  optimizer.dispose();
  tf.dispose(weights);
  return { state, iterations };
}

it.each<{ options: Options }>([
  { options: [0.001] },
  { options: [0.1, 0.8, 0.99, 1e-3] },
  { options: [1e-5, 0, 0, 1e-7] },
])('gives the bits that tfjs gives, with $options', async ({ options }) => {
  const ours = tf.AdamOptimizer.prototype.applyGradients;
  expect(ours).not.toBe(shipped);
  const before = tf.memory();
  const expected = await train(options, shipped, 30);
  expect(await train(options, ours, 30)).toEqual(expected);
  expect(tf.memory()).toEqual(before);
});

it('leaves other backends to tfjs', async () => {
  await tf.setBackend('cpu');
  const weight = tf.variable(tf.tensor1d([1, 2]));
  const optimizer = tf.train.adam(0.1);
  for (let step = 0; step < 3; step++) {
    optimizer.minimize(() => weight.square().sum() as Scalar, false, [weight]);
  }
  expect(weight.dataSync()[0]).toBeCloseTo(0.7, 1);
  await tf.setBackend('wasm');
});
