/**
 * An independent program's trace of 100 steps of Adam on LeNet-5 and CIFAR-10 (the file's `about` says more):
 * from its initial weights we must come to its losses and its final weights.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { type BackendName, openBackend } from '../../src/runtime/backend.js';
import { openCompiledEngine } from '../../src/runtime/compiled-engine/compiled-engine.js';
import type { Examples } from '../../src/runtime/datasets/dataset.js';
import { inspectCifar10, loadDataset } from '../../src/runtime/datasets/index.js';
import type { TrainingEngine } from '../../src/runtime/engine.js';
import { openTfjsEngine } from '../../src/runtime/tfjs-engine.js';
import { addToMeans, batchFiller, meanValues } from '../../src/runtime/training/batches.js';
import { noMeans } from '../../src/runtime/training/trainer-state.js';
import { cifar10First320 } from '../fixtures/cifar10-first-320.js';

interface Golden {
  readonly initialWeights: Record<string, { shape: number[]; base64: string }>;
  readonly steps: readonly { loss: number; correct: number }[];
  readonly finalWeights: Record<string, { sum: number; l2: number }>;
  readonly validationOnFirstTestImages: {
    readonly examples: number;
    readonly loss: number;
    readonly correct: number;
    readonly firstProbabilities: readonly (readonly number[])[];
  };
}

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../fixtures/golden/lenet5-adam.json.gz', import.meta.url))).toString(),
) as Golden;

type EngineName = 'compiled' | BackendName;

async function goldenEngine(name: EngineName): Promise<TrainingEngine> {
  const file = 'specs/lenet5.yaml';
  const graph = compileSpec(readFileSync(file, 'utf8'), file);
  const engine =
    name === 'compiled' ? await openCompiledEngine(graph, { threads: 2 }) : await openTfjsEngine(graph, name);
  await engine.setWeights(
    Object.entries(golden.initialWeights).map(([weight, { base64 }]) => ({
      name: weight,
      values: new Float32Array(Uint8Array.from(Buffer.from(base64, 'base64')).buffer),
    })),
  );
  return engine;
}

/** The loss of each of these steps; `trained` of them are made, and the one after them is begun. */
async function followTrace(engine: TrainingEngine, examples: Examples, trained: number): Promise<void> {
  const fill = batchFiller(examples, [32, 32, 3], 1 / 255, 32);
  const compare = (step: number, [loss, accuracy]: readonly number[]) => {
    const { loss: expected, correct } = golden.steps[step]!;
    expect(Math.abs(loss! / expected - 1), `loss of step ${step}`).toBeLessThan(1e-3);
    expect(Math.round(accuracy! * 32), `right answers in step ${step}`).toBe(correct);
  };
  const batch = (step: number) => fill(step * 32, step * 32 + 32);
  for (let step = 0; step < trained; step += 1) {
    compare(step, await engine.trainStep(batch(step), step + 1));
  }
  if (trained < golden.steps.length) compare(trained, (await engine.evaluateBatch(batch(trained))).values);
}

const { complete: cached } = await inspectCifar10();
const { name: fastest } = await openBackend('auto');

describe('the golden trace', () => {
  it.each([
    // First, since it takes twice as long where V8 has seen tensors of other backends.
    ['cpu', 1],
    ['compiled', 9],
    ['wasm', 9],
    // Native TensorFlow, where it is installed.
    ...(fastest === 'wasm' ? [] : [[fastest, 9] as const]),
  ] as const)('on %s: %i steps, and the loss of the next', { timeout: 180_000 }, async (name, steps) => {
    const engine = await goldenEngine(name);
    await followTrace(engine, cifar10First320(), steps);
    engine.dispose();
  });

  it.skipIf(!cached).each(['compiled', 'wasm'] as const)(
    'on %s: all steps, the final weights, and what they say of test images (skipped where CIFAR-10 is not in the cache)',
    async (engineName) => {
      const data = await loadDataset({ type: 'cifar10' }, { inputShape: [32, 32, 3], seed: 1 });
      const engine = await goldenEngine(engineName);
      await followTrace(engine, data.train, golden.steps.length);

      for (const { name, values } of await engine.getWeights()) {
        const { sum, l2 } = golden.finalWeights[name]!;
        expect(Math.abs(Math.hypot(...values) / l2 - 1), `norm of ${name}`).toBeLessThan(1e-3);
        const total = values.reduce((all, value) => all + value, 0);
        expect(Math.abs(total - sum), `sum of ${name}`).toBeLessThan(1e-3 * l2 * Math.sqrt(values.length));
      }

      const { examples, loss, correct, firstProbabilities } = golden.validationOnFirstTestImages;
      const fill = batchFiller(data.validation, data.shape, data.scale, 100);
      const means = noMeans();
      for (let from = 0; from < examples; from += 100) {
        const { values, outputs } = await engine.evaluateBatch(fill(from, from + 100));
        addToMeans(means, values, 100);
        if (from > 0) continue;
        firstProbabilities.flat().forEach((expected, i) => {
          expect(outputs[i], `output ${i}`).toBeCloseTo(expected, 4);
        });
      }
      const [meanLoss, accuracy] = meanValues(means);
      expect(Math.abs(meanLoss! / loss - 1)).toBeLessThan(1e-3);
      // An image on the border between two classes may fall to either side.
      expect(Math.abs(accuracy! * examples - correct)).toBeLessThan(3);
      engine.dispose();
    },
  );
});
