import { describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import type { Batch, TrainingEngine } from '../../src/runtime/engine.js';
import { openTfjsEngine } from '../../src/runtime/tfjs-engine.js';

/** Every optimizer of tf.train, in each form that keeps other things between steps. */
const optimizers = [
  '{ type: sgd, learningRate: 0.05 }',
  '{ type: momentum, learningRate: 0.05, momentum: 0.9 }',
  '{ type: momentum, learningRate: 0.05, momentum: 0.9, useNesterov: true }',
  '{ type: adagrad, learningRate: 0.05, initialAccumulatorValue: 0.2 }',
  '{ type: adadelta, learningRate: 0.5 }',
  '{ type: adam, learningRate: 0.01 }',
  '{ type: adamax, learningRate: 0.01, decay: 0.1 }',
  '{ type: rmsprop, learningRate: 0.01 }',
  '{ type: rmsprop, learningRate: 0.01, momentum: 0.5, centered: true }',
];

function engineWith(optimizer: string): Promise<TrainingEngine> {
  const text = `
name: small
seed: 7
input: [6]
layers:
  - { name: a, type: dense, units: 5, activation: tanh }
  - { name: b, type: dense, units: 3, activation: softmax }
training:
  dataset: { type: synthetic, classes: 3 }
  optimizer: ${optimizer}
  loss: sparseCategoricalCrossentropy
`;
  return openTfjsEngine(compileSpec(text, 'small.yaml'), 'cpu');
}

function batch(step: number): Batch {
  const inputs = Float32Array.from({ length: 4 * 6 }, (_, i) => Math.sin(step * 31 + i * 1.7));
  return { count: 4, inputs, labels: Int32Array.from({ length: 4 }, (_, i) => (step + i) % 3) };
}

async function train(engine: TrainingEngine, from: number, to: number): Promise<void> {
  for (let step = from; step < to; step += 1) await engine.trainStep(batch(step), step + 1);
}

describe.each(optimizers)('the state of %s', (optimizer) => {
  it('goes on bit by bit where it was taken', async () => {
    const whole = await engineWith(optimizer);
    await train(whole, 0, 9);
    const state = await whole.getOptimizerState();
    const weights = await whole.getWeights();
    expect(state.iterations).toBe(9);

    const resumed = await engineWith(optimizer);
    // Slots from other steps must all be replaced.
    await train(resumed, 100, 102);
    await resumed.setWeights(weights);
    await resumed.setOptimizerState(state);
    expect(await resumed.getOptimizerState()).toEqual(state);

    await train(whole, 9, 15);
    await train(resumed, 9, 15);
    expect(await resumed.getWeights()).toEqual(await whole.getWeights());
    expect(await resumed.getOptimizerState()).toEqual(await whole.getOptimizerState());
    whole.dispose();
    resumed.dispose();
  });

  it('before the first step goes on like a fresh one', async () => {
    const fresh = await engineWith(optimizer);
    const resumed = await engineWith(optimizer);
    await resumed.setOptimizerState(await fresh.getOptimizerState());
    await train(fresh, 0, 4);
    await train(resumed, 0, 4);
    expect(await resumed.getWeights()).toEqual(await fresh.getWeights());
    fresh.dispose();
    resumed.dispose();
  });
});

describe('slots', () => {
  it('are named after weights, not after what tfjs calls them in this process', async () => {
    const engine = await engineWith('{ type: adam, learningRate: 0.01 }');
    await train(engine, 0, 1);
    const { slots } = await engine.getOptimizerState();
    expect(slots.map(({ name, shape }) => `${name} ${shape.join('x')}`)).toEqual([
      'accBeta1 ',
      'accBeta2 ',
      'a/kernel/m 6x5',
      'a/bias/m 5',
      'b/kernel/m 5x3',
      'b/bias/m 3',
      'a/kernel/v 6x5',
      'a/bias/v 5',
      'b/kernel/v 5x3',
      'b/bias/v 3',
    ]);
    engine.dispose();
  });
});
