/**
 * Random options on random inputs: where we give a shape, it is tfjs's; where tfjs would get a dimension that is
 * not positive, or would fail, we report a problem.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isProblem, type Shape } from '../../src/layers/index.js';
import { type Example, kindOf, layerOf, tf } from './tfjs.js';

type Options = Readonly<Record<string, unknown>>;

const size = fc.integer({ min: 1, max: 5 });
const perAxis = (value: fc.Arbitrary<number>) => fc.oneof(value, fc.tuple(value, value));
const margin = fc.integer({ min: 0, max: 4 });
const margins = fc.oneof(
  margin,
  fc.tuple(margin, margin),
  fc.tuple(fc.tuple(margin, margin), fc.tuple(margin, margin)),
);
const padding = fc.constantFrom('valid', 'same');
const dataFormat = fc.constantFrom('channelsFirst', 'channelsLast');
const some = (record: Readonly<Record<string, fc.Arbitrary<unknown>>>, ...required: string[]) =>
  fc.record(record, { requiredKeys: required }) as fc.Arbitrary<Options>;
const window = {
  kernelSize: perAxis(size),
  strides: perAxis(fc.integer({ min: 1, max: 4 })),
  padding,
  dataFormat,
};
const dilated = { ...window, dilationRate: perAxis(fc.integer({ min: 1, max: 3 })) };
const pooling = some({ poolSize: perAxis(size), strides: perAxis(size), padding, dataFormat });
const useBias = fc.boolean();

const kinds: Readonly<Record<string, fc.Arbitrary<Options>>> = {
  conv2d: some({ ...dilated, filters: size, useBias }, 'filters', 'kernelSize'),
  depthwiseConv2d: some({ ...window, depthMultiplier: size, useBias }, 'kernelSize'),
  separableConv2d: some(
    { ...dilated, filters: size, depthMultiplier: size, useBias },
    'filters',
    'kernelSize',
  ),
  conv2dTranspose: some({ ...window, filters: size, useBias }, 'filters', 'kernelSize'),
  maxPooling2d: pooling,
  averagePooling2d: pooling,
  globalMaxPooling2d: some({ dataFormat }),
  globalAveragePooling2d: some({ dataFormat }),
  zeroPadding2d: some({ padding: margins, dataFormat }),
  cropping2D: some({ cropping: margins, dataFormat }, 'cropping'),
  upSampling2d: some({
    size: perAxis(size),
    interpolation: fc.constantFrom('nearest', 'bilinear'),
    dataFormat,
  }),
};

const image = fc.tuple(
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 9 }),
);

/** What tfjs computes for two examples, or the error that it throws; undefined where the shape is impossible. */
function compute(example: Example, type: string): Shape | Error | undefined {
  const layer = layerOf(kindOf(type), example);
  const inferred = layer.computeOutputShape([2, ...example.inputs[0]!]) as number[];
  if (!inferred.every((length) => length > 0)) return undefined;
  try {
    return tf.tidy(() => (layer.apply(tf.zeros([2, ...example.inputs[0]!])) as tf.Tensor).shape.slice(1));
  } catch (error) {
    return error as Error;
  }
}

describe.each(Object.entries(kinds))('%s', (type, options) => {
  const kind = kindOf(type);

  test('infers the shape that tfjs infers', () => {
    fc.assert(
      fc.property(options, image, (given, input) => {
        const layer = layerOf(kind, { options: given, inputs: [input] });
        const theirs = (layer.computeOutputShape([null, ...input]) as number[]).slice(1);
        const ours = kind.outputShape(given, input);
        if (!isProblem(ours)) expect(ours).toEqual(theirs);
        else if (theirs.every((length) => length > 0)) {
          // Only what tfjs fails at later.
          expect(ours.code).toBe('conflicting-options');
        }
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  test('is computed by tfjs just where we have no problem', () => {
    fc.assert(
      fc.property(options, image, (given, input) => {
        const ours = kind.outputShape(given, input);
        const theirs = compute({ options: given, inputs: [input] }, type);
        // A bias along the wrong axis goes unnoticed where that axis happens to be as long.
        if (isProblem(ours) && ours.option === 'dataFormat') return;
        if (isProblem(ours)) expect(Array.isArray(theirs)).toBe(false);
        else expect(theirs).toEqual(ours);
      }),
      { numRuns: 60, seed: 2 },
    );
  });

  test('takes nothing but images', () => {
    for (const input of [[4], [4, 4], [4, 4, 2, 2]]) {
      const [given] = fc.sample(options, { numRuns: 1, seed: 3 });
      const problem = kind.outputShape({ ...given, dataFormat: 'channelsLast' }, input);
      expect(problem).toMatchObject({ code: 'wrong-input-rank' });
      const layer = layerOf(kind, { options: given!, inputs: [input] });
      expect(() => layer.apply(tf.zeros([2, ...input]))).toThrow();
    }
  });
});
