/** Every operation of tensor programs as ONNX, also those of which no layer makes use: what they mean stays the same. */
import { expect, test } from 'vitest';
import { encodeModel } from '../../../src/compiler/onnx/encode-model.js';
import { lowerGraph } from '../../../src/compiler/onnx/lower-graph.js';
import {
  call,
  input,
  number,
  type ProgramBuilder,
  programBuilder,
  type ScalarFunction,
  type Shape,
  scalarFunctions,
  sizeOf,
  type Value,
} from '../../../src/program/index.js';
import { interpret } from '../../program/interpret.js';
import { graphOf } from '../example-graphs.js';
import { draw, expectNear } from '../program/numbers.js';
import { runOnnx } from './run-onnx.js';

const count = 3;

/** Of two batched values of [4, 3, 2] and [3, 1], and a shared one of [3, 2]. */
type Formula = (x: Value, y: Value, w: Value, p: ProgramBuilder) => Value;

const given: Readonly<Record<string, { readonly shape: Shape; readonly values: Float32Array }>> = {
  'input/x': { shape: [4, 3, 2], values: draw(1, count * 24, -2, 2) },
  'input/y': { shape: [3, 1], values: draw(2, count * 3, 0.5, 2) },
  'weight/w': { shape: [3, 2], values: draw(3, 6, 0.5, 2) },
};

async function compare(formula: Formula): Promise<void> {
  const p = programBuilder();
  const source = (name: string) => p.source(name, given[name]!.shape, !name.startsWith('weight'));
  const [x, y, w] = Object.keys(given).map(source) as [Value, Value, Value];
  const output = formula(x, y, w, p);
  const graph = {
    ...graphOf({ name: 'program', input: [1], layers: [{ type: 'dense', units: 1 }] }),
    inputs: ['x', 'y'].map((name) => ({ name, shape: given[`input/${name}`]!.shape })),
    outputs: ['output'],
  };
  const pass = {
    inputs: [x, y].map((value, index) => ({ name: graph.inputs[index]!.name, value })),
    outputs: [output],
    layers: [{ name: 'output', value: output }],
    weights: [],
    updates: [],
    batch: { mask: x, count: x, mean: () => x },
  };
  const numbers = (name: string) => given[name]!.values;
  const bytes = encodeModel(lowerGraph(graph, pass, p, numbers), {
    producerVersion: 'test',
    description: undefined,
    metadata: {},
  });
  const inputs = graph.inputs.map(({ name }) => numbers(`input/${name}`));
  const [found] = await runOnnx(bytes, graph, inputs, count);
  const [expected] = interpret([output], { lanes: count, source: numbers });
  expect(found!.dims).toEqual([count, ...output.shape]);
  expect(found!.data).toHaveLength(count * sizeOf(output.shape));
  expectNear(found!.data, expected!, 1e-5, 'output');
}

const names = Object.keys(scalarFunctions) as ScalarFunction[];

/** For the functions whose domain is not all numbers. */
const positive: ReadonlySet<ScalarFunction> = new Set(['pow', 'sqrt', 'log', 'log1p']);

test.each(names)('%s', async (name) => {
  await compare((x, y, w, p) => {
    const first = positive.has(name) ? p.add(p.square(x), 0.1) : x;
    return p[name](...[first, w, p.maximum(y, 1)].slice(0, scalarFunctions[name].length));
  });
});

const cases: Readonly<Record<string, Formula>> = {
  'a formula of several functions': (x, _y, w, p) =>
    p.map(call('add', call('mul', call('exp', input(0)), number(2)), call('sqrt', input(1))), [
      x,
      p.broadcast(p.reshape(w, [1, 3, 2]), x.shape),
    ]),
  'a number everywhere': (x, _y, _w, p) => p.map(number(0.5), [x]),
  'a number as an operand': (x, _y, _w, p) => p.sub(p.map(number(2), [x]), x),
  'comparisons as numbers and as conditions': (x, y, w, p) =>
    p.add(p.where(p.greater(x, w), y, 0), p.less(x, y)),
  'a number as a condition': (x, y, w, p) => p.where(p.floor(x), y, w),
  'scales and shifts that nothing takes in': (x, y, w, p) => p.div(p.sub(p.add(p.mul(x, w), y), w), 3),
  'a weight alone': (_x, _y, w, p) => p.broadcast(w, w.shape, true),
  'another order': (x, _y, _w, p) => p.transpose(x, [2, 0, 1]),
  'another order of another shape': (x, _y, _w, p) =>
    p.transpose(p.reshape(p.transpose(x, [1, 0, 2]), [6, 4]), [1, 0]),
  'a part, with steps': (x, _y, _w, p) => p.slice(x, [1, 0, 1], [2, 2, 1], [2, 2, 1]),
  margins: (x, _y, _w, p) => p.pad(x, [1, 0, 2], [6, 3, 5]),
  'margins and gaps': (x, _y, _w, p) => p.pad(x, [1, 0, 2], [8, 9, 5], [2, 4, 1]),
  'parts in a row, one of them the same for all': (x, _y, w, p) =>
    p.concat([x, p.reshape(w, [1, 3, 2]), p.slice(x, [1, 0, 0], [1, 3, 2])], 0),
  'repeated entries': (_x, y, _w, p) => p.broadcast(y, [3, 4]),
  'repeated entries of another order': (_x, y, _w, p) =>
    p.sigmoid(p.broadcast(p.transpose(y, [1, 0]), [5, 3])),
  sums: (x, _y, _w, p) => p.sum(x, [0, 2]),
  'sums that keep their axes': (x, _y, _w, p) => p.div(x, p.sum(p.exp(x), [1, 2], true)),
  means: (x, _y, _w, p) => p.sub(x, p.mean(x, [1], true)),
  'largest and smallest': (x, _y, _w, p) => p.sub(p.max(x, [1]), p.min(x, [1])),
  'sums of nothing but one': (_x, y, _w, p) => p.sum(y, [1]),
  'what has no gradient': (x, _y, _w, p) => p.stopGradient(x),
  'a convolution of two': (x, _y, w, p) => {
    const window = { size: [1, 3], strides: [1, 1], dilations: [1, 1], before: [0, 1] } as const;
    const image = p.convolve(x, p.reshape(w, [1, 3, 2, 1]), window, [4, 3]);
    return p.add(image, p.mul(image, image));
  },
  'a transposed convolution with a gap behind it': (x, _y, w, p) => {
    const window = { size: [1, 3], strides: [2, 4], dilations: [1, 1], before: [0, 0] } as const;
    return p.convolveInput(x, p.reshape(w, [1, 3, 1, 2]), window, [8, 12]);
  },
};

test.each(Object.entries(cases))('%s', async (_, formula) => {
  await compare(formula);
});

test('what only a training step computes is no part of a prediction', async () => {
  await expect(compare((x, _y, _w, p) => p.random('uniform', x.shape, 0))).rejects.toThrow(
    'random is no part of an inference',
  );
});
