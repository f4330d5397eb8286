/** What computes, as people choose and see it. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { type EngineOptions, engineChoice, engineOption } from '../../src/cli/engine-options.js';
import { automaticEngine, engineNames } from '../../src/runtime/open-engine.js';
import { speccc, temporaryFolder, tinySpec } from './cli.js';

const cwd = temporaryFolder();
writeFileSync(join(cwd, 'tiny.yaml'), tinySpec);
const recurrent = `name: rows
input: [8, 8, 3]
layers:
  - { name: rows, type: reshape, targetShape: [8, 24] }
  - { name: cells, type: lstm, units: 4 }
  - { name: out, type: dense, units: 10, activation: softmax }
training:
  dataset: { type: synthetic, train: 64, validation: 32 }
  optimizer: { type: sgd, learningRate: 0.01 }
  loss: sparseCategoricalCrossentropy
  batchSize: 32
  epochs: 1
`;
writeFileSync(join(cwd, 'rows.yaml'), recurrent);

const { engine: automatic } = await automaticEngine();

describe('options of engines', () => {
  it('are for the names that the runtime knows', () => {
    expect(engineOption().argChoices).toEqual(engineNames);
  });

  it('reach the runtime', () => {
    const none: EngineOptions = { engine: 'auto', backend: 'auto' };
    expect(engineChoice(none)).toEqual(none);
    expect(engineChoice({ ...none, threads: 3, relaxed: true })).toEqual({
      ...none,
      threads: 3,
      relaxed: true,
    });
  });

  it.each([
    [
      ['--backend', 'wasm', '--engine', 'compiled'],
      "'--backend' is for tfjs, and cannot be used with '--engine compiled'",
    ],
    [
      ['--threads', '2', '--engine', 'tfjs'],
      "'--threads' is for the compiled program, and cannot be used with '--engine tfjs'",
    ],
    [
      ['--relaxed', '--backend', 'cpu'],
      "'--relaxed' is for the compiled program, and cannot be used with '--backend'",
    ],
    [['--threads', '0'], "'--threads': expected a whole number from 1 to 64, found '0'"],
    [['--engine', 'wasm'], "'--engine': expected one of auto, tfjs, compiled, found 'wasm'"],
  ])('%j is refused', async (flags, sentence) => {
    const { code, stdout, stderr } = await speccc(['train', 'tiny.yaml', ...flags], { cwd });
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(`error  wrong-arguments  ${sentence}\n`);
  });
});

describe('the compiled engine', () => {
  it('trains, is recorded, and evaluates and predicts as tfjs does', async () => {
    const flags = ['--engine', 'compiled', '--threads', '2'];
    const trained = await speccc(['train', 'tiny.yaml', ...flags], { cwd });
    expect(trained).toMatchObject({ code: 0, stderr: '' });
    expect(trained.stdout).toMatch(/^engine +compiled on wasm, SIMD, 2 threads$/m);
    const record = JSON.parse(readFileSync(join(cwd, 'runs/tiny/run.json'), 'utf8'));
    expect(record).toMatchObject({ engine: 'compiled', backendDescription: 'wasm, SIMD, 2 threads' });

    const photo = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#c83' } })
      .png()
      .toBuffer();
    writeFileSync(join(cwd, 'photo.png'), photo);
    const results = async (...engine: string[]) => {
      const evaluated = await speccc(['evaluate', 'runs/tiny', '--json', ...engine], { cwd });
      const predicted = await speccc(['predict', 'runs/tiny', 'photo.png', '--json', ...engine], { cwd });
      return { evaluated: JSON.parse(evaluated.stdout), predicted: JSON.parse(predicted.stdout) };
    };
    const compiled = await results(...flags);
    const tfjs = await results('--engine', 'tfjs', '--backend', 'wasm');
    for (const { evaluated, predicted } of [compiled, tfjs]) {
      expect(predicted.engine).toBe(evaluated.engine);
      expect(evaluated.values.loss).toBeCloseTo(tfjs.evaluated.values.loss, 5);
      expect(evaluated.classification).toEqual(tfjs.evaluated.classification);
      predicted.predictions[0].outputs.forEach((output: number, index: number) => {
        expect(output).toBeCloseTo(tfjs.predicted.predictions[0].outputs[index], 5);
      });
    }
    expect(compiled.evaluated).toMatchObject({
      engine: 'compiled',
      backendDescription: 'wasm, SIMD, 2 threads',
    });
    expect(tfjs.evaluated).toMatchObject({
      engine: 'tfjs',
      backend: 'wasm',
      backendDescription: 'wasm, SIMD, 1 thread',
    });
  });

  it('says at its place which layer it does not cover, and writes nothing', async () => {
    const { code, stdout, stderr } = await speccc(['train', 'rows.yaml', '--engine', 'compiled'], { cwd });
    // The spec is right: it is the choice that does not suit it.
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(
      "rows.yaml:5:5  error  not-compilable  lstm 'cells' is a layer that only tfjs can compute\n",
    );
    expect(stderr).toContain('> 5 |   - { name: cells, type: lstm, units: 4 }');
    expect(stderr).toContain("'--engine tfjs'");
    expect(existsSync(join(cwd, 'runs/rows'))).toBe(false);
  });
});

describe.skipIf(automatic === 'tfjs')('--engine auto, without a GPU', () => {
  it('takes the compiled engine, and says why', async () => {
    const { code, stdout } = await speccc(['train', 'tiny.yaml', '--out', 'runs/auto', '--epochs', '1'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(/^engine +compiled on wasm, SIMD, \d+ threads? \(the fastest here\)$/m);
  });

  it('takes tfjs where a layer is not covered, and says which', async () => {
    const { code, stdout } = await speccc(['train', 'rows.yaml'], { cwd });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^engine +tfjs on .* \(the compiled engine does not cover it: lstm 'cells' is a layer that only tfjs can compute/m,
    );
  });
});

describe('doctor', () => {
  it('says whether the compiled engine works, with what, and what auto takes', async () => {
    const { code, stdout } = await speccc(['doctor', '--json'], { cwd });
    expect(code).toBe(0);
    expect(JSON.parse(stdout).engines).toEqual({
      automatic: await automaticEngine(),
      compiled: {
        usable: true,
        description: expect.stringMatching(/^wasm, SIMD, \d+ threads?$/),
        simd: true,
        sharedMemory: true,
        relaxedSimd: true,
      },
    });
  });

  it('says it to people', async () => {
    const { code, stdout } = await speccc(['doctor'], { cwd });
    expect(code).toBe(0);
    const compiled = /^ {2}ok {2}compiled {2}wasm, SIMD, \d+ threads?( {2}taken by --engine auto)?$/m;
    expect(compiled.exec(stdout)?.[1]).toBe(
      automatic === 'compiled' ? '  taken by --engine auto' : undefined,
    );
    expect(stdout).toMatch(/^ {16}shared memory, relaxed SIMD for --relaxed$/m);
    expect(stdout).toMatch(/^ {2}ok {2}tfjs {6}\S/m);
  });
});
