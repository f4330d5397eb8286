/**
 * How long a training step takes on the compiled engine and on each backend of tfjs: `npx tsx bench/train-step.ts
 * [--json]`. A step is everything between bytes in memory and numbers on the screen: the batch is gathered and scaled,
 * goes into the backend, forward, backward, the optimizer, and loss and metrics come out. Images are random, of
 * CIFAR-10's shape, so nothing is downloaded. Each runs in a process of its own.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileSpec, type ModelGraph } from '../src/compiler/index.js';
import { sizeOf } from '../src/layers/index.js';
import { type BackendName, backendNames, loadTf, type Tf } from '../src/runtime/backend.js';
import { openCompiledEngine } from '../src/runtime/compiled-engine/compiled-engine.js';
import type { TrainingEngine } from '../src/runtime/engine.js';
import { openTfjsEngine } from '../src/runtime/tfjs-engine.js';
import { describeMachine, formatMachine } from './machine.js';
import { trainingSteps } from './training-steps.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    spec: { type: 'string', default: 'specs/lenet5.yaml' },
    'batch-size': { type: 'string', default: '32' },
    steps: { type: 'string', default: '200' },
    backend: { type: 'string', multiple: true, default: ['compiled', ...backendNames] },
    /** Set by this program itself for the processes that measure. */
    measure: { type: 'string' },
  },
});

/** Milliseconds a step. */
interface Timing {
  readonly backend: string;
  readonly description: string;
  readonly steps: number;
  readonly first: number;
  readonly fastest: number;
  readonly median: number;
  readonly slowestTenth: number;
  /** Where the time goes, on wasm: milliseconds a step and calls a step, the largest first. */
  readonly parts?: readonly Part[];
}

interface Part {
  readonly name: string;
  readonly milliseconds: number;
  readonly calls: number;
}

interface Missing {
  readonly backend: string;
  readonly reason: string;
}

const batchSize = Number(options['batch-size']);

if (options.measure === undefined) await report();
else
  process.send!(await measure(options.measure as 'compiled' | BackendName).catch(missing), () =>
    process.disconnect(),
  );

function missing(error: unknown): Missing {
  const message = error instanceof Error ? error.message : String(error);
  return { backend: options.measure!, reason: message.replace(/^the backend '.*' cannot be used: /, '') };
}

async function measure(name: 'compiled' | BackendName): Promise<Timing> {
  const graph = compileSpec(readFileSync(options.spec, 'utf8'), options.spec, {
    set: [{ path: 'training.batchSize', value: String(batchSize) }],
  });
  const engine = name === 'compiled' ? await openCompiledEngine(graph) : await openTfjsEngine(graph, name);
  const step = stepOn(engine, graph);
  const slow = name === 'cpu';
  const steps = slow ? 3 : Number(options.steps);
  const timed = async () => {
    const start = performance.now();
    await step();
    return performance.now() - start;
  };
  const first = await timed();
  for (let warmUp = 0; warmUp < (slow ? 0 : 50); warmUp++) await step();
  const times: number[] = [];
  for (let index = 0; index < steps; index++) times.push(await timed());
  times.sort((a, b) => a - b);
  const at = (part: number) => times[Math.min(Math.floor(part * times.length), times.length - 1)]!;
  const timing = {
    backend: name,
    description: engine.description,
    steps,
    first,
    fastest: at(0),
    median: at(0.5),
    slowestTenth: at(0.9),
    ...(name === 'wasm' ? { parts: await breakDown(await loadTf(), step) } : {}),
  };
  engine.dispose();
  return timing;
}

function stepOn(engine: TrainingEngine, graph: ModelGraph): () => Promise<unknown> {
  const { shape } = graph.inputs[0]!;
  const classes = graph.nodes.at(-1)!.outputShape.at(-1)!;
  const count = batchSize * 8;
  let state = 1;
  const random = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 8;
  };
  const examples = {
    count,
    values: Uint8Array.from({ length: count * sizeOf(shape) }, random),
    labels: Uint8Array.from({ length: count }, () => random() % classes),
  };
  return trainingSteps(engine, graph, examples, 1 / 255);
}

/** Puts a stopwatch around every kernel. Time in a kernel that another one runs is its own. */
async function breakDown(tf: Tf, step: () => Promise<unknown>): Promise<Part[]> {
  const times = new Map<string, { milliseconds: number; calls: number }>();
  let inside = 0;
  const watch = <Arguments extends unknown[], Result>(
    name: string,
    work: (...args: Arguments) => Result,
  ): ((...args: Arguments) => Result) => {
    const entry = { milliseconds: 0, calls: 0 };
    times.set(name, entry);
    return function (this: unknown, ...args: Arguments) {
      const before = inside;
      inside = 0;
      const start = performance.now();
      try {
        return work.apply(this, args);
      } finally {
        const whole = performance.now() - start;
        entry.milliseconds += whole - inside;
        entry.calls++;
        inside = before + whole;
      }
    };
  };
  for (const kernel of tf.getKernelsForBackend('wasm')) {
    tf.unregisterKernel(kernel.kernelName, 'wasm');
    tf.registerKernel({ ...kernel, kernelFunc: watch(kernel.kernelName, kernel.kernelFunc) });
  }
  const steps = 100;
  const start = performance.now();
  for (let index = 0; index < steps; index++) await step();
  const whole = (performance.now() - start) / steps;
  const parts = [...times]
    .filter(([, { calls }]) => calls > 0)
    .map(([name, { milliseconds, calls }]) => ({
      name,
      milliseconds: milliseconds / steps,
      calls: calls / steps,
    }));
  const known = parts.reduce((sum, part) => sum + part.milliseconds, 0);
  return [...parts, { name: 'tfjs itself, data, stopwatches', milliseconds: whole - known, calls: 0 }].sort(
    (a, b) => b.milliseconds - a.milliseconds,
  );
}

async function report(): Promise<void> {
  const results: (Timing | Missing)[] = [];
  for (const backend of options.backend) results.push(await inOwnProcess(backend));
  const machine = describeMachine();
  if (options.json) {
    console.log(JSON.stringify({ spec: options.spec, batchSize, machine, results }, null, 2));
    return;
  }
  console.log(`one training step of ${options.spec}, ${batchSize} examples`);
  console.log(`${formatMachine(machine)}\n`);
  const wasm = results.find((result): result is Timing => result.backend === 'wasm' && 'median' in result);
  console.log(`${'ms a step'.padEnd(15)}    median  fastest  slowest 10 %    first  as wasm`);
  for (const result of results) console.log(row(result, wasm));
  if (wasm?.parts !== undefined) printParts(wasm.parts);
}

function row(result: Timing | Missing, wasm: Timing | undefined): string {
  const name = result.backend.padEnd(15);
  if ('reason' in result) return `${name}  ${result.reason}`;
  const numbers = [
    result.median.toFixed(1).padStart(8),
    result.fastest.toFixed(1).padStart(7),
    result.slowestTenth.toFixed(1).padStart(12),
    result.first.toFixed(0).padStart(7),
    wasm === undefined ? '' : `${(result.median / wasm.median).toFixed(2)} x`.padStart(7),
  ];
  return `${name}  ${numbers.join('  ')}   ${result.description}`;
}

function printParts(parts: readonly Part[]): void {
  console.log('\nwhere the step goes on wasm, with a stopwatch around each kernel:');
  const shown = parts.slice(0, 12);
  for (const { name, milliseconds, calls } of shown) {
    const times = calls === 0 ? '' : `${Math.round(calls)} calls`;
    console.log(`${milliseconds.toFixed(2).padStart(8)} ms  ${name.padEnd(32)}${times}`);
  }
  const rest = parts.slice(shown.length);
  const left = rest.reduce((sum, part) => sum + part.milliseconds, 0);
  console.log(`${left.toFixed(2).padStart(8)} ms  ${rest.length} others`);
}

/** A run in a fresh process, so that no backend profits or suffers from what ran before. */
function inOwnProcess(backend: string): Promise<Timing | Missing> {
  const { spec, steps } = options;
  const process = fork(import.meta.filename, [
    `--measure=${backend}`,
    `--spec=${spec}`,
    `--steps=${steps}`,
    `--batch-size=${batchSize}`,
  ]);
  return new Promise((resolve, reject) => {
    process.once('message', (result) => resolve(result as Timing | Missing));
    process.once('error', reject);
    process.once('exit', (code) => reject(new Error(`the process for ${backend} ended with ${code}`)));
  });
}
