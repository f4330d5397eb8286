/**
 * checkpoints/best is an ordinary tfjs model: programs that know nothing of speccc load it, in Node and in a
 * browser, and predict what the run predicts.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileSpec } from '../../src/compiler/index.js';
import { predictRun } from '../../src/runtime/predict.js';
import { train } from '../../src/runtime/trainer.js';
import { chromiumPath, launchOptions } from './chromium.js';
import { type StaticServer, serve } from './static-server.js';

const spec = `
name: stranger
input: [12, 12, 3]
layers:
  - { type: conv2d, filters: 4, kernelSize: 3, activation: relu }
  - { type: batchNormalization }
  - { type: maxPooling2d, poolSize: 2, strides: 2 }
  - { type: dropout, rate: 0.25 }
  - { type: flatten }
  - { type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic, train: 256, validation: 64 }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  epochs: 2
`;

/** Three examples, the same everywhere: exact binary fractions, so that no rounding differs. */
const inputs = Array.from({ length: 3 * 12 * 12 * 3 }, (_, i) => ((i * 37) % 256) / 256);

let folder: string;
let server: StaticServer;
let wanted: readonly number[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speccc-stranger-'));
  const run = join(folder, 'run');
  await train({ graph: compileSpec(spec, 'stranger.yaml'), folder: run });
  const size = inputs.length / 3;
  const examples = [0, 1, 2].map((i) => Float32Array.from(inputs.slice(i * size, (i + 1) * size)));
  const { predictions } = await predictRun(run, examples, { backend: 'cpu' });
  wanted = predictions.flatMap(({ outputs }) => outputs);
  server = await serve({ '/run/': run, '/tfjs/': resolve('node_modules/@tensorflow/tfjs/dist') });
});

afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

function expectSamePredictions(found: readonly number[]): void {
  expect(found).toHaveLength(30);
  found.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 5);
  });
}

describe('checkpoints/best, for a stranger', () => {
  it('loads with tf.loadLayersModel in Node', async () => {
    const program = join(folder, 'stranger.cjs');
    await writeFile(
      program,
      `const tf = require(${JSON.stringify(resolve('node_modules/@tensorflow/tfjs'))});
       tf.env().set('PROD', true);
       tf.loadLayersModel('${server.url}/run/checkpoints/best/model.json').then((model) => {
         const input = tf.tensor(${JSON.stringify(inputs)}, [3, 12, 12, 3]);
         process.stdout.write(JSON.stringify(Array.from(model.predict(input).dataSync())));
       });`,
    );
    const { stdout } = await promisify(execFile)(process.execPath, [program]);
    expectSamePredictions(JSON.parse(stdout));
  });

  it.skipIf(chromiumPath === undefined)(
    'loads with tf.loadLayersModel in Chromium (skipped where there is none: set CHROMIUM_PATH)',
    async () => {
      const browser = await chromium.launch(launchOptions);
      try {
        const page = await browser.newPage();
        await page.goto(`${server.url}/run/run.json`);
        await page.addScriptTag({ url: '/tfjs/tf.min.js' });
        const found = await page.evaluate(async (values) => {
          // biome-ignore lint/suspicious/noExplicitAny: the page's global, which no module of ours declares
          const { tf } = globalThis as any;
          await tf.setBackend('cpu');
          const model = await tf.loadLayersModel('/run/checkpoints/best/model.json');
          return [...model.predict(tf.tensor(values, [3, 12, 12, 3])).dataSync()];
        }, inputs);
        expectSamePredictions(found);
      } finally {
        await browser.close();
      }
    },
  );
});
