/**
 * Do the reference networks learn? `npm run bench:networks [-- NAME…]` trains each for 20 steps on one batch of
 * CIFAR-10 after its own spec, as the trainer does: seeded, dropout on. It prints the loss of the first and the last
 * step, each in training mode and before the step's update, and fails where a loss did not fall. Every network runs
 * in a process of its own.
 */
import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { compileSpec } from '../src/compiler/index.js';
import { type BackendName, backendNames, loadDataset, openTfjsEngine } from '../src/runtime/index.js';
import { batchFiller } from '../src/runtime/training/batches.js';
import { trainingPlan } from '../src/runtime/training/check-data.js';
import { epochOrder, stepSeed } from '../src/runtime/training/random.js';

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    backend: { type: 'string', default: 'wasm' },
    steps: { type: 'string', default: '20' },
    /** Set by this program itself for the processes that train. */
    train: { type: 'string' },
  },
});
const networks = ['lenet5', 'alexnet8', 'vgg16', 'inception10', 'resnet18'];
const steps = Number(options.steps);

interface Trained {
  readonly batchSize: number;
  readonly first: number;
  readonly last: number;
  /** Of a step, the first one left out, in seconds. */
  readonly seconds: number;
}

if (options.train === undefined) await report();
else process.send!(await train(options.train), () => process.disconnect());

async function train(name: string): Promise<Trained> {
  const backend = backendNames.find((each): each is BackendName => each === options.backend);
  if (backend === undefined) throw new Error(`no backend '${options.backend}'`);
  const file = `specs/${name}.yaml`;
  const graph = compileSpec(readFileSync(file, 'utf8'), file);
  const { dataset: plan, batchSize } = trainingPlan(graph);
  const { seed } = graph;
  const {
    train: examples,
    shape,
    scale,
  } = await loadDataset(plan, { inputShape: graph.inputs[0]!.shape, seed });
  const batch = batchFiller(
    examples,
    shape,
    scale,
    batchSize,
  )(0, batchSize, epochOrder(examples.count, seed, 1));
  const engine = await openTfjsEngine(graph, backend);
  const losses: number[] = [];
  let start = performance.now();
  for (let step = 0; step < steps; step++) {
    if (step === 1) start = performance.now();
    const [loss] = await engine.trainStep(batch, stepSeed(seed, 1, step));
    losses.push(loss!);
  }
  const seconds = (performance.now() - start) / 1000 / (steps - 1);
  return { batchSize, first: losses[0]!, last: losses.at(-1)!, seconds };
}

async function report(): Promise<void> {
  console.log(`${steps} steps on one batch of CIFAR-10, ${options.backend}\n`);
  console.log('network       batch  first loss  last loss  seconds a step');
  for (const name of positionals.length === 0 ? networks : positionals) {
    const { batchSize, first, last, seconds } = await inOwnProcess(name);
    const numbers = [
      String(batchSize).padStart(5),
      first.toFixed(4).padStart(10),
      last.toFixed(4).padStart(9),
      seconds.toFixed(3).padStart(14),
    ];
    const fell = last < first;
    console.log(`${name.padEnd(12)}  ${numbers.join('  ')}${fell ? '' : '  did not fall'}`);
    if (!fell) process.exitCode = 1;
  }
}

function inOwnProcess(name: string): Promise<Trained> {
  const child = fork(import.meta.filename, [
    `--train=${name}`,
    `--backend=${options.backend}`,
    `--steps=${options.steps}`,
  ]);
  return new Promise((resolve, reject) => {
    child.once('message', (trained) => resolve(trained as Trained));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the process for ${name} ended with ${code}`)));
  });
}
