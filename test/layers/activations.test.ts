/** Activations and rectifiers at their corners and far out: values and gradients are tfjs's. */
import { describe, expect, test } from 'vitest';
import { activate, activationNames } from '../../src/layers/activations.js';
import type { ForwardContext } from '../../src/layers/forward.js';
import { differentiate, type ProgramBuilder, programBuilder, type Value } from '../../src/program/index.js';
import { interpret } from '../program/interpret.js';
import { kindOf, tf } from './tfjs.js';

const places = [-1000, -100, -6, -2.5, -1, -0.3, 0, 0.3, 1, 1.5, 2.5, 6, 7, 100, 1000];
const factors = places.map((_place, index) => 1 + (index % 4) / 4);

function ours(compute: (x: Value, p: ProgramBuilder) => Value): number[][] {
  const p = programBuilder();
  const x = p.source('x', [places.length], true);
  const y = compute(x, p);
  const [gradient] = differentiate(p.batchSum(p.mul(y, p.constant(factors, y.shape)), [0]), [x], p);
  return interpret([y, gradient!], { lanes: 1, source: () => places }).map((numbers) => [...numbers]);
}

function theirs(compute: (x: tf.Tensor) => tf.Tensor): number[][] {
  const x = tf.tensor2d([places]);
  const [gradient] = tf.grads((given: tf.Tensor) => tf.sum(tf.mul(compute(given), tf.tensor2d([factors]))))([
    x,
  ]);
  return [compute(x), gradient!].map((tensor) => [...tensor.dataSync()]);
}

function expectSame(found: number[][], wanted: number[][]): void {
  for (const [part, numbers] of wanted.entries()) {
    for (const [index, number] of numbers.entries()) {
      const what = `${part === 0 ? 'value' : 'gradient'} at ${places[index]}`;
      expect(Math.abs(found[part]![index]! - number), what).toBeLessThan(
        1e-6 * Math.max(1, Math.abs(number)),
      );
    }
  }
}

test.each(activationNames)('%s', (name) => {
  const layer = tf.layers.activation({ activation: name });
  expectSame(
    ours((x, p) => activate(name, x, p)),
    theirs((x) => layer.apply(x) as tf.Tensor),
  );
});

describe('rectifiers', () => {
  test.each([
    ['reLU', {}],
    ['reLU', { maxValue: 6 }],
    ['leakyReLU', { alpha: 0.1 }],
    ['elu', {}],
  ] as const)('%s %j', (type, options) => {
    const layer = tf.layers[type](options);
    expectSame(
      ours((x, program) => kindOf(type).forward!(options, x, { program } as ForwardContext)),
      theirs((x) => layer.apply(x) as tf.Tensor),
    );
  });

  test('prelu', () => {
    const layer = tf.layers.prelu({ alphaInitializer: tf.initializers.constant({ value: 0.25 }) });
    const context = (program: ProgramBuilder) =>
      ({
        program,
        weight: () =>
          program.constant(
            places.map(() => 0.25),
            [places.length],
          ),
      }) as unknown;
    expectSame(
      ours((x, program) => kindOf('prelu').forward!({}, x, context(program) as ForwardContext)),
      theirs((x) => layer.apply(x) as tf.Tensor),
    );
  });
});
