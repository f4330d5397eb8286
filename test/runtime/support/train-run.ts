/**
 * Trains a small network on drawn images until it ends or is killed:
 * `node train-run.js FOLDER SAVE_EVERY_SECONDS [DIE_AT]`. Prints a line a step and `done` at the end. With
 * DIE_AT it kills itself right before its so-manieth change of the file system, so that a test can stop it
 * between any two writes.
 */
import fs from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';

const [folder, saveEverySeconds, dieAt] = process.argv.slice(2) as [string, string, string | undefined];

if (dieAt !== undefined) {
  let changes = 0;
  const table = fs as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of ['open', 'rename', 'mkdir', 'rm']) {
    const original = table[name]!;
    table[name] = (...args) => {
      changes += 1;
      if (changes === Number(dieAt)) process.kill(process.pid, 'SIGKILL');
      return original(...args);
    };
  }
  syncBuiltinESMExports();
}

const { compileSpec } = await import('../../../src/compiler/index.js');
const { train } = await import('../../../src/runtime/trainer.js');

const spec = `
name: small
seed: 7
input: [10, 10, 3]
layers:
  - { name: c1, type: conv2d, filters: 4, kernelSize: 3, activation: relu }
  - { name: norm, type: batchNormalization }
  - { name: p1, type: maxPooling2d, poolSize: 2 }
  - { name: flatten, type: flatten }
  - { name: drop, type: dropout, rate: 0.3 }
  - { name: out, type: dense, units: 4, activation: softmax }
training:
  dataset: { type: synthetic, classes: 4, train: 620, validation: 40 }
  optimizer: { type: adam, learningRate: 0.003 }
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 8
  epochs: 4
`;

await train({
  graph: compileSpec(spec, 'small.yaml'),
  folder,
  backend: 'wasm',
  saveEverySeconds: Number(saveEverySeconds),
  command: 'test',
  onEvent: (event) => {
    if (event.type === 'step') process.stdout.write(`step ${event.epoch} ${event.step}\n`);
  },
});
process.stdout.write('done\n');
