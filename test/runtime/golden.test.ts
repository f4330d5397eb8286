/**
 * An independent program's trace of 100 steps of Adam on LeNet-5 and CIFAR-10 (the file's `about` says more):
 * from its initial weights we must come to its losses and its final weights.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import type { BackendName } from '../../src/runtime/backend.js';
import type { TrainingEngine } from '../../src/runtime/engine.js';
import { openTfjsEngine } from '../../src/runtime/tfjs-engine.js';
import { batchFiller } from '../../src/runtime/training/batches.js';
import { cifar10First320 } from '../fixtures/cifar10-first-320.js';

interface Golden {
  readonly initialWeights: Record<string, { shape: number[]; base64: string }>;
  readonly steps: readonly { loss: number; correct: number }[];
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../fixtures/golden/lenet5-adam.json.gz', import.meta.url))).toString(),
) as Golden;

async function goldenEngine(backend: BackendName): Promise<TrainingEngine> {
  const file = 'specs/lenet5.yaml';
  const engine = await openTfjsEngine(compileSpec(readFileSync(file, 'utf8'), file), backend);
  await engine.setWeights(
    Object.entries(golden.initialWeights).map(([name, { base64 }]) => ({
      name,
      values: new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer),
    })),
  );
  return engine;
}

describe('the golden trace', () => {
  it.each([
    ['wasm', 10],
    ['cpu', 2],
  ] as const)('on %s: the first %i steps', async (backend, steps) => {
    const engine = await goldenEngine(backend);
    const fill = batchFiller(cifar10First320(), [32, 32, 3], 1 / 255, 32);
    for (let step = 0; step < steps; step += 1) {
      const [loss, accuracy] = await engine.trainStep(fill(step * 32, step * 32 + 32), step + 1);
      const { loss: expected, correct } = golden.steps[step]!;
      expect(Math.abs(loss! / expected - 1), `loss of step ${step}`).toBeLessThan(1e-3);
      expect(Math.round(accuracy! * 32), `right answers in step ${step}`).toBe(correct);
    }
    engine.dispose();
  });
});
