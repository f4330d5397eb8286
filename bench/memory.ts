/**
 * Whether the compiled engine keeps to its memory: `node --expose-gc --import tsx bench/memory.ts`. LeNet-5 is
 * trained, evaluated and read out as in a run, with a line at each tenth; then engines are opened, used and closed, one
 * after the other. What a process holds is to be the same all the way, but for what is held until it is collected.
 */
import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { compileSpec } from '../src/compiler/index.js';
import { openCompiledEngine } from '../src/runtime/compiled-engine/compiled-engine.js';
import { loadDataset } from '../src/runtime/datasets/index.js';
import { describeMachine, formatMachine } from './machine.js';
import { trainingSteps } from './training-steps.js';

const { values: options } = parseArgs({
  options: {
    steps: { type: 'string', default: '10000' },
    threads: { type: 'string', default: '2' },
    engines: { type: 'string', default: '100' },
  },
});
const [steps, threads, engines] = [options.steps, options.threads, options.engines].map(Number) as [
  number,
  number,
  number,
];

const file = 'specs/lenet5.yaml';
const graph = compileSpec(readFileSync(file, 'utf8'), file);
const data = await loadDataset(
  { type: 'synthetic', train: 3200, validation: 320 },
  { inputShape: [32, 32, 3], seed: 1 },
);

/** Kilobytes of the process, and how many threads it has, where the system tells. */
function held(): string {
  const { rss, heapUsed, arrayBuffers } = process.memoryUsage();
  const kilobytes = [rss, heapUsed, arrayBuffers].map((bytes) =>
    Math.round(bytes / 1024).toLocaleString('en'),
  );
  return `${kilobytes.map((text) => text.padStart(10)).join('')}${threadCount().padStart(10)}`;
}

function threadCount(): string {
  try {
    return /^Threads:\s*(\d+)/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1] ?? '';
  } catch {
    return '';
  }
}

function line(what: string): void {
  globalThis.gc?.();
  process.stdout.write(`${what.padEnd(24)}${held()}\n`);
}

process.stdout.write(`${formatMachine(describeMachine())}, ${threads} threads\n`);
process.stdout.write(
  `${''.padEnd(24)}${['resident', 'heap', 'buffers', 'threads'].map((word) => word.padStart(10)).join('')}\n`,
);

const engine = await openCompiledEngine(graph, { threads });
const next = trainingSteps(engine, graph, data.train, data.scale);
const validation = {
  count: data.validation.count,
  inputs: data.validation.values,
  scale: data.scale,
  labels: Int32Array.from(data.validation.labels),
};
for (let step = 1; step <= steps; step += 1) {
  await next();
  if (step % 100 === 0) {
    await engine.evaluateBatch(validation);
    await engine.getWeights();
    await engine.getOptimizerState();
    // As the trainer does, so that signals and timers are seen.
    await setTimeout(0);
  }
  if (step % Math.ceil(steps / 10) === 0) line(`${step.toLocaleString('en')} steps`);
}
engine.dispose();

for (let opened = 1; opened <= engines; opened += 1) {
  const another = await openCompiledEngine(graph, { threads });
  await trainingSteps(another, graph, data.train, data.scale)();
  another.dispose();
  await setTimeout(0);
  if (opened % Math.ceil(engines / 10) === 0) line(`${opened.toLocaleString('en')} engines`);
}
