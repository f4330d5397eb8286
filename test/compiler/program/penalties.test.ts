import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { penaltyOf } from '../../../src/compiler/program/penalties.js';
import { lowerChoice, type NamedChoice } from '../../../src/layers/named-choice.js';
import { regularizers } from '../../../src/layers/regularizers.js';
import { differentiate, programBuilder } from '../../../src/program/index.js';
import { evaluateCall } from '../../../src/runtime/build-model.js';
import { interpret } from '../../program/interpret.js';
import { draw, expectNear } from './numbers.js';

beforeAll(() => tf.setBackend('cpu'));

const choices: readonly NamedChoice[] = [
  'l1',
  'l2',
  'l1l2',
  { type: 'l1', l1: 0.3 },
  { type: 'l2', l2: 0.4 },
  { type: 'l1l2', l1: 0.2, l2: 0.3 },
  { type: 'l1l2', l1: 0, l2: 0.3 },
];

test('every regularizer is here', () => {
  const types = choices.map((choice) => (typeof choice === 'string' ? choice : choice.type));
  expect(new Set(types)).toEqual(new Set(Object.keys(regularizers.kinds)));
});

test.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))('%s', (_, choice) => {
  // The gradient of tfjs's |0| is -1, which every bias meets that starts at zero.
  const numbers = Float32Array.of(...draw(3, 4), 0, -2);
  const p = programBuilder();
  const weight = p.source('weight', [2, 3], false);
  const penalty = penaltyOf(choice, weight, p);
  expect(penalty).toMatchObject({ shape: [], batched: false });
  const [gradient] = differentiate(penalty, [weight], p);
  const [value, gradients] = interpret([penalty, gradient!], { lanes: 1, source: () => numbers });

  const regularizer = evaluateCall(tf, lowerChoice(regularizers, choice)) as {
    apply(weight: tf.Tensor): tf.Scalar;
  };
  const tensor = tf.tensor2d(numbers, [2, 3]);
  expectNear(value!, regularizer.apply(tensor).dataSync(), 1e-6, 'the penalty');
  const expected = tf.grad((given) => regularizer.apply(given))(tensor);
  expectNear(gradients!, expected.dataSync(), 1e-6, 'its gradient');
});
