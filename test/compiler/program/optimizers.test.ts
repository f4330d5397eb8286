import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, test } from 'vitest';
import { optimizerUpdate } from '../../../src/compiler/program/optimizers.js';
import { fuse, programBuilder, type Value, valuesBefore } from '../../../src/program/index.js';
import { evaluateCall } from '../../../src/runtime/build-model.js';
import { readOptimizerState } from '../../../src/runtime/optimizer-state.js';
import { lowerOptimizer, type Optimizer, optimizerSchema } from '../../../src/spec/optimizers.js';
import { interpret } from '../../program/interpret.js';
import { draw, expectNear } from './numbers.js';

beforeAll(() => tf.setBackend('cpu'));

/** Each in every form that has a formula or slots of its own, and with each of its options. */
const optimizers: readonly Optimizer[] = [
  { type: 'sgd', learningRate: 0.05 },
  { type: 'momentum', learningRate: 0.05, momentum: 0.9 },
  { type: 'momentum', learningRate: 0.05, momentum: 0.8, useNesterov: true },
  { type: 'adagrad', learningRate: 0.05 },
  { type: 'adagrad', learningRate: 0.05, initialAccumulatorValue: 0.2 },
  'adadelta',
  { type: 'adadelta', learningRate: 0.5, rho: 0.8, epsilon: 0.01 },
  'adam',
  { type: 'adam', learningRate: 0.05, beta1: 0.7, beta2: 0.9, epsilon: 0.01 },
  'adamax',
  { type: 'adamax', learningRate: 0.05, beta1: 0.7, beta2: 0.9, epsilon: 0.01, decay: 0.1 },
  { type: 'rmsprop', learningRate: 0.05 },
  { type: 'rmsprop', learningRate: 0.05, decay: 0.8, momentum: 0.5, epsilon: 0.01 },
  { type: 'rmsprop', learningRate: 0.05, decay: 0.8, momentum: 0.5, epsilon: 0.01, centered: true },
];

const shapes = { 'a/kernel': [2, 3], 'a/bias': [3], 'b/unused': [2] } as const;
const names = Object.keys(shapes) as (keyof typeof shapes)[];
const hasGradient = (name: string) => name !== 'b/unused';

/** Some gradients of ordinary size, some small, some zero. */
const gradientOf = (name: keyof typeof shapes, step: number) =>
  draw(step * 10 + names.indexOf(name), tf.util.sizeFromShape([...shapes[name]])).map(
    (value, index) => value * [1, 1e-3, 0][index % 3]!,
  );

const initialWeight = (name: keyof typeof shapes) =>
  draw(names.indexOf(name) + 900, tf.util.sizeFromShape([...shapes[name]]));

test('every optimizer is here', () => {
  const schema = optimizerSchema() as unknown as { anyOf: [unknown, { oneOf: OptimizerBranch[] }] };
  const known = schema.anyOf[1].oneOf.map(({ properties }) => properties.type.const);
  expect(new Set(optimizers.map((optimizer) => lowerOptimizer(optimizer).type))).toEqual(new Set(known));
});

interface OptimizerBranch {
  readonly properties: { readonly type: { readonly const: string } };
}

describe.each(optimizers.map((optimizer) => [JSON.stringify(optimizer), optimizer] as const))(
  '%s',
  (_, optimizer) => {
    test('does what tfjs does, with the same slots', () => {
      const { type, call } = lowerOptimizer(optimizer);
      const reference = evaluateCall(tf, call) as tf.Optimizer;
      const variables = names.map((name) => tf.variable(tf.tensor(initialWeight(name), [...shapes[name]])));

      const p = programBuilder();
      const weights = names.map((name) => ({
        name,
        value: p.source(`weight/${name}`, shapes[name], false),
        gradient: hasGradient(name) ? p.source(`gradient/${name}`, shapes[name], false) : undefined,
      }));
      const update = optimizerUpdate(type, call.args, weights, p);
      const state = new Map<Value, Float32Array>([
        ...update.slots.map(({ value, initial }) => {
          const size = tf.util.sizeFromShape([...value.shape]);
          return [value, new Float32Array(size).fill(initial)] as const;
        }),
        ...weights.map(({ name, value }) => [value, initialWeight(name)] as const),
      ]);

      for (let step = 0; step < 5; step += 1) {
        reference.applyGradients(
          variables.map((variable, index) => {
            const name = names[index]!;
            const gradient = tf.tensor(gradientOf(name, step), [...shapes[name]]);
            return {
              name: variable.name,
              tensor: hasGradient(name) ? gradient : (undefined as unknown as tf.Tensor),
            };
          }),
        );

        const given = new Map(state);
        for (const { name, gradient } of weights) if (gradient) given.set(gradient, gradientOf(name, step));
        const byName = new Map(
          [...given].map(([{ operation }, values]) => [(operation as { name: string }).name, values]),
        );
        const changed = update.weights.flatMap((value, index) =>
          value === undefined ? [] : [{ target: weights[index]!.value, value }],
        );
        const assignments = [...changed, ...update.assignments];
        const results = interpret(
          assignments.map(({ value }) => value),
          { lanes: 1, source: (name) => byName.get(name)! },
        );
        assignments.forEach(({ target }, index) => {
          state.set(target, Float32Array.from(results[index]!));
        });

        const { type: className, slots } = readOptimizerState(reference, names);
        expect(update.type).toBe(className);
        expect(update.slots.map(({ name, value }) => [name, value.shape])).toEqual(
          slots.map(({ name, shape }) => [name, shape]),
        );
        for (const [index, { name, values }] of slots.entries()) {
          expectNear(state.get(update.slots[index]!.value)!, values, 1e-6, `${name} after step ${step}`);
        }
        for (const [index, { name, value }] of weights.entries()) {
          expectNear(state.get(value)!, variables[index]!.dataSync(), 2e-6, `${name} after step ${step}`);
        }
      }
      reference.dispose();
      tf.dispose(variables);
    });
  },
);

test('a weight takes one pass once its formulas are joined, and each of its slots one', () => {
  const p = programBuilder();
  const [weight, gradient] = ['weight', 'gradient'].map((name) => p.source(name, [4], false));
  const update = optimizerUpdate('adam', [0.001], [{ name: 'w', value: weight!, gradient }], p);
  const results = [update.weights[0]!, ...update.assignments.map(({ value }) => value)];
  const joined = fuse(results, p);
  const passes = valuesBefore(results.map((value) => joined.get(value)!)).filter(
    ({ operation, shape }) => operation.kind === 'map' && shape.length > 0,
  );
  expect(passes).toHaveLength(3);
});
