/** The bench of the peers without the peers: no Python here. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../bench/peers/arguments.js';
import { startContestant } from '../../bench/peers/contestant-process.js';
import { listContestants } from '../../bench/peers/contestants.js';
import { type Command, measureTask } from '../../bench/peers/measure.js';
import { describeNetwork } from '../../bench/peers/network-description.js';
import { preparePython } from '../../bench/peers/python-environment.js';
import { formatReport, type Report } from '../../bench/peers/report.js';
import { trainingMultiplyAdds } from '../../bench/peers/training-cost.js';
import { compileSpec } from '../../src/compiler/index.js';

const read = (name: string) => readFileSync(join(import.meta.dirname, '../../specs', `${name}.yaml`), 'utf8');
const compile = (name: string) => compileSpec(read(name), `${name}.yaml`);

describe('arguments', () => {
  test('all there is, where nothing is asked for', () => {
    const { tasks, contestants, rounds, seconds, json, python } = parseRequest([], 2);
    expect(tasks.map(({ network, batchSize }) => `${network} ${batchSize}`)).toEqual([
      'lenet5 32',
      'lenet5 128',
      'lenet5 512',
      'alexnet8 32',
      'vgg16 32',
      'inception10 32',
      'resnet18 32',
    ]);
    expect(contestants.map(({ name, threads }) => `${name} ${threads}`)).toEqual([
      'pytorch 1',
      'pytorch 2',
      'pytorch-compile 1',
      'pytorch-compile 2',
      'jax 1',
      'jax 2',
      'keras 1',
      'keras 2',
      'compiled 1',
      'compiled 2',
      'tfjs 1',
    ]);
    expect({ rounds, seconds, json, python }).toEqual({
      rounds: 7,
      seconds: 2,
      json: undefined,
      python: 'python3',
    });
  });

  test('one thread on a machine with one processor', () => {
    expect(new Set(parseRequest([], 1).contestants.map(({ threads }) => threads))).toEqual(new Set([1]));
  });

  test('parts of it', () => {
    const request = parseRequest(
      '--networks resnet18,lenet5 --batches 8,16 --peers jax --engines= --threads 3 --rounds 2 --seconds 0.5 --json x.json'.split(
        ' ',
      ),
      2,
    );
    expect(request).toMatchObject({ rounds: 2, seconds: 0.5, json: 'x.json' });
    expect(request.tasks.map(({ network, batchSize }) => [network, batchSize])).toEqual([
      ['resnet18', 8],
      ['resnet18', 16],
      ['lenet5', 8],
      ['lenet5', 16],
    ]);
    expect(request.contestants).toEqual([{ name: 'jax', title: 'JAX, jit', kind: 'peer', threads: 3 }]);
  });

  test.each([
    ['--networks=lenet6', "--networks has no 'lenet6', only lenet5, alexnet8, vgg16, inception10, resnet18"],
    ['--peers=torch', "--peers has no 'torch', only pytorch, pytorch-compile, jax, keras"],
    ['--engines=toString', "--engines has no 'toString', only compiled, tfjs"],
    ['--rounds=1.5', "--rounds takes whole numbers from 1, not '1.5'"],
    ['--batches=32,', "--batches takes numbers above 0, not ''"],
    ['--seconds=soon', "--seconds takes numbers above 0, not 'soon'"],
    ['--round=3', "Unknown option '--round'"],
  ])('%s is refused', (argument, message) => {
    expect(() => parseRequest([argument], 2)).toThrow(
      expect.objectContaining({ name: 'BenchError', message: expect.stringContaining(message) }),
    );
  });
});

describe('a network as the peers get it', () => {
  test.each([
    ['lenet5', 62_006],
    ['alexnet8', 9_639_178],
    ['vgg16', 15_262_026],
    ['inception10', 121_418],
    ['resnet18', 11_183_562],
  ])('%s', (name, expected) => {
    const { parameters, adam, layers } = describeNetwork(compile(name));
    expect(parameters).toBe(expected);
    expect(adam).toEqual({ learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-7 });
    for (const { options } of layers) expect(Object.values(options)).not.toContain(undefined);
  });

  test('defaults are written out, and so is the factor of a regularizer', () => {
    const options = (network: string, layer: string) =>
      describeNetwork(compile(network)).layers.find(({ name }) => name === layer)?.options;
    expect(options('alexnet8', 'b1')).toEqual({ momentum: 0.99, epsilon: 0.001 });
    expect(options('resnet18', 'classes')).toEqual({
      units: 10,
      useBias: true,
      activation: 'softmax',
      l2: 0.01,
    });
    expect(options('lenet5', 'f1')).toMatchObject({ units: 120, activation: 'sigmoid', l2: 0 });
  });

  test.each([
    ['type: maxPooling2d', 'type: averagePooling2d', "p1: the peers have no layer 'averagePooling2d'"],
    [
      'kernelSize: 5',
      'kernelSize: 5, dilationRate: 1',
      "c1: the peers have no option 'dilationRate' of conv2d",
    ],
    ['units: 120', 'units: 120, kernelRegularizer: l1', "the peers have no regularizer 'l1'"],
    ['type: adam', 'type: sgd', 'lenet5: the peers train with adam'],
  ])('%s as %s is refused', (from, to, message) => {
    const text = read('lenet5').replaceAll(from, to);
    expect(() => describeNetwork(compileSpec(text, 'lenet5.yaml'))).toThrow(message);
  });

  test('costs three times its forward pass, less the gradient of the pixels', () => {
    const convolutions = 2 * 28 * 28 * 6 * 75 + 3 * 10 * 10 * 16 * 150;
    expect(trainingMultiplyAdds(compile('lenet5'))).toBe(convolutions + 3 * (400 * 120 + 120 * 84 + 84 * 10));
  });
});

/** A program that talks as a contestant does. It says that a step takes `milliseconds`, and breaks at `lastStep`. */
const contestant = (milliseconds: number, lastStep = Number.POSITIVE_INFINITY): Command => [
  process.execPath,
  '-e',
  `let taken = 0;
  console.log('{"versions":{"chair":"1.0"},"setting":"folded"}');
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    taken += Number(line);
    if (taken >= ${lastStep}) {
      console.error('it broke');
      process.exit(1);
    }
    console.log(JSON.stringify({ seconds: Number(line) * ${milliseconds} / 1000, loss: 2, accuracy: 0.5 }));
  });`,
];

describe('measuring', () => {
  const contestants = listContestants(['pytorch', 'jax', 'keras'], ['tfjs'], [1]);
  const commands: Readonly<Record<string, Command>> = {
    pytorch: contestant(10),
    jax: contestant(10, 40),
    keras: [process.execPath, '-e', `console.log('{"unavailable":"there is no keras"}')`],
    tfjs: [process.execPath, '-e', `console.error('first\\nthe last word'); process.exit(3)`],
  };

  test('goes on where a contestant is missing or fails', async () => {
    const rows = await measureTask({ network: 'lenet5', batchSize: 32 }, contestants, {
      rounds: 3,
      seconds: 0.2,
      stepsPerEpoch: 1000,
      command: ({ name }) => commands[name]!,
      note: () => {},
    });
    const round = { steps: 20, seconds: 0.2, loss: 2, accuracy: 0.5 };
    expect(rows).toEqual([
      { ...contestants[0]!, versions: { chair: '1.0' }, setting: 'folded', rounds: [round, round, round] },
      { ...contestants[1]!, reason: 'it broke', failed: true },
      { ...contestants[2]!, reason: 'there is no keras', failed: false },
      { ...contestants[3]!, reason: 'the last word', failed: true },
    ]);
  });

  test('no round is longer than an epoch', async () => {
    const [row] = await measureTask({ network: 'lenet5', batchSize: 32 }, contestants.slice(0, 1), {
      rounds: 1,
      seconds: 100,
      stepsPerEpoch: 12,
      command: () => contestant(10),
      note: () => {},
    });
    expect(row).toMatchObject({ rounds: [{ steps: 12 }] });
  });

  test('says how a silent process ended', async () => {
    await expect(startContestant([process.execPath, '-e', 'process.exit(3)'])).rejects.toThrow(
      'it ended with code 3',
    );
  });

  test('says what to install where there is no Python', async () => {
    await expect(preparePython('no-such-python', '/nowhere', () => {})).rejects.toThrow(
      "the peers need Python, and 'no-such-python' does not run: install Python 3.11 or later, or name one with --python",
    );
  });
});

describe('the table', () => {
  const round = (seconds: number) => ({ steps: 100, seconds, loss: 2.1, accuracy: 0.2 });
  const common = { network: 'lenet5', parameters: 62006, multiplyAdds: 1_602_360 };
  const report: Report = {
    date: '2026-11-26T22:00:00.000Z',
    machine: { node: '20.20.2', processor: 'A Processor', cores: 2, platform: 'linux x64' },
    load: 0.25,
    peaks: [
      { threads: 1, multiplyAdds: 58.5e9 },
      { threads: 2, multiplyAdds: 117e9 },
    ],
    results: [
      {
        ...common,
        batchSize: 32,
        rows: [
          {
            name: 'pytorch',
            title: 'PyTorch, eager',
            kind: 'peer',
            threads: 2,
            versions: { torch: '2.13.0' },
            setting: 'channels last',
            rounds: [round(0.5), round(0.3), round(0.4)],
          },
          {
            name: 'jax',
            title: 'JAX, jit',
            kind: 'peer',
            threads: 1,
            versions: { jax: '0.10.2' },
            setting: '',
            rounds: [round(0.9), round(0.8)],
          },
          {
            name: 'keras',
            title: 'Keras on JAX, fit',
            kind: 'peer',
            threads: 1,
            reason: 'there is none',
            failed: false,
          },
          {
            name: 'compiled',
            title: 'speccc, compiled',
            kind: 'ours',
            threads: 2,
            versions: {},
            setting: '',
            rounds: [round(0.2)],
          },
        ],
      },
      {
        ...common,
        batchSize: 128,
        rows: [
          {
            name: 'tfjs',
            title: 'speccc, tfjs on wasm',
            kind: 'ours',
            threads: 1,
            versions: { tfjs: '4.22.0' },
            setting: '',
            rounds: [round(150)],
          },
        ],
      },
    ],
  };

  test('has medians, ratios to the fastest peer, and what is missing', () => {
    expect(formatReport(report)).toMatchInlineSnapshot(`
      "2026-11-26, Node 20.20.2, A Processor, 2 cores, linux x64, load 0.3 before
      jax 0.10.2, tfjs 4.22.0, torch 2.13.0
      58.5 G multiply-adds/s at most on 1 thread (a product of 1024x1024 matrices)
      117.0 G multiply-adds/s at most on 2 threads (a product of 1024x1024 matrices)

      | network | batch | trained by                    | threads | ms a step |    rounds | images/s | to the fastest peer | multiply-adds/s | of the peak |
      |---------|------:|-------------------------------|--------:|----------:|----------:|---------:|--------------------:|----------------:|------------:|
      | lenet5  |    32 | speccc, compiled              |       2 |      2.00 | 2.00–2.00 |   16,000 |                0.50 |          25.6 G |        22 % |
      | lenet5  |    32 | PyTorch, eager, channels last |       2 |      4.00 | 3.00–5.00 |    8,000 |                1.00 |          12.8 G |        11 % |
      | lenet5  |    32 | JAX, jit                      |       1 |      8.50 | 8.00–9.00 |    3,765 |                2.13 |           6.0 G |        10 % |
      | lenet5  |   128 | speccc, tfjs on wasm          |       1 |      1500 | 1500–1500 |       85 |                     |           0.1 G |         0 % |

      lenet5, batch 32: no Keras on JAX, fit, on 1 thread: there is none"
    `);
  });
});
