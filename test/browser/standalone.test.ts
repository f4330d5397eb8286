/** A standalone module does in a browser, bit for bit, what it does in Node. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import ts from 'typescript';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { compileSpec, emitWasm } from '../../src/compiler/index.js';
import { modelWeights } from '../../src/runtime/model-weights.js';
import { chromiumPath, launchOptions } from './chromium.js';
import { type StaticServer, serve } from './static-server.js';

const spec = `
name: stranger
seed: 5
input: [12, 12, 3]
layers:
  - { type: conv2d, filters: 4, kernelSize: 3, activation: relu }
  - { type: batchNormalization }
  - { type: maxPooling2d, poolSize: 2, strides: 2 }
  - { type: dropout, rate: 0.25 }
  - { type: flatten }
  - { type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic }
  optimizer: { type: adam, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 16
`;

/** Trains, predicts, and tells all that came out: a module for both places. */
const program = `
import { loadStranger } from './stranger.js';

export async function work(source) {
  const model = await loadStranger(source);
  const images = Uint8Array.from({ length: 16 * 12 * 12 * 3 }, (_, i) => (i * 37) % 256);
  const labels = Array.from({ length: 16 }, (_, i) => (i * 7) % 10);
  const fresh = [...model.predict(images)];
  const steps = Array.from({ length: 200 }, () => model.trainStep(images, labels));
  return { fresh, steps, trained: [...model.predict(images)], file: [...model.saveWeights()] };
}
`;

let folder: string;
let server: StaticServer;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speccc-stranger-'));
  const graph = compileSpec(spec, 'stranger.yaml');
  const { wasm, loader } = await emitWasm(graph, (await modelWeights(graph, undefined)).weights);
  const { outputText } = ts.transpileModule(loader, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  });
  await writeFile(join(folder, 'stranger.wasm'), wasm);
  await writeFile(join(folder, 'stranger.js'), outputText);
  await writeFile(join(folder, 'work.js'), program);
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  server = await serve({ '/': folder });
});
afterAll(async () => {
  await server?.close();
  await rm(folder, { recursive: true, force: true });
});

it.skipIf(chromiumPath === undefined)(
  'predicts and trains in Chromium as in Node (skipped where there is none: set CHROMIUM_PATH)',
  async () => {
    const { work } = await import(pathToFileURL(join(folder, 'work.js')).href);
    const wanted = await work(join(folder, 'stranger.wasm'));
    expect(wanted.steps.at(-1).loss).toBeLessThan(wanted.steps[0].loss / 2);
    const browser = await chromium.launch(launchOptions);
    try {
      const page = await browser.newPage();
      await page.goto(`${server.url}/package.json`);
      const found = await page.evaluate(`import('/work.js').then(({ work }) => work('/stranger.wasm'))`);
      expect(found).toEqual(wanted);
    } finally {
      await browser.close();
    }
  },
);
