import * as tf from '@tensorflow/tfjs';
import { beforeAll, expect, test } from 'vitest';
import { constrained } from '../../../src/compiler/program/constraints.js';
import { constraints } from '../../../src/layers/constraints.js';
import { lowerChoice, type NamedChoice } from '../../../src/layers/named-choice.js';
import { programBuilder } from '../../../src/program/index.js';
import { evaluateCall } from '../../../src/runtime/build-model.js';
import { interpret } from '../../program/interpret.js';
import { draw, expectNear } from './numbers.js';

beforeAll(() => tf.setBackend('cpu'));

const choices: readonly NamedChoice[] = [
  'maxNorm',
  { type: 'maxNorm', maxValue: 0.5, axis: 1 },
  'unitNorm',
  { type: 'unitNorm', axis: 2 },
  'nonNeg',
  'minMaxNorm',
  { type: 'minMaxNorm', minValue: 0.8, maxValue: 1.1, rate: 0.3, axis: 1 },
];

test('every constraint is here', () => {
  const types = choices.map((choice) => (typeof choice === 'string' ? choice : choice.type));
  expect(new Set(types)).toEqual(new Set(Object.keys(constraints.kinds)));
});

test.each(choices.map((choice) => [JSON.stringify(choice), choice] as const))('%s', (_, choice) => {
  const shape = [3, 2, 4] as const;
  // One large, one small, one without any length.
  const numbers = draw(5, 24, -2, 2).map((value, index) => value * [1, 0.01, 0, 3][index % 4]!);
  const p = programBuilder();
  const value = constrained(choice, p.source('weight', shape, false), p);
  const [bounded] = interpret([value], { lanes: 1, source: () => numbers });

  const constraint = evaluateCall(tf, lowerChoice(constraints, choice)) as {
    apply(weight: tf.Tensor): tf.Tensor;
  };
  expectNear(bounded!, constraint.apply(tf.tensor3d(numbers, [...shape])).dataSync(), 1e-6, 'the weight');
});
