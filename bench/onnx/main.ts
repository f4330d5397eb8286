/**
 * All that speccc exports, before onnx's own checker, shape inference and reference evaluator: `npm run check:onnx`.
 * The tests compare with tfjs in ONNX Runtime; this asks those who define the format.
 */
import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { emitOnnx, type ModelGraph } from '../../src/compiler/index.js';
import { uncoveredLayers } from '../../src/compiler/program/forward-pass.js';
import { sizeOf } from '../../src/layers/index.js';
import { cacheFolder } from '../../src/runtime/cache-folder.js';
import {
  type ExampleGraph,
  layerGraphs,
  specGraphs,
  variantGraphs,
} from '../../test/compiler/example-graphs.js';
import { runOnnx } from '../../test/compiler/onnx/run-onnx.js';
import { preparePython } from '../peers/python-environment.js';

const count = 2;

const python = join(import.meta.dirname, 'python');

interface Report {
  /** Of onnx. */
  readonly version: string;
  readonly checked: number;
  /** Those whose outputs were computed. */
  readonly compared: number;
  readonly difference: number;
  readonly faults: readonly string[];
}

async function main(): Promise<number> {
  const scratch = join(cacheFolder(), 'onnx');
  const note = (text: string) => process.stderr.write(`${text}\n`);
  const program = await preparePython('python3', scratch, note, {
    title: 'the checks',
    names: 'onnx',
    requirements: join(python, 'requirements.txt'),
  });
  const folder = join(scratch, 'models');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });

  const isCovered = ({ graph }: ExampleGraph) =>
    graph.nodes.length > 0 && uncoveredLayers(graph).length === 0;
  const small = [...layerGraphs(), ...variantGraphs()].filter(isCovered);
  const entries = [];
  for (const example of small) entries.push(await writeModel(example, folder, true));
  for (const example of specGraphs()) entries.push(await writeModel(example, folder, false));
  await writeFile(join(folder, 'models.json'), JSON.stringify(entries));

  const { stdout } = await promisify(execFile)(program, [join(python, 'check_models.py'), folder]);
  const { version, checked, compared, difference, faults } = JSON.parse(stdout) as Report;
  for (const fault of faults) console.log(fault);
  console.log(
    `onnx ${version}: ${checked - faults.length} of ${checked} models pass the checker and the inference of shapes; ` +
      `the outputs of ${compared} are those of ONNX Runtime within ${difference.toExponential(1)}`,
  );
  if (faults.length > 0 || difference >= 1e-5) return 1;
  await rm(folder, { recursive: true });
  return 0;
}

/** Writes the model and, where they are to be compared, its inputs and outputs. */
async function writeModel({ title, graph }: ExampleGraph, folder: string, withValues: boolean) {
  const bytes = await emitOnnx(graph, weightsOf(graph));
  await writeFile(join(folder, `${title}.onnx`), bytes);
  const shapes = new Map(graph.nodes.map(({ name, outputShape }) => [name, outputShape]));
  if (withValues) {
    const inputs = inputsOf(graph);
    const outputs = await runOnnx(bytes, graph, inputs, count);
    const values = [...inputs, ...outputs.map(({ data }) => data)];
    await writeFile(
      join(folder, `${title}.bin`),
      Buffer.concat(values.map((one) => Buffer.from(one.buffer, one.byteOffset, one.byteLength))),
    );
  }
  return {
    title,
    model: `${title}.onnx`,
    values: withValues ? `${title}.bin` : null,
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape: [count, ...shape] })),
    outputs: graph.outputs.map((name) => ({ name, shape: [count, ...shapes.get(name)!] })),
  };
}

/** From 0.1 to 0.9, so that they can be variances. */
const weightsOf = (graph: ModelGraph) =>
  graph.nodes.flatMap((node) =>
    node.weights.map(({ name, shape }) => ({
      name: `${node.name}/${name}`,
      shape,
      values: Float32Array.from({ length: sizeOf(shape) }, (_, index) => 0.5 + 0.4 * Math.sin(index)),
    })),
  );

/** Whole numbers where a layer takes nothing else. */
function inputsOf(graph: ModelGraph): Float32Array[] {
  const below = graph.nodes
    .map(({ definition, options }) => definition.integersBelow?.(options))
    .find((limit) => limit !== undefined);
  return graph.inputs.map(({ shape }) =>
    Float32Array.from({ length: count * sizeOf(shape) }, (_, index) =>
      below === undefined ? 2 * Math.sin(1 + index) : index % below,
    ),
  );
}

process.exitCode = await main();
