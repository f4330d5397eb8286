/** Small networks of all shapes, drawn at random: a training step of the compiled engine is that of tfjs. */
import { expect, test } from 'vitest';
import { sizeOf } from '../../../src/layers/index.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import type { Batch } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { graphOf } from '../../compiler/example-graphs.js';
import { draw } from '../../compiler/program/numbers.js';
import { fc } from '../../property.js';

type Size = readonly [height: number, width: number];

/** One or more layers of a network of images; undefined where they do not fit the image. */
type Part = (image: Size, prefix: string) => Built | undefined;

interface Built {
  /** The first takes what is before it, and the others what their `from` says, or what is before them. */
  readonly layers: readonly object[];
  readonly image: Size;
}

const pairOf = (least: number, most: number) =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));
const padding = fc.constantFrom('same', 'valid');
const activation = fc.constantFrom(
  'linear',
  'relu',
  'elu',
  'tanh',
  'sigmoid',
  'softplus',
  'selu',
  'swish',
  'gelu',
  'mish',
  'relu6',
  'softsign',
);

/** What a window makes of an image. */
function moved(image: Size, size: Size, strides: Size, padded: string): Size | undefined {
  const along = (axis: 0 | 1) =>
    padded === 'same'
      ? Math.ceil(image[axis] / strides[axis])
      : Math.floor((image[axis] - size[axis]) / strides[axis]) + 1;
  const [height, width] = [along(0), along(1)];
  return height < 1 || width < 1 ? undefined : [height, width];
}

const windowed = fc.record({ size: pairOf(1, 4), strides: pairOf(1, 3), padding });

const filters = fc.record({ filters: fc.integer({ min: 1, max: 9 }), activation, useBias: fc.boolean() });

const convolution = fc.tuple(windowed, filters).map(
  ([window, options]): Part =>
    (image, prefix) => {
      const { size, strides } = window;
      const result = moved(image, size, strides, window.padding);
      const layer = { name: prefix, type: 'conv2d', kernelSize: size, strides, padding: window.padding };
      return result && { layers: [{ ...layer, ...options }], image: result };
    },
);

/** tfjs wants equal strides. */
const depthwise = fc
  .record({ window: windowed, depthMultiplier: fc.integer({ min: 1, max: 2 }), activation })
  .map(
    ({ window, ...options }): Part =>
      (image, prefix) => {
        const strides: Size = [window.strides[0], window.strides[0]];
        const result = moved(image, window.size, strides, window.padding);
        const layer = { name: prefix, type: 'depthwiseConv2d', kernelSize: window.size, strides };
        return result && { layers: [{ ...layer, padding: window.padding, ...options }], image: result };
      },
  );

const pool = fc.record({ window: windowed, kind: fc.constantFrom('maxPooling2d', 'averagePooling2d') }).map(
  ({ window, kind }): Part =>
    (image, prefix) => {
      const result = moved(image, window.size, window.strides, window.padding);
      const layer = { name: prefix, type: kind, poolSize: window.size, strides: window.strides };
      return result && { layers: [{ ...layer, padding: window.padding }], image: result };
    },
);

/** Layers after which an image has the shape that it had before. */
const inPlace = fc.constantFrom<object>(
  { type: 'batchNormalization', momentum: 0.7 },
  { type: 'layerNormalization' },
  { type: 'leakyReLU' },
  { type: 'prelu', alphaInitializer: { type: 'constant', value: 0.2 } },
  { type: 'activation', activation: 'tanh' },
);

const zeroPadding = fc.tuple(pairOf(0, 2), pairOf(0, 2)).map(
  (sides): Part =>
    ([height, width], prefix) => ({
      layers: [{ name: prefix, type: 'zeroPadding2d', padding: sides }],
      image: [height + sides[0][0] + sides[0][1], width + sides[1][0] + sides[1][1]],
    }),
);

const simple = fc.oneof(
  { arbitrary: convolution, weight: 4 },
  depthwise,
  pool,
  {
    arbitrary: inPlace.map(
      (layer): Part =>
        (image, name) => ({ layers: [{ ...layer, name }], image }),
    ),
    weight: 3,
  },
  zeroPadding,
);

/** Two or three ways from one image to one of the same size, side by side or added up. */
const branches = fc
  .record({
    ways: fc.array(fc.tuple(pairOf(1, 4), filters, inPlace), { minLength: 2, maxLength: 3 }),
    merge: fc.constantFrom('concatenate', 'add', 'maximum', 'multiply'),
    common: fc.integer({ min: 1, max: 6 }),
  })
  .map(
    ({ ways, merge, common }): Part =>
      (image, prefix) => {
        const start = { name: `${prefix}_start`, type: 'activation', activation: 'linear' };
        const layers = ways.flatMap(([kernelSize, options, last], index) => {
          const convolved = { ...options, type: 'conv2d', kernelSize, padding: 'same', from: start.name };
          return [
            { ...convolved, name: `${prefix}_${index}`, ...(merge !== 'concatenate' && { filters: common }) },
            { ...last, name: `${prefix}_${index}_end` },
          ];
        });
        const from = ways.map((_way, index) => `${prefix}_${index}_end`);
        return { layers: [start, ...layers, { name: prefix, type: merge, from }], image };
      },
  );

const network = fc
  .record({
    image: pairOf(1, 11),
    channels: fc.integer({ min: 1, max: 5 }),
    parts: fc.array(fc.oneof({ arbitrary: simple, weight: 4 }, branches), { minLength: 1, maxLength: 5 }),
    end: fc.constantFrom('flatten', 'globalAveragePooling2d', 'globalMaxPooling2d'),
    hidden: fc.integer({ min: 1, max: 9 }),
    activation,
    batchSize: fc.integer({ min: 1, max: 40 }),
    missing: fc.integer({ min: 0, max: 3 }),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map(({ parts, image, channels, end, hidden, batchSize, missing, seed, ...last }) => {
    let size: Size = image;
    const layers = parts.flatMap((part, index) => {
      const built = part(size, `p${index}`);
      size = built?.image ?? size;
      return built?.layers ?? [];
    });
    return {
      count: Math.max(1, batchSize - missing),
      seed,
      spec: {
        name: 'drawn',
        seed,
        input: [...image, channels],
        layers: [
          ...layers,
          { type: end },
          { type: 'dense', units: hidden, activation: last.activation },
          { type: 'dense', units: 4, activation: 'softmax' },
        ],
        training: {
          dataset: { type: 'synthetic', classes: 4 },
          optimizer: { type: 'sgd', learningRate: 0.1 },
          loss: 'sparseCategoricalCrossentropy',
          metrics: ['accuracy'],
          batchSize,
        },
      },
    };
  });

const largest = (numbers: ArrayLike<number>) =>
  Array.from(numbers).reduce((found, one) => Math.max(found, Math.abs(one)), 0);
const apart = (found: ArrayLike<number>, expected: ArrayLike<number>) =>
  largest(Array.from(expected, (value, index) => found[index]! - value));

test('a step of any network is that of tfjs, with one to three threads, fused or not', async () => {
  await fc.assert(
    fc.asyncProperty(network, async ({ spec, count, seed }) => {
      const graph = graphOf(spec);
      const theirs = await openTfjsEngine(graph, 'wasm');
      const ours = await openCompiledEngine(graph, { threads: 1 + (seed % 3), relaxed: seed % 4 === 0 });
      try {
        const before = await theirs.getWeights();
        await ours.setWeights(before);
        const batch: Batch = {
          count,
          inputs: draw(seed, count * sizeOf(spec.input), -1, 1),
          labels: Int32Array.from({ length: count }, (_, index) => (index * 7 + seed) % 4),
        };
        const values = await theirs.trainStep(batch, 1);
        expect(apart(await ours.trainStep(batch, 1), values)).toBeLessThan(2e-5);
        const after = await theirs.getWeights();
        for (const [index, { name, values: found }] of (await ours.getWeights()).entries()) {
          const wanted = after[index]!.values;
          const bound = 1e-4 * apart(wanted, before[index]!.values) + 1e-6 * Math.max(1, largest(wanted));
          expect(apart(found, wanted), name).toBeLessThan(bound);
        }
        const { outputs } = await theirs.evaluateBatch(batch);
        expect(apart((await ours.evaluateBatch(batch)).outputs, outputs)).toBeLessThan(2e-5);
      } finally {
        ours.dispose();
        theirs.dispose();
      }
    }),
    { numRuns: 24, seed: 20261126 },
  );
});
