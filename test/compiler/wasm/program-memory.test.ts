import { describe, expect, it } from 'vitest';
import { formatSummary } from '../../../src/compiler/format-summary.js';
import type { ModelGraph } from '../../../src/compiler/model-graph.js';
import { lowerProgram } from '../../../src/compiler/program/lower-program.js';
import { summarizeGraph } from '../../../src/compiler/summary.js';
import { assembleWat } from '../../../src/compiler/wasm/assemble.js';
import { programMemory } from '../../../src/compiler/wasm/program-memory.js';
import { programModule } from '../../../src/compiler/wasm/program-module.js';
import { graphOf, specGraphs } from '../example-graphs.js';

const lenet5 = specGraphs().find(({ title }) => title === 'lenet5')!.graph;

const inBatchesOf = (graph: ModelGraph, batchSize: number): ModelGraph => ({
  ...graph,
  training: { ...graph.training!, batchSize },
});

const trained = (layers: readonly object[]) =>
  graphOf({
    name: 'small',
    input: [8, 8, 3],
    layers: [...layers, { type: 'flatten' }, { type: 'dense', units: 10, activation: 'softmax' }],
    training: {
      dataset: { type: 'synthetic' },
      optimizer: { type: 'sgd', learningRate: 0.1 },
      loss: 'sparseCategoricalCrossentropy',
    },
  });

describe('the memory of a compiled program', () => {
  it('is what the module asks for: not a page less will do', async () => {
    const { bytes } = programMemory(lenet5)!;
    const options = { batchSize: 32, shared: false, relaxed: false };
    const module = await WebAssembly.compile(
      await assembleWat(programModule(lowerProgram(lenet5), options).text),
    );
    const withPages = (pages: number) =>
      WebAssembly.instantiate(module, {
        env: { memory: new WebAssembly.Memory({ initial: pages, maximum: pages }) },
      });
    await expect(withPages(bytes / 65_536)).resolves.toBeDefined();
    await expect(withPages(bytes / 65_536 - 1)).rejects.toThrow();
  });

  it('of LeNet-5 holds its weights, the two moments and two powers of Adam, and what a step computes', () => {
    const { parameterBytes } = summarizeGraph(lenet5).totals;
    const memory = programMemory(lenet5)!;
    expect(memory).toMatchObject({
      batchSize: 32,
      weightBytes: parameterBytes,
      optimizerBytes: 2 * parameterBytes + 8,
    });
    // The gradient of c1 needs at least its 28x28x6 outputs for 32 images until then.
    expect(memory.arenaBytes).toBeGreaterThan(4 * 32 * 28 * 28 * 6);
    const { bytes, weightBytes, optimizerBytes, arenaBytes } = memory;
    expect(bytes).toBeGreaterThan(weightBytes + optimizerBytes + arenaBytes);
  });

  it('does not grow with batches that go through in pieces, but with statistics of a batch it does', () => {
    const growth = (graph: ModelGraph) =>
      programMemory(inBatchesOf(graph, 256))!.arenaBytes / programMemory(inBatchesOf(graph, 32))!.arenaBytes;
    expect(growth(lenet5)).toBe(1);
    expect(
      growth(trained([{ type: 'conv2d', filters: 4, kernelSize: 3 }, { type: 'batchNormalization' }])),
    ).toBeGreaterThan(3);
  });

  it('is that of one example where the spec does not say how to train', () => {
    const graph = graphOf({ name: 'plain', input: [4], layers: [{ type: 'dense', units: 2 }] });
    expect(programMemory(graph)).toMatchObject({ batchSize: 1, weightBytes: 4 * 10, optimizerBytes: 0 });
  });

  it('is not known of layers that are not covered', () => {
    const rows = [
      { type: 'reshape', targetShape: [8, 24] },
      { type: 'lstm', units: 4, returnSequences: true },
    ];
    expect(programMemory(trained(rows))).toBeUndefined();
  });

  it('has two lines in the summary', () => {
    const linesOf = (graph: ModelGraph) =>
      formatSummary(summarizeGraph(graph), { color: false, width: 80, memory: programMemory(graph)! })
        .split('\n')
        .slice(-2);
    expect(linesOf(lenet5)).toEqual([
      expect.stringMatching(/^compiled {5}[\d.]+ MiB of memory for 32 images at a time$/),
      expect.stringMatching(/^ {13}weights 242\.2 KiB, optimizer 484\.4 KiB, intermediates [\d.]+ MiB$/),
    ]);
    const plain = graphOf({ name: 'plain', input: [4], layers: [{ type: 'dense', units: 2 }] });
    expect(linesOf(plain)).toEqual([
      'compiled     64 KiB of memory for one example at a time',
      expect.stringMatching(/^ {13}weights 40 bytes, intermediates \d+ bytes$/),
    ]);
  });
});
