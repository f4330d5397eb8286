/**
 * An engine without tfjs, so that tests of the trainer are fast and prove that it knows engines by their
 * interface only. It computes nothing sensible, but each number depends on every weight, slot, input, label
 * and seed before it: one step left out, done twice or done in another order changes everything after it.
 */
import type { ModelGraph } from '../../../src/compiler/index.js';
import { sizeOf } from '../../../src/layers/index.js';
import type { Batch, TrainingEngine } from '../../../src/runtime/engine.js';

export function countingEngine(
  graph: ModelGraph,
  options: { lossAt?: (step: number) => number } = {},
): TrainingEngine {
  const specs = graph.nodes.flatMap((node) =>
    node.weights.map(({ name, shape, trainable }) => ({ name: `${node.name}/${name}`, shape, trainable })),
  );
  const weights = specs.map(({ shape }, i) =>
    Float32Array.from({ length: sizeOf(shape) }, (_, j) => Math.sin(i + j)),
  );
  const moments = specs.map(({ shape }) => new Float32Array(sizeOf(shape)));
  let iterations = 0;

  const mixed = ({ count, inputs, scale = 1, labels }: Batch): number => {
    const factor = inputs instanceof Uint8Array ? scale : 1;
    let sum = 0;
    for (let i = 0; i < (inputs.length / labels.length) * count; i += 1)
      sum = Math.sin(sum + inputs[i]! * factor);
    for (let i = 0; i < count; i += 1) sum = Math.sin(sum * 3 + labels[i]!);
    return sum;
  };
  const values = (batch: Batch): number[] => {
    const loss = Math.abs(Math.cos(mixed(batch) + weights[0]![0]!)) + 0.1;
    return [loss, ...graph.training!.metrics.map(() => (Math.abs(mixed(batch)) * 100) % 1)];
  };

  return {
    name: 'counting',
    description: 'a test',
    backend: 'counting',
    versions: {},
    describeWeights: () => specs,
    trainStep: (batch, seed) => {
      const before = values(batch);
      if (options.lossAt !== undefined) before[0] = options.lossAt(iterations);
      const mix = mixed(batch) + Math.sin(seed);
      weights.forEach((weight, i) => {
        for (let j = 0; j < weight.length; j += 1) {
          moments[i]![j] = moments[i]![j]! * 0.9 + Math.sin(mix + weight[j]!);
          weight[j] = weight[j]! - 0.01 * moments[i]![j]!;
        }
      });
      iterations += 1;
      return before;
    },
    evaluateBatch: (batch) => ({ values: values(batch), outputs: new Float32Array(batch.count) }),
    predictBatch: (batch) => new Float32Array(batch.count),
    getWeights: () => specs.map((spec, i) => ({ ...spec, values: weights[i]!.slice() })),
    setWeights: (given) => {
      for (const { name, values: newValues } of given) {
        weights[specs.findIndex((spec) => spec.name === name)]!.set(newValues);
      }
    },
    getOptimizerState: () => ({
      type: graph.training!.optimizerType,
      iterations,
      slots: specs.map(({ name, shape }, i) => ({ name: `${name}/m`, shape, values: moments[i]!.slice() })),
    }),
    setOptimizerState: (state) => {
      iterations = state.iterations;
      state.slots.forEach((slot, i) => {
        moments[i]!.set(slot.values);
      });
    },
    modelTopology: () => ({ class_name: 'Counting', config: { name: graph.name } }),
    dispose: () => {},
  };
}
