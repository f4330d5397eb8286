/**
 * Random options on random inputs: where we give a shape, it is tfjs's; where tfjs would get a dimension that is
 * not positive, or would fail, we report a problem.
 */
import { describe, expect, test } from 'vitest';
import { isProblem, type Shape } from '../../src/layers/index.js';
import { fc } from '../property.js';
import { type Example, kindOf, layerOf, tf } from './tfjs.js';

type Options = Readonly<Record<string, unknown>>;

const size = fc.integer({ min: 1, max: 5 });
const perAxis = (value: fc.Arbitrary<number>, axes: 1 | 2 | 3 = 2) =>
  fc.oneof(value, fc.array(value, { minLength: axes, maxLength: axes }));
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
const strides = fc.integer({ min: 1, max: 4 });
const dilation = fc.integer({ min: 1, max: 3 });
const window = (axes: 1 | 2 | 3 = 2) => ({
  kernelSize: perAxis(size, axes),
  strides: perAxis(strides, axes),
  padding,
  dataFormat,
});
const dilated = (axes: 1 | 2 | 3 = 2) => ({ ...window(axes), dilationRate: perAxis(dilation, axes) });
const pooling = (axes: 1 | 2 | 3 = 2) => ({
  poolSize: perAxis(size, axes),
  strides: perAxis(size, axes),
  padding,
  dataFormat,
});
const useBias = fc.boolean();

const shape = (axes: number, most: number) =>
  fc.array(fc.integer({ min: 1, max: most }), { minLength: axes + 1, maxLength: axes + 1 });
const image = shape(2, 9);
const sequence = shape(1, 9);
const volume = shape(3, 6);

type Kind = readonly [type: string, options: fc.Arbitrary<Options>, input: fc.Arbitrary<number[]>];

const withoutFormat = <T extends { readonly dataFormat: unknown }>({ dataFormat: _, ...others }: T) => others;

const kinds: readonly Kind[] = [
  [
    'conv1d',
    some({ ...withoutFormat(dilated(1)), filters: size, useBias }, 'filters', 'kernelSize'),
    sequence,
  ],
  ['conv2d', some({ ...dilated(), filters: size, useBias }, 'filters', 'kernelSize'), image],
  ['conv3d', some({ ...dilated(3), filters: size, useBias }, 'filters', 'kernelSize'), volume],
  ['depthwiseConv2d', some({ ...window(), depthMultiplier: size, useBias }, 'kernelSize'), image],
  [
    'separableConv2d',
    some({ ...dilated(), filters: size, depthMultiplier: size, useBias }, 'filters', 'kernelSize'),
    image,
  ],
  ['conv2dTranspose', some({ ...window(), filters: size, useBias }, 'filters', 'kernelSize'), image],
  ['conv3dTranspose', some({ ...window(3), filters: size, useBias }, 'filters', 'kernelSize'), shape(3, 3)],
  [
    'convLstm2d',
    some(
      {
        ...dilated(),
        filters: fc.constantFrom(1, 2),
        useBias,
        returnSequences: fc.boolean(),
        // The default takes long to start.
        recurrentInitializer: fc.constant('zeros'),
      },
      'filters',
      'kernelSize',
      'recurrentInitializer',
    ),
    shape(3, 6),
  ],
  ['maxPooling1d', some(withoutFormat(pooling(1))), sequence],
  ['averagePooling1d', some(withoutFormat(pooling(1))), sequence],
  ['maxPooling2d', some(pooling()), image],
  ['averagePooling2d', some(pooling()), image],
  ['maxPooling3d', some(pooling(3)), volume],
  ['averagePooling3d', some(pooling(3)), volume],
  ['globalMaxPooling1d', some({}), sequence],
  ['globalAveragePooling1d', some({}), sequence],
  ['globalMaxPooling2d', some({ dataFormat }), image],
  ['globalAveragePooling2d', some({ dataFormat }), image],
  ['zeroPadding2d', some({ padding: margins, dataFormat }), image],
  ['cropping2D', some({ cropping: margins, dataFormat }, 'cropping'), image],
  [
    'upSampling2d',
    some({ size: perAxis(size), interpolation: fc.constantFrom('nearest', 'bilinear'), dataFormat }),
    image,
  ],
];

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

describe.each(kinds)('%s', (type, options, shapes) => {
  const kind = kindOf(type);

  test('infers the shape that tfjs infers', () => {
    fc.assert(
      fc.property(options, shapes, (given, input) => {
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
      fc.property(options, shapes, (given, input) => {
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

  test('takes inputs of one rank only', () => {
    const [{ length: rank }] = fc.sample(shapes, { numRuns: 1, seed: 3 }) as [number[]];
    for (const input of [[4], [4, 4], [4, 4, 4], [4, 4, 2, 2], [1, 4, 4, 4, 1]]) {
      if (input.length === rank) continue;
      const [given] = fc.sample(options, { numRuns: 1, seed: 3 });
      const problem = kind.outputShape({ ...given, dataFormat: 'channelsLast' }, input);
      expect(problem).toMatchObject({ code: 'wrong-input-rank' });
      const layer = layerOf(kind, { options: given!, inputs: [Array<number>(rank).fill(4)] });
      expect(() => layer.apply(tf.zeros([2, ...input]))).toThrow();
    }
  });
});
