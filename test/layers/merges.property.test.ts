/** Layers that join random inputs: where we give a shape, tfjs computes it; where it cannot, we report a problem. */
import { describe, expect, test } from 'vitest';
import { isProblem, layers, outputShapeOf, type Shape } from '../../src/layers/index.js';
import { fc } from '../property.js';
import { layerOf, modelOf, shapeOf, tf } from './tfjs.js';

type Options = Readonly<Record<string, unknown>>;

const batch = 2;
const length = fc.constantFrom(1, 1, 2, 3);
const shape = (most: number) => fc.array(length, { minLength: 1, maxLength: most });
const axis = fc.integer({ min: -4, max: 4 });

const kind = (type: string) => layers.get(type)!;

/** Different numbers in each value of each input. */
const tensors = (inputs: readonly Shape[]) =>
  inputs.map((shape, index) => {
    const full = [batch, ...shape];
    const size = full.reduce((product, length) => product * length, 1);
    return tf.range(0, size).add(index).mul(0.7).sin().reshape(full);
  });

const compute = (type: string, options: Options, inputs: readonly Shape[]): tf.Tensor =>
  layerOf(kind(type), { options, inputs }).apply(tensors(inputs)) as tf.Tensor;

/** The shape that a model of the layer has, too, is ours. */
function check(type: string, options: Options, inputs: readonly Shape[]): tf.Tensor {
  const ours = shapeOf(kind(type), { options, inputs });
  const output = compute(type, options, inputs);
  expect(output.shape).toEqual([batch, ...ours]);
  const model = modelOf(layerOf(kind(type), { options, inputs }), inputs);
  expect(model.outputShape).toEqual([null, ...ours]);
  return output;
}

describe.each(['add', 'average', 'multiply', 'maximum', 'minimum'])('%s', (type) => {
  test('joins what tfjs can join, and nothing else', () => {
    let joined = 0;
    fc.assert(
      fc.property(fc.array(shape(4), { minLength: 2, maxLength: 3 }), (inputs) => {
        if (isProblem(outputShapeOf(kind(type), {}, inputs))) {
          expect(() => compute(type, {}, inputs)).toThrow();
        } else {
          joined++;
          check(type, {}, inputs);
        }
      }),
      { numRuns: 150, seed: 1 },
    );
    expect(joined).toBeGreaterThan(30);
  });

  test('cannot train through an input that it repeats, if it says so', () => {
    const inputs = [[2, 3], [3]];
    const layer = layerOf(kind(type), { options: {}, inputs });
    const gradients = tf.grads((...values) => layer.apply(values) as tf.Tensor);
    const definition = kind(type);
    const problem = definition.inputs === 'many' ? definition.inputGradientProblem?.({}, inputs) : undefined;
    if (problem === undefined) {
      expect(gradients(tensors(inputs)).map((gradient) => gradient.shape)).toEqual([
        [2, 2, 3],
        [2, 3],
      ]);
    } else {
      expect(problem.message).toContain('2x3 and 3');
      expect(() => gradients(tensors(inputs))).toThrow();
    }
  });
});

describe('concatenate', () => {
  /** Shapes that often differ along one axis only. */
  const alike = shape(4).chain((first) =>
    fc.tuple(
      fc.constant(first),
      fc.oneof(
        shape(4),
        fc.tuple(fc.nat({ max: first.length - 1 }), length).map(([at, size]) => first.with(at, size)),
      ),
    ),
  );

  test('joins along its axis what tfjs can join', () => {
    let joined = 0;
    fc.assert(
      fc.property(alike, axis, (inputs, axis) => {
        const ours = outputShapeOf(kind('concatenate'), { axis }, inputs);
        if (!isProblem(ours)) {
          joined++;
          const output = check('concatenate', { axis }, inputs);
          const expected = tf.concat(tensors(inputs), axis < 0 ? axis + inputs[0].length + 1 : axis);
          expect(output.arraySync()).toEqual(expected.arraySync());
        } else if (ours.code === 'shapes-do-not-join') {
          expect(() => compute('concatenate', { axis }, inputs)).toThrow();
        } else {
          expect(ours.code).toBe('axis-out-of-range');
        }
      }),
      { numRuns: 300, seed: 2 },
    );
    expect(joined).toBeGreaterThan(40);
  });

  test('is lowered with an axis that tfjs computes as it infers it', () => {
    const inputs = [
      [2, 1, 3],
      [2, 4, 3],
    ];
    const layer = tf.layers.concatenate({ axis: -2 });
    expect(layer.computeOutputShape(inputs.map((shape) => [batch, ...shape]))).toEqual([2, 2, 5, 3]);
    expect(() => layer.apply(tensors(inputs))).toThrow();
    check('concatenate', { axis: -2 }, inputs);
  });
});

describe('dot', () => {
  /** By the definition, for inputs of one or two dimensions. */
  function expected([x, y]: readonly tf.Tensor[], [first, second]: readonly [number, number]): tf.Tensor {
    const rows = (value: tf.Tensor, axis: number) =>
      value.rank === 2 ? value.expandDims(1) : axis === 1 ? value.transpose([0, 2, 1]) : value;
    const [left, right] = [rows(x!, first), rows(y!, second)];
    return left.expandDims(2).mul(right.expandDims(1)).sum(-1);
  }

  test('sums over its axes where tfjs can', () => {
    let joined = 0;
    const near = fc.integer({ min: -2, max: 2 });
    const axes = fc.oneof(axis, near, fc.tuple(near, near));
    const small = fc.oneof({ weight: 5, arbitrary: shape(2) }, { weight: 1, arbitrary: shape(3) });
    fc.assert(
      fc.property(small, small, axes, fc.boolean(), (a, b, axes, normalize) => {
        const inputs = [a, b];
        const options = { axes, normalize };
        const ours = outputShapeOf(kind('dot'), options, inputs);
        if (isProblem(ours)) {
          if (ours.code !== 'axis-out-of-range') expect(() => compute('dot', options, inputs)).toThrow();
          return;
        }
        joined++;
        const output = check('dot', options, inputs);
        if (normalize) return;
        const [first, second] = [axes, axes].map((value, index) => {
          const axis = typeof value === 'number' ? value : value[index]!;
          return axis < 0 ? axis + inputs[index]!.length + 1 : axis;
        }) as [number, number];
        const difference = output.flatten().sub(expected(tensors(inputs), [first, second]).flatten());
        expect(difference.abs().max().dataSync()[0]).toBeLessThan(1e-5);
      }),
      { numRuns: 600, seed: 3 },
    );
    expect(joined).toBeGreaterThan(50);
  });

  test('gives cosines when it normalizes', () => {
    const layer = layerOf(kind('dot'), { options: { axes: 1, normalize: true }, inputs: [[2], [2]] });
    const cosines = layer.apply([
      tf.tensor2d([
        [3, 0],
        [1, 1],
      ]),
      tf.tensor2d([
        [5, 0],
        [2, -2],
      ]),
    ]) as tf.Tensor;
    expect(cosines.dataSync()[0]).toBeCloseTo(1);
    expect(cosines.dataSync()[1]).toBeCloseTo(0);
  });
});

test('an input alone, or several where one is wanted, are problems', () => {
  expect(outputShapeOf(kind('add'), {}, [[3]])).toMatchObject({
    code: 'wrong-input-count',
    message: 'needs at least 2 inputs, but gets only one, 3',
  });
  expect(() => layerOf(kind('add'), { options: {}, inputs: [[3]] }).apply(tf.ones([2, 3]))).toThrow();
  expect(outputShapeOf(kind('dense'), { units: 2 }, [[3], [4, 4]])).toMatchObject({
    code: 'wrong-input-count',
    message: 'needs one input, but gets 2, 3, 4x4',
  });
  expect(outputShapeOf(kind('dot'), { axes: 1 }, [[3], [3], [3]])).toMatchObject({
    code: 'wrong-input-count',
    message: 'needs two inputs, but gets 3, 3, 3 and 3',
  });
});
