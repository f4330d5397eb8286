/** One of our engines as a contestant: see contestant-process.ts. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compileSpec } from '../../src/compiler/index.js';
import { loadDataset } from '../../src/runtime/index.js';
import { addToMeans, meanValues, type RunningMeans } from '../../src/runtime/training/batches.js';
import { trainingSteps } from '../training-steps.js';
import { ourEngines } from './our-engines.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '1' },
    spec: { type: 'string', default: '' },
    'batch-size': { type: 'string', default: '' },
  },
});

const answer = (object: unknown) => process.stdout.write(`${JSON.stringify(object)}\n`);

const graph = compileSpec(await readFile(values.spec, 'utf8'), values.spec);
const dataset = await loadDataset(graph.training!.dataset, {
  inputShape: graph.inputs[0]!.shape,
  seed: graph.seed,
});
const batchSize = Number(values['batch-size']);
const engine = await ourEngines[positionals[0]!]!.open(Number(values.threads))(graph);
const step = trainingSteps(engine, graph, dataset.train, dataset.scale, batchSize);

answer({ versions: engine.versions });
for await (const line of createInterface({ input: process.stdin })) {
  const means: RunningMeans = { examples: 0, sums: [] };
  const start = performance.now();
  for (let left = Number(line); left > 0; left--) addToMeans(means, await step(), batchSize);
  const seconds = (performance.now() - start) / 1000;
  const [loss, accuracy] = meanValues(means);
  answer({ seconds, loss, accuracy });
}
engine.dispose();
