/** The kernels as a table, and what their registration changes: the wasm backend, and nothing else. */

import type { Tensor } from '@tensorflow/tfjs';
import * as tfjs from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { compileSpec } from '../../../src/compiler/index.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { registerWasmKernels, wasmKernels } from '../../../src/runtime/wasm-kernels/index.js';

const functionsOf = (backend: string) =>
  new Map(tfjs.getKernelsForBackend(backend).map(({ kernelName, kernelFunc }) => [kernelName, kernelFunc]));

const cpuBefore = functionsOf('cpu');
await import('@tensorflow/tfjs-backend-wasm');
const wasmBefore = functionsOf('wasm');
const { tf, useWasm } = await import('./both-backends.js');
useWasm();

it('replaces on wasm what the table names, and adds what it calls missing', () => {
  const after = functionsOf('wasm');
  const changed = [...after]
    .filter(([name, kernel]) => kernel !== wasmBefore.get(name))
    .map(([name]) => name);
  expect(changed.sort()).toEqual(wasmKernels.map(({ name }) => name).sort());
  for (const { name, fault } of wasmKernels) expect(wasmBefore.has(name), name).toBe(fault !== 'missing');
  expect([...wasmBefore.keys()].filter((name) => !after.has(name))).toEqual([]);
});

it('leaves the cpu backend as it is', () => {
  expect(functionsOf('cpu')).toEqual(cpuBefore);
});

it('changes nothing the second time', async () => {
  const once = functionsOf('wasm');
  registerWasmKernels(tf);
  await tf.setBackend('wasm');
  expect(functionsOf('wasm')).toEqual(once);
});

it('says of each kernel what is the matter and what is done', () => {
  for (const { why, how } of wasmKernels) {
    for (const text of [why, how]) expect(text).toMatch(/^[a-zA-Z-].*[^.]$/);
  }
});

it('every kernel that the cpu backend has and training needs is there', () => {
  const lacking = [...cpuBefore.keys()].filter((name) => !functionsOf('wasm').has(name));
  // Complex numbers, ragged tensors, text and pictures.
  expect(lacking.sort()).toEqual(
    [
      ...['Complex', 'ComplexAbs', 'FFT', 'IFFT', 'Imag', 'Real'],
      ...['RaggedGather', 'RaggedRange', 'RaggedTensorToTensor'],
      ...['Draw', 'Einsum', 'StaticRegexReplace'],
    ].sort(),
  );
});

const network = {
  name: 'network',
  seed: 1,
  input: [32, 32, 3],
  layers: [
    { type: 'conv2d', filters: 6, kernelSize: 3, strides: 2, activation: 'tanh' },
    { type: 'batchNormalization' },
    { type: 'maxPooling2d', poolSize: 2 },
    { type: 'separableConv2d', filters: 8, kernelSize: 3, strides: 2, padding: 'same' },
    { type: 'dropout', rate: 0.3 },
    { type: 'averagePooling2d', poolSize: 2 },
    { type: 'flatten' },
    { type: 'dense', units: 10, activation: 'softmax' },
  ],
  training: { dataset: 'cifar10', optimizer: 'adam', loss: 'sparseCategoricalCrossentropy', batchSize: 8 },
};

it('steps leave no tensor behind, and come to the same bits each time', async () => {
  const inputs = Float32Array.from({ length: 8 * 32 * 32 * 3 }, (_, index) => Math.sin(index * 0.7));
  const labels = Int32Array.from({ length: 8 }, (_, index) => index);
  const runs: number[][] = [];
  for (let run = 0; run < 2; run++) {
    const engine = await openTfjsEngine(compileSpec(JSON.stringify(network), 'network.yaml'), 'wasm');
    const backend = tf.backend() as unknown as { numDataIds(): number };
    const losses: number[] = [];
    const held: object[] = [];
    for (let step = 0; step < 8; step++) {
      losses.push((await engine.trainStep({ count: 8, inputs, labels }, step + 1))[0]!);
      held.push({ ...tf.memory(), dataIds: backend.numDataIds() });
    }
    // The first step makes the optimizer's moments.
    for (const counts of held.slice(2)) expect(counts).toEqual(held[1]);
    const weights = await engine.getWeights();
    runs.push([...losses, ...weights.flatMap(({ values }) => [...values])]);
    engine.dispose();
  }
  expect(runs[0]).toEqual(runs[1]);
  expect(runs[0]![7]).toBeLessThan(runs[0]![0]!);
});

it('an error in the middle of a kernel leaves no tensor behind', () => {
  const backend = tf.backend() as unknown as {
    numDataIds(): number;
    wasm: { _malloc(bytes: number): number };
  };
  const { wasm } = backend;
  const allocate = wasm._malloc;
  const x = tf.ones([1, 4, 4, 2]);
  const dy = tf.ones([1, 3, 3, 5]);
  const before = backend.numDataIds();
  const attrs = { strides: 1, pad: 'valid', dataFormat: 'NHWC', filterShape: [2, 2, 2, 5] };
  const work = () => tf.engine().runKernel('Conv2DBackpropFilter', { x, dy }, attrs) as Tensor;
  for (const allowed of [0, 1, 2, 3]) {
    let left = allowed;
    wasm._malloc = (bytes) => {
      if (left-- === 0) throw new Error('no memory');
      return allocate(bytes);
    };
    try {
      expect(work).toThrow('no memory');
    } finally {
      wasm._malloc = allocate;
    }
    expect(backend.numDataIds()).toBe(before);
  }
  work().dispose();
  expect(backend.numDataIds()).toBe(before);
  tf.dispose([x, dy]);
});
