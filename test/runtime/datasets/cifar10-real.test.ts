/** The real CIFAR-10 against what is published about it; for machines whose cache has it. */
import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { inspectCifar10, loadDataset } from '../../../src/runtime/datasets/index.js';
import { cifar10First320 } from '../../fixtures/cifar10-first-320.js';

const { present } = await inspectCifar10();
const needed = present ? '' : ' (skipped: run `speccc data fetch cifar10` first)';

describe.skipIf(!present)(`the real CIFAR-10${needed}`, () => {
  it('has the published labels, pixels and statistics', async () => {
    const dataset = await loadDataset({ type: 'cifar10' }, { inputShape: [32, 32, 3], seed: 1 });
    const { train, validation } = dataset;
    expect([dataset.origin, train.count, validation.count]).toEqual(['cache', 50_000, 10_000]);
    expect([...train.labels.slice(0, 10)]).toEqual([6, 9, 9, 4, 1, 1, 2, 7, 8, 3]);
    expect([...validation.labels.slice(0, 10)]).toEqual([3, 8, 8, 0, 6, 6, 1, 6, 3, 1]);
    expect([...train.values.slice(0, 3)]).toEqual([59, 62, 63]);

    const count = (labels: ArrayLike<number>) =>
      Array.from(labels).reduce((counts, label) => counts.with(label, counts[label]! + 1), Array(10).fill(0));
    expect(count(train.labels)).toEqual(Array(10).fill(5000));
    expect(count(validation.labels)).toEqual(Array(10).fill(1000));

    const sums = [0, 0, 0];
    const squares = [0, 0, 0];
    for (let at = 0; at < train.values.length; at++) {
      const value = train.values[at]!;
      sums[at % 3]! += value;
      squares[at % 3]! += value * value;
    }
    const pixels = 50_000 * 1024;
    const means = sums.map((sum) => sum / pixels);
    const deviations = squares.map((square, i) => Math.sqrt(square / pixels - means[i]! ** 2));
    expect(means.map((mean) => (mean / 255).toFixed(5))).toEqual(['0.49140', '0.48216', '0.44653']);
    expect(deviations.map((deviation) => (deviation / 255).toFixed(5))).toEqual([
      '0.24703',
      '0.24349',
      '0.26159',
    ]);
  });

  it('begins with the images that the fixture has', async () => {
    const { train } = await loadDataset({ type: 'cifar10' }, { inputShape: [32, 32, 3], seed: 1 });
    const fixture = cifar10First320();
    const same = Buffer.compare(
      train.values.subarray(0, fixture.values.length) as Uint8Array,
      fixture.values as Uint8Array,
    );
    expect(same).toBe(0);
    expect([...train.labels.subarray(0, 320)]).toEqual([...fixture.labels]);
  });
});
