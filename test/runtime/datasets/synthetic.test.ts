import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../../src/layers/index.js';
import { type Dataset, loadDataset } from '../../../src/runtime/datasets/index.js';
import { fc } from '../../property.js';

const load = (inputShape: readonly number[], plan: object = {}, seed = 42) =>
  loadDataset({ type: 'synthetic', train: 40, validation: 20, ...plan }, { inputShape, seed });

const digest = ({ values }: { values: Uint8Array | Float32Array }) =>
  createHash('sha256').update(values).digest('hex');

/** The share of validation examples whose nearest mean of training examples is the one of their class. */
function nearestMeanAccuracy({ shape, classNames, train, validation }: Dataset): number {
  const size = sizeOf(shape);
  const means = classNames.map(() => new Float64Array(size));
  for (let i = 0; i < train.count; i++) {
    const mean = means[train.labels[i]!]!;
    for (let j = 0; j < size; j++)
      mean[j]! += (train.values[i * size + j]! * classNames.length) / train.count;
  }
  let right = 0;
  for (let i = 0; i < validation.count; i++) {
    const distances = means.map((mean) =>
      mean.reduce((sum, value, j) => sum + (value - validation.values[i * size + j]!) ** 2, 0),
    );
    if (distances.indexOf(Math.min(...distances)) === validation.labels[i]) right += 1;
  }
  return right / validation.count;
}

describe('synthetic data', () => {
  it('says that it is, and what is drawn', async () => {
    const dataset = await load([32, 32, 3]);
    expect(dataset).toMatchObject({
      name: 'synthetic',
      synthetic: true,
      origin: 'drawn from seed 42',
      shape: [32, 32, 3],
      scale: 1 / 255,
    });
    expect(dataset.classNames).toEqual([
      'disc',
      'square',
      'triangle',
      'cross',
      'ring',
      'horizontal stripes',
      'vertical stripes',
      'diagonal stripes',
      'checkerboard',
      'gradient',
    ]);
    expect((await load([64])).classNames[0]).toBe('step up');
    expect((await load([4])).classNames[0]).toBe('cluster 1');
  });

  it('has any shape, any number of classes, balanced labels and examples that differ', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 2, max: 40 }),
        fc.integer({ min: 1, max: 2 ** 31 - 1 }),
        async (shape, classes, seed) => {
          const train = classes * 3;
          const dataset = await load(shape, { classes, train }, seed);
          expect(dataset.classNames).toHaveLength(classes);
          expect(new Set(dataset.classNames).size).toBe(classes);
          expect(dataset.train.values).toHaveLength(train * sizeOf(shape));
          expect(dataset.validation.values).toHaveLength(20 * sizeOf(shape));
          expect([...dataset.train.labels].sort((a, b) => a - b)).toEqual(
            Array.from({ length: train }, (_, i) => Math.floor(i / 3)),
          );
          if (sizeOf(shape) >= 4) {
            const size = sizeOf(shape);
            const texts = Array.from({ length: train }, (_, i) =>
              dataset.train.values.subarray(i * size, (i + 1) * size).join(),
            );
            expect(new Set(texts).size).toBe(train);
          }
        },
      ),
      { numRuns: 40, seed: 7 },
    );
  });

  it('has its classes learnable: means of clusters and signals tell them apart, those of pictures do not', async () => {
    const plan = { train: 1000, validation: 200 };
    expect(nearestMeanAccuracy(await load([8], plan))).toBeGreaterThan(0.8);
    const signals = nearestMeanAccuracy(await load([64], plan));
    expect(signals).toBeGreaterThan(0.3);
    const pictures = nearestMeanAccuracy(await load([32, 32, 3], plan));
    expect(pictures).toBeGreaterThan(0.05);
    expect(pictures).toBeLessThan(0.5);
  });

  it('depends on the seed, of the plan before that of the spec, and the parts differ', async () => {
    const shape = [12, 12, 3];
    const base = await load(shape);
    expect(digest((await load(shape)).train)).toBe(digest(base.train));
    expect(digest((await load(shape, {}, 43)).train)).not.toBe(digest(base.train));
    expect(digest((await load(shape, { seed: 43 })).train)).toBe(digest((await load(shape, {}, 43)).train));
    expect(digest((await load(shape, { validation: 40 })).validation)).not.toBe(digest(base.train));
  });

  it('keeps its first examples when more are asked for', async () => {
    const few = await load([16, 16, 1]);
    const many = await load([16, 16, 1], { train: 100 });
    expect(many.train.values.subarray(0, few.train.values.length)).toEqual(few.train.values);
  });

  // Runs are compared across machines and versions, so a change of these bytes needs a reason.
  it.each([
    [[32, 32, 3], '70ed85c024d24c39409049a496512a7eaa1033ac1e72fd85ac0d43c99ff3da43'],
    [[64], '1d08bf4c35d15f10f7b1a18cd504432a60c6392bcf934a074fcac7a9ecc013b7'],
    [[7], '749868848a8f44bb257dd0eb6788ff0e8668958eedbc64059a5237b2d0a4bbfb'],
  ])('of shape %j is the same on every machine', async (shape, expected) => {
    expect(digest((await load(shape, { classes: 20 })).train)).toBe(expected);
  });

  it('takes no folder', async () => {
    await expect(
      loadDataset({ type: 'synthetic' }, { folder: '/data', inputShape: [8, 8, 3], seed: 1 }),
    ).rejects.toMatchObject({ code: 'data-folder-not-used', message: expect.stringContaining('/data') });
  });

  it('too large for the memory is refused at once', async () => {
    await expect(load([224, 224, 3], { train: 1_000_000 })).rejects.toMatchObject({
      code: 'out-of-range',
      message:
        '1,000,020 synthetic examples of 224x224x3 take 141 GiB of memory, and at most 2 GiB are allowed',
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    const drawing = loadDataset(
      { type: 'synthetic', train: 100_000 },
      {
        inputShape: [32, 32, 3],
        seed: 1,
        signal: controller.signal,
        onProgress: () => controller.abort(new Error('stop')),
      },
    );
    await expect(drawing).rejects.toThrow('stop');
  });
});

describe('loadDataset', () => {
  it('refuses a data set that does not exist', async () => {
    await expect(
      loadDataset({ type: 'cifar100' }, { inputShape: [32, 32, 3], seed: 1 }),
    ).rejects.toMatchObject({
      code: 'unknown-dataset',
      hints: ['data sets: cifar10, mnist, fashionMnist, kmnist, synthetic'],
    });
    await expect(loadDataset({ type: 'toString' }, { inputShape: [1], seed: 1 })).rejects.toMatchObject({
      code: 'unknown-dataset',
    });
  });

  it('refuses a model of another input before it looks for the data', async () => {
    await expect(
      loadDataset({ type: 'cifar10' }, { folder: '/nowhere', inputShape: [28, 28, 1], seed: 1 }),
    ).rejects.toMatchObject({
      code: 'input-data-mismatch',
      message: 'the model takes 28x28x1, but the examples of cifar10 are 32x32x3',
    });
  });
});
