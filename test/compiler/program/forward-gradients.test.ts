/** Training steps of all layers against tfjs: outputs, gradients with respect to inputs and weights, moving averages. */
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';
import type { GraphNode } from '../../../src/compiler/model-graph.js';
import { forwardPass } from '../../../src/compiler/program/forward-pass.js';
import { inputGradientProblemOf, trainingProblemOf } from '../../../src/layers/index.js';
import { differentiate, programBuilder, sizeOf, valuesBefore } from '../../../src/program/index.js';
import { canonicalWeightName } from '../../../src/runtime/build-model.js';
import { interpret } from '../../program/interpret.js';
import { examples, inputsFor, modelWithWeights } from './covered-layers.js';
import { draw, expectNear } from './numbers.js';

await tf.setBackend('cpu');

const isTrained = ({ definition, options, inputShapes }: GraphNode) =>
  trainingProblemOf(definition, options, inputShapes) === undefined &&
  inputGradientProblemOf(definition, options, inputShapes) === undefined;

/** tfjs's cpu backend divides the gradient by the size of the whole window, also where a part of it lies outside. */
const isMistaken = ({ type, options }: GraphNode) =>
  type.startsWith('averagePooling') && options.padding === 'same';

const isRandom = (graph: Parameters<typeof forwardPass>[0]) =>
  valuesBefore(forwardPass(graph, programBuilder(), true).outputs).some(
    ({ operation }) => operation.kind === 'random',
  );

const trained = examples.filter(
  ({ graph }) => graph.nodes.every(isTrained) && !graph.nodes.some(isMistaken) && !isRandom(graph),
);

/** For several examples, tfjs's cpu backend mixes them up in the gradient of nearest neighbours. */
const lanesFor = (nodes: readonly GraphNode[]) => (nodes.some(({ type }) => type === 'upSampling2d') ? 1 : 3);

/** One lane more, which holds no example, with the same number everywhere. */
const withEmptyLane = (values: Float32Array, lanes: number, filler: number) => [
  ...values,
  ...Array<number>(values.length / lanes).fill(filler),
];

test.each(trained)('$title is trained as tfjs trains it', ({ graph }) => {
  const model = modelWithWeights(graph);
  const lanes = lanesFor(graph.nodes);
  const inputs = inputsFor(graph, lanes);
  const p = programBuilder();
  const pass = forwardPass(graph, p, true);
  const [output] = pass.outputs as [(typeof pass.outputs)[0]];
  const factors = draw(99, lanes * sizeOf(output.shape));

  const known = new Map<string, ArrayLike<number>>([
    ['batch/mask', [...Array<number>(lanes).fill(1), 0]],
    ['batch/count', [lanes]],
    ['factors', withEmptyLane(factors, lanes, 0)],
    ...model.weights.map(
      (weight) => [`weight/${canonicalWeightName(weight)}`, weight.read().dataSync().slice()] as const,
    ),
    ...graph.inputs.map(
      ({ name }, index) => [`input/${name}`, withEmptyLane(inputs[index]!, lanes, 2)] as const,
    ),
  ]);
  const product = p.mul(output, p.source('factors', output.shape, true));
  const loss = p.batchSum(
    product,
    output.shape.map((_length, axis) => axis),
  );
  const weights = pass.weights.filter(({ trainable }) => trainable);
  const sources = [...pass.inputs, ...weights];
  const gradients = differentiate(
    loss,
    sources.map(({ value }) => value),
    p,
  );
  const updated = pass.updates.map(({ value }) => value);
  const [ourLoss, ...ours] = interpret([loss, ...gradients.map((value) => value!), ...updated], {
    lanes: lanes + 1,
    source: (name) => known.get(name)!,
  });

  const variables = graph.inputs.map(({ shape }, index) =>
    tf.variable(tf.tensor(inputs[index]!, [lanes, ...shape])),
  );
  const trainable = model.trainableWeights.map(
    (weight) => (weight as unknown as { readonly val: tf.Variable }).val,
  );
  const { value, grads } = tf.variableGrads(() => {
    const applied = model.apply(variables.length === 1 ? variables[0]! : variables, { training: true });
    return tf.sum(tf.mul(applied as tf.Tensor, tf.tensor(factors, [lanes, ...output.shape])));
  }, [...variables, ...trainable]);

  expectNear(ourLoss!, value.dataSync(), 1e-5, 'loss');
  for (const [index, variable] of [...variables, ...trainable].entries()) {
    const wanted = grads[variable.name]!.dataSync();
    // The empty lane of an input is of no interest.
    expectNear(ours[index]!.subarray(0, wanted.length), wanted, 2e-5, sources[index]!.name);
  }
  const moving = model.weights.filter((weight) => !weight.trainable);
  expect(pass.updates.map(({ target }) => target.operation)).toEqual(
    moving.map((weight) => ({ kind: 'source', name: `weight/${canonicalWeightName(weight)}` })),
  );
  for (const [index, weight] of moving.entries()) {
    expectNear(ours[sources.length + index]!, weight.read().dataSync(), 1e-6, canonicalWeightName(weight));
  }
});
