/**
 * The compiled engine: a spec's tensor program as a WebAssembly module that trains by itself. tfjs only gives the
 * weights that a model starts with, and the topology that checkpoints hold.
 */
import { availableParallelism } from 'node:os';
import type { ModelGraph } from '../../compiler/model-graph.js';
import { lowerProgram } from '../../compiler/program/lower-program.js';
import { control } from '../../compiler/wasm/control.js';
import type { ModuleProgram } from '../../compiler/wasm/generate-module.js';
import { sizeOf } from '../../layers/index.js';
import type { Batch, TrainingEngine, Weight } from '../engine.js';
import { initialModel } from './initial-model.js';
import { laneReader, readShared, writeShared } from './regions.js';
import { tellStep } from './running-module.js';
import { startProgram } from './start-program.js';
import { allowRelaxedSimd } from './vector-support.js';

export interface CompiledEngineOptions {
  /** Threads in all; as many as the machine has where left out. Results are the same for any number. */
  readonly threads?: number;
  /**
   * Fused multiply-add where there is one, which the description then says: faster, and no longer the same bytes on
   * every machine.
   */
  readonly relaxed?: boolean;
}

/** More would wait for each other longer than they compute. */
const mostThreads = 8;

/**
 * Only for graphs of which `uncoveredLayers` finds none.
 *
 * @throws SpecccError 'out-of-memory'; and its methods that compute, 'thread-lost'
 */
export async function openCompiledEngine(
  graph: ModelGraph,
  options: CompiledEngineOptions = {},
): Promise<TrainingEngine> {
  const { threads = Math.min(availableParallelism(), mostThreads) } = options;
  // Where there is none, the plain instructions give the more exact results.
  const relaxed = options.relaxed === true && allowRelaxedSimd();
  const program = lowerProgram(graph);
  const started = await startProgram(program, {
    batchSize: graph.training?.batchSize ?? 1,
    relaxed,
    threads,
  });
  const { manifest, running } = started;
  const { floats, bytes } = running;
  const { lanes, programs } = manifest;
  const regionOf = (name: string) => manifest.sources[name];
  const initial = initialModel(graph);

  /** Undefined until they are given: then they start as tfjs starts them. */
  let given = false;
  async function ensureWeights(): Promise<void> {
    if (given) return;
    setWeights((await initial()).weights);
  }

  function setWeights(weights: readonly Pick<Weight, 'name' | 'values'>[]): void {
    const byName = new Map(weights.map(({ name, values }) => [name, values]));
    for (const { name } of program.weights) {
      const values = byName.get(name);
      if (values === undefined) throw new Error(`no values for the weight '${name}'`);
      const region = regionOf(`weight/${name}`);
      if (region === undefined) unused.set(name, values.slice());
      else writeShared(floats, region, values);
    }
    given = true;
  }
  /** Weights that no program reads. */
  const unused = new Map<string, Float32Array>();

  let iterations = 0;
  const fillSlots = () => {
    for (const { name, value, initial: start } of program.slots) {
      const region = regionOf(`slot/${name}`);
      if (region !== undefined)
        writeShared(floats, region, new Float32Array(sizeOf(value.shape)).fill(start));
    }
  };
  fillSlots();

  const [input] = program.inputs;
  const staging = manifest.staging[`input/${input!.name}`]!;
  const [labelsAt, maskAt, countAt] = ['labels', 'batch/mask', 'batch/count'].map((name) => {
    const region = regionOf(name);
    return region === undefined ? undefined : region.address / 4;
  });

  /** Puts examples `from` to `to` into the lanes, and zeros into those that are left. */
  function putPiece({ inputs, labels, count, scale = 1 }: Batch, from: number, to: number): void {
    const { address, size } = staging;
    const isBytes = inputs instanceof Uint8Array;
    const target: Float32Array | Uint8Array = isBytes ? bytes : floats;
    const begin = isBytes ? address : address / 4;
    target.set(inputs.subarray(from * size, to * size), begin);
    if (to - from < lanes) target.fill(0, begin + (to - from) * size, begin + lanes * size);
    floats[control.pixelScale / 4] = isBytes ? scale : 0;
    for (let lane = 0; lane < lanes; lane += 1) {
      const isExample = from + lane < to;
      if (labelsAt !== undefined) floats[labelsAt + lane] = isExample ? labels[from + lane]! : 0;
      if (maskAt !== undefined) floats[maskAt + lane] = isExample ? 1 : 0;
    }
    if (countAt !== undefined) floats[countAt] = count;
  }

  function runBatch(
    { piece, finish, inPieces }: ModuleProgram,
    batch: Batch,
    seed: number,
    afterPiece?: (from: number, to: number) => void,
  ): void {
    if (!inPieces && batch.count > lanes) {
      throw new Error(`a batch of ${batch.count} does not fit into ${lanes} lanes`);
    }
    for (let from = 0; from < batch.count; from += lanes) {
      const to = Math.min(from + lanes, batch.count);
      putPiece(batch, from, to);
      tellStep(running, { seed, lanesBefore: from, isFirst: from === 0 });
      running.command(piece);
      afterPiece?.(from, to);
    }
    if (finish !== undefined) running.command(finish);
  }

  /** What a program computes. Where a thread is lost on the way, the engine cannot go on. */
  async function computed<Result>(work: () => Result): Promise<Result> {
    await ensureWeights();
    try {
      return work();
    } catch (error) {
      throw await running.failure(error);
    }
  }

  const valuesOf = ({ results }: ModuleProgram, count: number) =>
    results.slice(0, count).map(({ address }) => floats[address / 4]!);
  const outputReader = (name: string, skipped: number) => {
    const region = programs[name]?.results[skipped];
    if (region === undefined) return undefined;
    return { read: laneReader(region), size: sizeOf(region.shape) };
  };
  const valueCount = program.evaluate?.values.length ?? 0;
  const evaluated = outputReader('evaluate', valueCount);
  const predicted = outputReader('predict', 0)!;
  const need = (name: string) => {
    const found = programs[name];
    if (found === undefined) throw new Error(`the module has no program '${name}'`);
    return found;
  };

  return {
    name: 'compiled',
    description: `wasm, SIMD${relaxed ? ', fused' : ''}, ${started.threads}`,
    // Its bytes are others, so that a resume without it says so.
    backend: relaxed ? 'compiled, fused' : 'compiled',
    versions: {},

    trainStep: (batch, seed) =>
      computed(() => {
        const train = need('train');
        runBatch(train, batch, seed);
        iterations += 1;
        return valuesOf(train, program.train!.values.length);
      }),

    evaluateBatch: (batch) =>
      computed(() => {
        const evaluate = need('evaluate');
        const outputs = new Float32Array(batch.count * evaluated!.size);
        runBatch(evaluate, batch, 0, (from, to) => {
          evaluated!.read(floats, to - from, outputs, from * evaluated!.size);
        });
        return { values: valuesOf(evaluate, valueCount), outputs };
      }),

    predictBatch: (batch) =>
      computed(() => {
        const outputs = new Float32Array(batch.count * predicted.size);
        runBatch(need('predict'), batch, 0, (from, to) => {
          predicted.read(floats, to - from, outputs, from * predicted.size);
        });
        return outputs;
      }),

    describeWeights: () =>
      program.weights.map(({ name, value, trainable }) => ({ name, shape: value.shape, trainable })),

    async getWeights() {
      await ensureWeights();
      return program.weights.map(({ name, value, trainable }): Weight => {
        const region = regionOf(`weight/${name}`);
        const values = region === undefined ? unused.get(name)! : readShared(floats, region);
        return { name, shape: value.shape, trainable, values };
      });
    },

    setWeights,

    getOptimizerState: () => ({
      type: program.optimizer!,
      iterations,
      slots: program.slots.map(({ name, value, initial: start }) => {
        const region = regionOf(`slot/${name}`);
        const values =
          region === undefined
            ? new Float32Array(sizeOf(value.shape)).fill(start)
            : readShared(floats, region);
        return { name, shape: value.shape, values };
      }),
    }),

    setOptimizerState(state) {
      // tfjs makes slots at the first step: where it has none, they are as they begin.
      fillSlots();
      for (const { name, values } of state.slots) {
        const region = regionOf(`slot/${name}`);
        if (region !== undefined) writeShared(floats, region, values);
      }
      iterations = state.iterations;
    },

    modelTopology: async () => (await initial()).topology,
    dispose: () => running.stop(),
  };
}
