/** LeNet-5 with one, two and four threads: the same bytes after 200 steps, whoever did which part of them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { compileSpec } from '../../../src/index.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import { loadDataset } from '../../../src/runtime/datasets/index.js';
import { batchFiller } from '../../../src/runtime/training/batches.js';

const file = 'specs/lenet5.yaml';

async function digestAfterSteps(threads: number, steps: number): Promise<string> {
  const graph = compileSpec(readFileSync(file, 'utf8'), file);
  const synthetic = { type: 'synthetic', train: 320, validation: 1 } as const;
  const { train, shape, scale } = await loadDataset(synthetic, { inputShape: [32, 32, 3], seed: 5 });
  const fill = batchFiller(train, shape, scale, 32);
  const engine = await openCompiledEngine(graph, { threads });
  const hash = createHash('sha256');
  for (let step = 0; step < steps; step += 1) {
    const from = (step % 10) * 32;
    // One batch of ten is not full.
    const values = await engine.trainStep(fill(from, from + (step % 10 === 9 ? 19 : 32)), step);
    hash.update(Float64Array.from(values));
  }
  for (const { values } of await engine.getWeights()) hash.update(values);
  for (const { values } of (await engine.getOptimizerState()).slots) hash.update(values);
  engine.dispose();
  return hash.digest('hex');
}

test('LeNet-5 comes to the same bytes with any number of threads', { timeout: 240_000 }, async () => {
  const one = await digestAfterSteps(1, 200);
  expect(await digestAfterSteps(2, 200)).toBe(one);
  expect(await digestAfterSteps(4, 200)).toBe(one);
});
