/** One of our engines as a contestant: see contestant-process.ts. */
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { compileSpec } from '../../src/compiler/index.js';
import { loadDataset } from '../../src/runtime/index.js';
import { addToMeans, meanValues, type RunningMeans } from '../../src/runtime/training/batches.js';
import { trainingPlan } from '../../src/runtime/training/check-data.js';
import { trainingSteps } from '../training-steps.js';
import { ourEngines } from './our-engines.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    threads: { type: 'string', default: '' },
    spec: { type: 'string', default: '' },
    'batch-size': { type: 'string', default: '' },
  },
});

try {
  await serve(positionals[0]!, Number(values.threads), values.spec, values['batch-size']);
} catch (error) {
  // The last line is what the bench shows.
  console.error(error instanceof Error ? `${error.stack}\n${error.message}` : error);
  process.exit(1);
}

async function serve(name: string, threads: number, spec: string, batchSize: string): Promise<void> {
  const graph = compileSpec(await readFile(spec, 'utf8'), spec, {
    set: [{ path: 'training.batchSize', value: batchSize }],
  });
  const dataset = await loadDataset(trainingPlan(graph).dataset, {
    inputShape: graph.inputs[0]!.shape,
    seed: graph.seed,
  });
  const engine = await ourEngines[name]!.open(threads)(graph);
  const step = trainingSteps(engine, graph, dataset.train, dataset.scale);
  answer({ versions: engine.versions, setting: '' });
  for await (const line of createInterface({ input: process.stdin })) {
    const means: RunningMeans = { examples: 0, sums: [] };
    const start = performance.now();
    for (let left = Number(line); left > 0; left--) addToMeans(means, await step(), 1);
    const seconds = (performance.now() - start) / 1000;
    const [loss, accuracy] = meanValues(means);
    if (!Number.isFinite(loss)) throw new Error(`the loss is ${loss}`);
    answer({ seconds, loss, accuracy });
  }
  engine.dispose();
}

function answer(values: unknown): void {
  process.stdout.write(`${JSON.stringify(values)}\n`);
}
