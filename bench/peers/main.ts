/**
 * Training steps of speccc beside those of PyTorch, JAX and Keras, on one machine in one run:
 * `npm run bench:peers`. See docs/performance.md.
 */
import { execFile } from 'node:child_process';
import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { compileSpec, type ModelGraph, summarizeGraph } from '../../src/compiler/index.js';
import { SpecccError } from '../../src/diagnostics/index.js';
import { cacheFolder } from '../../src/runtime/cache-folder.js';
import { type Dataset, loadDataset } from '../../src/runtime/index.js';
import { describeMachine } from '../machine.js';
import { type BenchRequest, parseRequest, type Task, usage } from './arguments.js';
import { BenchError } from './bench-error.js';
import { type Contestant, countedThreads } from './contestants.js';
import { type Command, measureTask } from './measure.js';
import { describeNetwork } from './network-description.js';
import { preparePython } from './python-environment.js';
import { formatReport, type Peak, type Report, type TaskResult } from './report.js';
import { trainingMultiplyAdds } from './training-cost.js';

const scratch = join(cacheFolder(), 'peers');
const pythonFolder = join(import.meta.dirname, 'python');
const note = (text: string) => process.stderr.write(`${text}\n`);

/** What all tasks share. */
interface Workshop {
  readonly request: BenchRequest;
  /** Undefined where no peer takes part. */
  readonly python: string | undefined;
}

try {
  await main();
} catch (error) {
  if (!(error instanceof BenchError || error instanceof SpecccError)) throw error;
  note(error.message);
  process.exitCode = 1;
}

async function main(): Promise<void> {
  const request = parseRequest(process.argv.slice(2), availableParallelism());
  if (request.help) {
    process.stdout.write(usage);
    return;
  }
  const { contestants, json, tasks } = request;
  const load = loadavg()[0]!;
  if (load > 0.5) note(`the machine is busy (load ${load.toFixed(1)}): times will be too long`);
  const withPeers = contestants.some(({ kind }) => kind === 'peer');
  const python = withPeers ? await preparePython(request.python, scratch, note) : undefined;
  const peaks = python === undefined ? [] : await measurePeaks(python, contestants);
  const results: TaskResult[] = [];
  const report: Report = { date: new Date().toISOString(), machine: describeMachine(), load, peaks, results };
  for (const task of tasks) {
    results.push(await runTask(task, { request, python }));
    if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`);
  }
  console.log(formatReport(report));
  const rows = results.flatMap((result) => result.rows);
  if (rows.some((row) => 'failed' in row && row.failed)) process.exitCode = 1;
}

async function measurePeaks(python: string, contestants: readonly Contestant[]): Promise<readonly Peak[]> {
  const counts = [...new Set(contestants.map(({ threads }) => threads))];
  const peaks: Peak[] = [];
  for (const threads of counts) {
    note(`the most multiply-adds a second, on ${countedThreads(threads)}`);
    const { stdout } = await promisify(execFile)(python, [join(pythonFolder, 'peak.py'), String(threads)]);
    peaks.push({ threads, multiplyAdds: Number(stdout) });
  }
  return peaks;
}

async function runTask(task: Task, { request, python }: Workshop): Promise<TaskResult> {
  const spec = join(import.meta.dirname, '../../specs', `${task.network}.yaml`);
  const graph = compileSpec(await readFile(spec, 'utf8'), spec);
  const dataset = await loadDataset(graph.training!.dataset, {
    inputShape: graph.inputs[0]!.shape,
    seed: graph.seed,
  });
  const network = await writeNetwork(graph);
  const images = await writeImages(dataset);
  const command = ({ kind, name, threads }: Contestant): Command => {
    const common = [name, `--threads=${threads}`, `--batch-size=${task.batchSize}`];
    return kind === 'ours'
      ? [
          process.execPath,
          ...process.execArgv,
          join(import.meta.dirname, 'engine-process.ts'),
          ...common,
          `--spec=${spec}`,
        ]
      : [python!, join(pythonFolder, 'peer.py'), ...common, `--network=${network}`, `--images=${images}`];
  };
  const { contestants, rounds, seconds } = request;
  const stepsPerEpoch = Math.floor(dataset.train.count / task.batchSize);
  return {
    ...task,
    parameters: summarizeGraph(graph).totals.parameters,
    multiplyAdds: trainingMultiplyAdds(graph),
    rows: await measureTask(task, contestants, { rounds, seconds, stepsPerEpoch, command, note }),
  };
}

async function writeNetwork(graph: ModelGraph): Promise<string> {
  const path = join(scratch, `${graph.name}.json`);
  await mkdir(scratch, { recursive: true });
  await writeFile(path, JSON.stringify(describeNetwork(graph)));
  return path;
}

/** All pixels of all training images, then all labels, a byte each. */
async function writeImages({ name, train }: Dataset): Promise<string> {
  const path = join(scratch, `${name}.bin`);
  const { values, labels } = train;
  const size = values.length + labels.length;
  if ((await stat(path).catch(() => undefined))?.size !== size)
    await writeFile(path, Buffer.concat([values as Uint8Array, labels as Uint8Array]));
  return path;
}
