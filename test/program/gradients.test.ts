/** The gradients of all primitives against central differences, on random shapes. */
import { describe, expect, test } from 'vitest';
import {
  call,
  differentiate,
  input,
  type Pair,
  programBuilder,
  type Shape,
  sizeOf,
  type Window,
} from '../../src/program/index.js';
import { fc } from '../property.js';
import { expectGradients } from './central-differences.js';
import { interpret } from './interpret.js';

const length = fc.integer({ min: 1, max: 4 });
const shapes = fc.array(length, { minLength: 1, maxLength: 3 });

/** Fewer runs than usual: each tries many entries. */
function holds<T>(arbitrary: fc.Arbitrary<T>, check: (given: T) => void): void {
  fc.assert(fc.property(arbitrary, check), { numRuns: 8, seed: 1 });
}

/** Numbers from 0 to 1 that choose among what a shape allows. */
const choices = fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 12, maxLength: 12 });
const chosen = (choice: number, low: number, high: number) => low + Math.floor(choice * (high - low + 1));

describe('what a formula computes', () => {
  test('of batched and shared values of all shapes', () => {
    const some = fc.tuple(shapes, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.boolean());
    holds(some, ([shape, thin, batched]) => {
      const other = shape.map((size, axis) => (thin[axis] ? 1 : size));
      expectGradients({ x: { shape }, w: { shape: other, batched } }, ({ x, w }, p) =>
        p.mul(p.tanh(x!), p.add(p.exp(w!), x!)),
      );
    });
  });

  test('of the same value twice', () => {
    expectGradients({ x: { shape: [3] } }, ({ x }, p) =>
      p.map(call('mul', input(0), call('exp', input(1))), [x!, x!]),
    );
  });

  test('where the result does not vary, there is none', () => {
    const p = programBuilder();
    const x = p.source('x', [2], true);
    expect(differentiate(p.batchSum(p.greater(x, 0), [0]), [x], p)).toEqual([undefined]);
  });
});

describe('reductions', () => {
  test.each(['sum', 'max', 'min', 'mean'] as const)('%s over some axes', (name) => {
    const some = fc.tuple(shapes, fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }), fc.boolean());
    holds(some, ([shape, over, keepDims]) => {
      const axes = shape.flatMap((_length, axis) => (over[axis] ? [axis] : []));
      expectGradients({ x: { shape } }, ({ x }, p) => p.square(p[name](x!, axes, keepDims)));
    });
  });

  test('over all examples', () => {
    holds(shapes, (shape) => {
      expectGradients({ x: { shape } }, ({ x }, p) => p.mul(p.square(p.batchSum(x!, [0])), 0.5));
      expectGradients({ x: { shape } }, ({ x }, p) => p.mul(x!, p.reshape(p.batchSum(p.exp(x!)), shape)));
    });
  });

  test('every largest entry gets the whole, as in tfjs', () => {
    const p = programBuilder();
    const x = p.source('x', [4], true);
    const [gradient] = differentiate(p.batchSum(p.max(x, [0])), [x], p);
    const [found] = interpret([gradient!], { lanes: 1, source: () => [2, 1, 2, 0] });
    expect([...found!]).toEqual([1, 0, 1, 0]);
  });
});

describe('views', () => {
  test('reshape and transpose', () => {
    holds(fc.tuple(shapes, choices), ([shape, numbers]) => {
      const permutation = shape
        .map((_length, axis) => axis)
        .sort((one, other) => numbers[one]! - numbers[other]!);
      expectGradients({ x: { shape } }, ({ x }, p) => {
        const turned = p.transpose(p.square(x!), permutation);
        return p.exp(p.reshape(turned, [sizeOf(shape)]));
      });
    });
  });

  test('slice and pad, with steps', () => {
    holds(fc.tuple(shapes, choices), ([shape, numbers]) => {
      const steps = shape.map((_length, axis) => chosen(numbers[axis]!, 1, 3));
      const starts = shape.map((size, axis) => chosen(numbers[axis + 3]!, 0, size - 1));
      const parts: Shape = shape.map((size, axis) =>
        chosen(numbers[axis + 6]!, 1, Math.floor((size - 1 - starts[axis]!) / steps[axis]!) + 1),
      );
      expectGradients({ x: { shape } }, ({ x }, p) => p.square(p.slice(x!, starts, parts, steps)));
      const around = shape.map((size, axis) => {
        const end = starts[axis]! + (size - 1) * steps[axis]! + 1;
        return end + chosen(numbers[axis + 9]!, 0, 2);
      });
      expectGradients({ x: { shape } }, ({ x }, p) => p.exp(p.pad(x!, starts, around, steps)));
    });
  });

  test('concat of batched and shared values', () => {
    holds(fc.tuple(shapes, length, choices), ([shape, more, numbers]) => {
      const axis = chosen(numbers[0]!, 0, shape.length - 1);
      const sources = { x: { shape }, w: { shape: shape.with(axis, more), batched: false } };
      expectGradients(sources, ({ x, w }, p) => p.square(p.concat([x!, w!, x!], axis)));
    });
  });

  test('broadcast over axes and examples', () => {
    holds(fc.tuple(shapes, length), ([shape, copies]) => {
      const sources = { w: { shape: [1, ...shape], batched: false } };
      expectGradients(sources, ({ w }, p) => p.square(p.broadcast(w!, [copies, ...shape], true)));
    });
  });
});

/** A window with an image on which each of its positions sees some of the image. */
function windowOn(numbers: readonly number[], dilated: boolean) {
  const pair = (from: number, low: number, high: number): Pair => [
    chosen(numbers[from]!, low, high),
    chosen(numbers[from + 1]!, low, high),
  ];
  const size = pair(0, 1, 3);
  const strides = pair(2, 1, 2);
  const image = pair(4, 1, 5);
  const dilations = dilated ? pair(6, 1, 2) : ([1, 1] as const);
  const before: Pair = [chosen(numbers[8]!, 0, size[0] - 1), chosen(numbers[9]!, 0, size[1] - 1)];
  const most = (axis: 0 | 1) => Math.min(3, Math.floor((image[axis] - 1 + before[axis]) / strides[axis]) + 1);
  const output: Pair = [chosen(numbers[10]!, 1, most(0)), chosen(numbers[11]!, 1, most(1))];
  const window: Window = { size, strides, dilations, before };
  return { window, image, output };
}

describe('windows', () => {
  test('convolutions, and what their gradients are made of', () => {
    holds(fc.tuple(choices, fc.integer({ min: 1, max: 2 }), length), ([numbers, channels, filters]) => {
      const { window, image, output } = windowOn(numbers, true);
      const x = { shape: [...image, channels] };
      const y = { shape: [...output, filters] };
      const w = { shape: [...window.size, channels, filters], batched: false };
      expectGradients({ x, w }, (given, p) => p.convolve(given.x!, given.w!, window, output));
      expectGradients({ y, w }, (given, p) => p.convolveInput(given.y!, given.w!, window, image));
      expectGradients({ x, y }, (given, p) => p.convolveKernel(given.x!, given.y!, window));
    });
  });

  test('convolutions of single channels', () => {
    holds(fc.tuple(choices, fc.integer({ min: 1, max: 3 }), length), ([numbers, channels, multiplier]) => {
      const { window, image, output } = windowOn(numbers, true);
      const x = { shape: [...image, channels] };
      const w = { shape: [...window.size, channels, multiplier], batched: false };
      expectGradients({ x, w }, (given, p) => p.depthwise(given.x!, given.w!, window, output));
    });
  });

  test.each(['maxPool', 'averagePool'] as const)('%s', (name) => {
    holds(fc.tuple(choices, length), ([numbers, channels]) => {
      const { window, image, output } = windowOn(numbers, false);
      expectGradients({ x: { shape: [...image, channels] } }, ({ x }, p) => p[name](x!, window, output));
    });
  });

  test('the first of the largest entries gets the whole', () => {
    const p = programBuilder();
    const x = p.source('x', [1, 3, 1], true);
    const window: Window = { size: [1, 3], strides: [1, 1], dilations: [1, 1], before: [0, 0] };
    const [gradient] = differentiate(p.batchSum(p.maxPool(x, window, [1, 1]), [0, 1, 2]), [x], p);
    const [found] = interpret([gradient!], { lanes: 1, source: () => [1, 2, 2] });
    expect([...found!]).toEqual([0, 1, 0]);
  });
});

describe('whole programs', () => {
  test('a value that is used twice gets the sum', () => {
    expectGradients({ x: { shape: [3] }, w: { shape: [3], batched: false } }, ({ x, w }, p) => {
      const hidden = p.sigmoid(p.mul(x!, w!));
      return p.concat([hidden, p.mul(hidden, p.exp(hidden))], 0);
    });
  });

  test('nothing passes stopGradient', () => {
    const p = programBuilder();
    const x = p.source('x', [2], true);
    const loss = p.batchSum(p.mul(x, p.stopGradient(p.exp(x))), [0]);
    const [gradient] = differentiate(loss, [x], p);
    const [found] = interpret([gradient!], { lanes: 1, source: () => [0, 1] });
    expect([...found!]).toEqual([1, Math.E]);
    expect(differentiate(p.batchSum(p.stopGradient(x), [0]), [x], p)).toEqual([undefined]);
  });

  test('sources that the loss does not depend on have none', () => {
    const p = programBuilder();
    const [x, other] = [p.source('x', [2], true), p.source('other', [2], false)];
    expect(differentiate(p.batchSum(x, [0]), [other], p)).toEqual([undefined]);
  });

  test('only of one number', () => {
    const p = programBuilder();
    const x = p.source('x', [1], true);
    expect(() => differentiate(x, [x], p)).toThrow('only the gradient of one number');
    const pair = p.batchSum(p.source('y', [2], true));
    expect(() => differentiate(pair, [x], p)).toThrow('only the gradient of one number');
  });

  test('gradients of what only gradients use are not offered', () => {
    const p = programBuilder();
    const window: Window = { size: [1, 1], strides: [1, 1], dilations: [1, 1], before: [0, 0] };
    const [x, dy] = [p.source('x', [1, 1, 1], true), p.source('dy', [1, 1, 1], true)];
    const loss = p.batchSum(p.maxPoolInput(x, dy, window), [0, 1, 2]);
    expect(() => differentiate(loss, [dy], p)).toThrow('maxPoolInput has no gradient');
  });
});
