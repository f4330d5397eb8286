import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { lossOf } from '../../../src/compiler/program/losses.js';
import { differentiate, programBuilder } from '../../../src/program/index.js';
import { type LossName, lossNames } from '../../../src/spec/losses.js';
import { interpret } from '../../program/interpret.js';
import { draw, expectNear } from './numbers.js';

beforeAll(() => tf.setBackend('cpu'));

/** tfjs-layers exports no losses: a compiled model has the function. */
function tfjsLoss(loss: LossName, size: number): (labels: tf.Tensor, outputs: tf.Tensor) => tf.Tensor {
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [size] })] });
  model.compile({ loss, optimizer: 'sgd' });
  const { lossFunctions } = (model as unknown as { model: { lossFunctions: [typeof tf.losses.huberLoss] } })
    .model;
  return lossFunctions[0];
}

/** The loss of each example and the gradient of their sum, which no example has a part in but its own. */
function compare(loss: LossName, labels: Float32Array, outputs: Float32Array, size: number): void {
  const lanes = labels.length;
  const p = programBuilder();
  const y = p.source('labels', [1], true);
  const x = p.source('outputs', [size], true);
  const each = lossOf(loss, y, x, p);
  expect(each).toMatchObject({ shape: [], batched: true });
  const [gradient] = differentiate(p.batchSum(each), [x], p);
  const [values, gradients] = interpret([each, gradient!], {
    lanes,
    source: (name) => (name === 'labels' ? labels : outputs),
  });

  tf.tidy(() => {
    const index = tf.tensor2d(labels, [lanes, 1]);
    const asIs = size === 1 || loss === 'sparseCategoricalCrossentropy';
    const target = asIs ? index : tf.oneHot(index.reshape([lanes]).toInt(), size).toFloat();
    const tensor = tf.tensor2d(outputs, [lanes, size]);
    const formula = tfjsLoss(loss, size);
    expectNear(values!, formula(target, tensor).dataSync(), 2e-6, loss);
    const expected = tf.grad((given) => formula(target, given).sum())(tensor);
    expectNear(gradients!, expected.dataSync(), 5e-6, `the gradient of ${loss}`);
  });
}

const classes = (count: number) => Float32Array.from({ length: count }, (_, i) => (i * 7) % 5);

describe.each(lossNames)('%s', (loss) => {
  test('of probabilities', () => {
    compare(loss, classes(12), draw(1, 60, 0.001, 0.9), 5);
  });

  test('of any numbers', () => {
    compare(loss, classes(12), draw(2, 60, -3, 3), 5);
  });

  test('of zeros, ones, equal numbers, and both sides of where it is cut off', () => {
    const rows = [
      [0, 0, 0, 0, 0],
      [1, 1, 1, 1, 1],
      [1, 0, 0, 0, 0],
      [0, 1, 0, 0, 0],
      [0.5, 0.5, 0.5, 0.5, 0.5],
      [-1, 2, -1, 2, -1],
      [1e-7, 1 - 1e-7, 1e-8, 1 - 1e-8, 0.25],
      [2e-7, 1 - 2e-7, 1 + 1e-6, -1e-6, 30],
    ].flatMap((row) => [row, row]);
    compare(
      loss,
      Float32Array.from(rows, (_, i) => (i % 2) * 3),
      Float32Array.from(rows.flat()),
      5,
    );
  });

  // tfjs refuses to make ones and zeros of a single class.
  test.skipIf(loss === 'sparseCategoricalCrossentropy')('of one number', () => {
    const labels = [0, 1, 0, 1, 0, 1, 0, 1, 3, 0, 1, 0, 1, -2];
    const outputs = [0, 0, 1, 1, 0.5, 0.5, -1, 2, 2.5, 0.1, 0.9, 30, -30, 0.3];
    compare(loss, Float32Array.from(labels), Float32Array.from(outputs), 1);
  });
});
