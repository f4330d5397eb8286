import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkSpec, compileSpec, isChain } from '../../src/compiler/index.js';
import { SpecError } from '../../src/diagnostics/index.js';
import { deriveSeed } from '../../src/layers/seed.js';
import { messagesOf } from '../spec/lines-of.js';
import { wholeSpec } from '../spec/whole-spec.js';

const file = resolve(import.meta.dirname, '../../specs/lenet5.yaml');
const lenet5 = readFileSync(file, 'utf8');

describe('lenet5', () => {
  const graph = compileSpec(lenet5, 'specs/lenet5.yaml');

  test('has the shapes and the parameters of the paper’s network on 32x32x3', () => {
    expect(graph.nodes.map(({ name, outputShape }) => [name, ...outputShape])).toEqual([
      ['c1', 28, 28, 6],
      ['p1', 14, 14, 6],
      ['c2', 10, 10, 16],
      ['p2', 5, 5, 16],
      ['flatten', 400],
      ['f1', 120],
      ['f2', 84],
      ['f3', 10],
    ]);
    const sizes = graph.nodes.map(({ weights }) =>
      weights.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0),
    );
    expect(sizes).toEqual([456, 0, 2416, 0, 0, 48_120, 10_164, 850]);
    expect(sizes.reduce((a, b) => a + b)).toBe(62_006);
    // 28·28·6·75 + 10·10·16·150 + 400·120 + 120·84 + 84·10
    expect(graph.nodes.reduce((sum, { multiplyAdds }) => sum + multiplyAdds, 0)).toBe(651_720);
  });

  test('is one chain, with a seed for each random weight', () => {
    expect(isChain(graph)).toBe(true);
    expect(graph.outputs).toEqual(['f3']);
    const text = JSON.stringify(graph.nodes.map(({ call }) => call));
    const seeds = Array.from(text.matchAll(/"seed":(\d+)/g), ([, seed]) => Number(seed));
    expect(seeds).toEqual(
      ['c1', 'c2', 'f1', 'f2', 'f3'].map((name) => deriveSeed(42, name, 'kernelInitializer')),
    );
  });

  test('knows where it came from', () => {
    expect(graph.source).toMatchObject({ file: 'specs/lenet5.yaml', text: lenet5 });
    expect(graph.nodes[0]!.range.start).toMatchObject({ line: 7, column: 5 });
  });

  test('is trained as it says', () => {
    expect(graph.training).toEqual({
      dataset: { type: 'cifar10' },
      classes: 10,
      classNames: 'airplane automobile bird cat deer dog frog horse ship truck'.split(' '),
      optimizer: { call: 'tf.train.adam', args: [0.001] },
      optimizerType: 'adam',
      loss: 'sparseCategoricalCrossentropy',
      metrics: ['accuracy'],
      batchSize: 32,
      epochs: 5,
      validationFrequency: 1,
      checkpoint: { monitor: 'val_loss', mode: 'min', saveBestOnly: true },
    });
  });
});

const training = (loss: string, dataset = '{ type: synthetic, classes: 10 }', more = '') =>
  `\ntraining:\n  dataset: ${dataset}\n  optimizer: adam\n  loss: ${loss}\n${more}`;
const net = (input: string, ...layers: string[]) =>
  `input: ${input}\nlayers:\n${layers.map((layer) => `  - { ${layer} }`).join('\n')}`;
const messages = (fragment: string) => messagesOf(checkSpec(wholeSpec(fragment), 'x.yaml').diagnostics);

describe('a spec without training', () => {
  test('compiles, and has no plan', () => {
    const { graph, diagnostics } = checkSpec(wholeSpec(''), 'x.yaml');
    expect(diagnostics).toEqual([]);
    expect(graph?.training).toBeUndefined();
  });
});

describe('defaults of training', () => {
  test.each([
    ['', { monitor: 'val_loss', mode: 'min', saveBestOnly: true }],
    [
      '  metrics: [mse]\n  checkpoint: { monitor: val_mse }',
      { monitor: 'val_mse', mode: 'min', saveBestOnly: true },
    ],
    [
      '  metrics: [acc]\n  checkpoint: { monitor: val_acc }',
      { monitor: 'val_acc', mode: 'max', saveBestOnly: true },
    ],
    [
      '  metrics: [acc]\n  checkpoint: { monitor: acc, mode: min }',
      { monitor: 'acc', mode: 'min', saveBestOnly: true },
    ],
    ['  checkpoint: { saveBestOnly: false }', { monitor: 'val_loss', mode: 'min', saveBestOnly: false }],
  ])('%j', (more, checkpoint) => {
    const { graph } = checkSpec(
      wholeSpec(training('categoricalCrossentropy', 'synthetic', more).trim()),
      'x.yaml',
    );
    expect(graph?.training).toMatchObject({
      metrics: more.includes('[') ? expect.any(Array) : [],
      checkpoint,
    });
    expect(graph?.training).toMatchObject({ batchSize: 32, epochs: 1, validationFrequency: 1 });
    expect(graph?.training?.dataset).toEqual({
      type: 'synthetic',
      classes: 10,
      train: 1000,
      validation: 200,
    });
  });
});

describe('shapes', () => {
  test('a fault tells the way of the shapes, its last few steps', () => {
    const fragment = net(
      '[32, 32, 3]',
      ...Array.from({ length: 9 }, (_, i) => `name: c${i}, type: conv2d, filters: 4, kernelSize: 4`),
      'name: last, type: conv2d, filters: 4, kernelSize: 7',
    );
    expect(messages(fragment)).toEqual([
      "kernel-larger-than-input conv2d 'last' needs at least 7x7, but gets 5x5x4 (use a smaller window, 'padding: same', or fewer poolings before it; 32x32x3 → … → c3 20x20x4 → c4 17x17x4 → c5 14x14x4 → c6 11x11x4 → c7 8x8x4 → c8 5x5x4 → last)",
    ]);
  });

  test('a layer with an unknown option is checked without it, and what follows too', () => {
    const found = messages(
      net(
        '[8, 8, 3]',
        'name: a, type: conv2d, filters: 4, kernelSize: 3, activaton: relu',
        'name: b, type: conv2d, filters: 4, kernelSize: 7',
      ),
    );
    expect(found.map((line) => line.split(' ')[0])).toEqual(['unknown-option', 'kernel-larger-than-input']);
    expect(found[1]).toContain('8x8x3 → a 6x6x4 → b');
  });

  test('behind a layer whose output is unknown, options are checked and shapes are not', () => {
    const found = messages(
      net(
        '[8, 8, 3]',
        'type: conv2d, filters: x, kernelSize: 3',
        'type: conv2d, filters: 4, kernelSize: 99',
        'type: dense, unit: 3',
      ),
    );
    expect(found.map((line) => line.split(' ')[0])).toEqual(['wrong-type', 'unknown-option']);
  });

  test.each([
    [
      net('[65536, 65536]', 'type: dense, units: 1'),
      'input: 65536x65536 is more than the 2147483647 values that a tensor can hold',
    ],
    [
      net('[8]', 'name: a, type: dense, units: 2000000000'),
      "dense 'a' has a kernel of 8x2000000000, more than",
    ],
    [
      net('[100000]', 'name: a, type: dense, units: 100000'),
      "dense 'a' has a kernel of 100000x100000, more than",
    ],
    [
      net('[1000, 1000, 1]', 'name: a, type: upSampling2d, size: 1000'),
      "upSampling2d 'a' has an output of 1000000x1000000x1, more than",
    ],
  ])('%#: a tensor that cannot exist', (fragment, message) => {
    const [found] = messages(fragment);
    expect(found).toMatch(/^tensor-too-large /);
    expect(found).toContain(message);
  });

  test('no layer may be called input, which is the name of the input', () => {
    expect(messages(net('[4]', 'name: input, type: dense, units: 3'))).toHaveLength(1);
    const { graph } = checkSpec(wholeSpec(net('[4]', 'type: dense, units: 3')), 'x.yaml');
    expect(graph?.inputs[0]?.name).toBe('input');
    expect(graph?.nodes[0]).toMatchObject({ inputs: ['input'] });
  });
});

describe('the model and its labels', () => {
  const softmax = (units: number) => `name: last, type: dense, units: ${units}, activation: softmax`;
  const wants = 'needs an output of 10 values, one a class, but';

  test.each([
    [
      'nine units',
      net('[4]', softmax(9)) + training('categoricalCrossentropy'),
      `loss-shape-mismatch categoricalCrossentropy on synthetic ${wants} dense 'last' gives 9 (write units: 10; 4 → last 9)`,
    ],
    [
      'units before a softmax of its own',
      net('[4]', 'name: f, type: dense, units: 5', 'type: softmax') + training('categoricalCrossentropy'),
      `loss-shape-mismatch categoricalCrossentropy on synthetic ${wants} softmax 'softmax_1' gives 5 (write units: 10; 4 → f 5 → softmax_1 5)`,
    ],
    [
      'an image',
      net('[4, 4, 3]', softmax(10)) + training('meanSquaredError'),
      `loss-shape-mismatch meanSquaredError on synthetic ${wants} dense 'last' gives 4x4x10 (insert 'flatten' or a global pooling before the last 'dense' layer; 4x4x3 → last 4x4x10)`,
    ],
    [
      'no dense layer at all',
      net('[4, 4, 3]', 'name: it, type: globalAveragePooling2d') + training('meanSquaredError'),
      `loss-shape-mismatch meanSquaredError on synthetic ${wants} globalAveragePooling2d 'it' gives 3 (end with { type: dense, units: 10 }; 4x4x3 → it 3)`,
    ],
    [
      'one unit for ten classes',
      net('[4]', 'name: last, type: dense, units: 1, activation: sigmoid') + training('binaryCrossentropy'),
      `loss-shape-mismatch binaryCrossentropy on synthetic ${wants} dense 'last' gives 1 (write units: 10; 4 → last 1)`,
    ],
    [
      'the input of another data set',
      net('[28, 28, 1]', 'type: flatten', softmax(10)) + training('categoricalCrossentropy', 'cifar10'),
      "input-data-mismatch input: expected 32x32x3, the shape of cifar10's examples, found 28x28x1 (write [32, 32, 3])",
    ],
    [
      'no probabilities',
      net('[4]', 'name: last, type: dense, units: 10') + training('sparseCategoricalCrossentropy'),
      "(warning) loss-without-probabilities sparseCategoricalCrossentropy needs probabilities, but dense 'last' ends with linear (write activation: softmax)",
    ],
    [
      'no probabilities behind a reshape',
      net('[4]', 'name: last, type: dense, units: 10, activation: tanh', 'type: reshape, targetShape: [10]') +
        training('categoricalCrossentropy'),
      "(warning) loss-without-probabilities categoricalCrossentropy needs probabilities, but dense 'last' ends with tanh (write activation: softmax)",
    ],
    [
      'a relu before a binary loss',
      net('[4]', 'name: f, type: dense, units: 10', 'name: last, type: reLU') +
        training('binaryCrossentropy'),
      "(warning) loss-without-probabilities binaryCrossentropy needs probabilities, but reLU 'last' ends with relu (end with { type: activation, activation: sigmoid })",
    ],
    [
      'softmax of one',
      net('[4]', 'name: f, type: dense, units: 1, activation: softmax') + training('meanSquaredError'),
      "(warning) constant-output dense 'f' applies softmax to one value, which always gives 1 (use sigmoid, or more than one unit)",
    ],
  ])('%s', (_name, fragment, want) => {
    expect(messages(fragment)).toEqual([want]);
  });

  test.each([
    ['softmax and any loss', net('[4]', softmax(10)) + training('meanSquaredError')],
    [
      'sigmoid, which tfjs divides by its sum',
      net('[4]', 'type: dense, units: 10, activation: sigmoid') + training('categoricalCrossentropy'),
    ],
    [
      'a softmax layer',
      net('[4]', 'type: dense, units: 10', 'type: softmax') + training('sparseCategoricalCrossentropy'),
    ],
    ['one number for a loss of numbers', net('[4]', 'type: dense, units: 1') + training('meanSquaredError')],
    [
      'one number for two classes',
      net('[4]', 'type: dense, units: 1, activation: sigmoid') +
        training('binaryCrossentropy', '{ type: synthetic, classes: 2 }'),
    ],
    [
      'what nothing is known of',
      net('[4, 4, 3]', 'type: conv2d, filters: 10, kernelSize: 1', 'type: globalAveragePooling2d') +
        training('categoricalCrossentropy'),
    ],
  ])('nothing to say: %s', (_name, fragment) => {
    expect(messages(fragment)).toEqual([]);
  });

  test.each([
    [
      'no weights',
      ['type: flatten', 'type: softmax'],
      "there is nothing to train: no layer of the model has weights that training changes (add a layer that has some, such as 'dense', or remove the training section)",
    ],
    [
      'frozen weights',
      ['type: flatten', `${softmax(10)}, trainable: false`],
      "there is nothing to train: all layers that have weights say trainable: false (remove it from one of them, such as dense 'last')",
    ],
  ])('nothing to train is a warning, and a fault of training: %s', (_name, layers, text) => {
    const fragment = net('[2, 5, 1]', ...layers) + training('categoricalCrossentropy');
    expect(messages(fragment)).toEqual([`(warning) nothing-to-train ${text}`]);
    expect(checkSpec(wholeSpec(fragment), 'x.yaml').graph?.trainingFaults).toMatchObject([
      { code: 'nothing-to-train', severity: 'error' },
    ]);
  });

  test('a layer without a gradient is a warning, and a fault of training', () => {
    const layers = ['name: odd, type: batchNormalization, scale: false', 'type: flatten', softmax(10)];
    const withTraining = checkSpec(
      wholeSpec(net('[4, 4, 3]', ...layers) + training('categoricalCrossentropy')),
      'x.yaml',
    );
    expect(withTraining.diagnostics.map(({ severity, code }) => [severity, code])).toEqual([
      ['warning', 'not-trainable'],
    ]);
    expect(withTraining.graph?.trainingFaults.map(({ severity, code }) => [severity, code])).toEqual([
      ['error', 'not-trainable'],
    ]);
    const without = checkSpec(wholeSpec(net('[4, 4, 3]', ...layers)), 'x.yaml');
    expect(without.diagnostics).toEqual([]);
    expect(without.graph?.trainingFaults).toHaveLength(1);
  });
});

describe('compileSpec', () => {
  test('throws all faults at once, with the text that they point into', () => {
    const text = wholeSpec('- { type: dense, units: ten }\n- { type: dence, units: 3 }');
    const failure = (() => {
      try {
        return compileSpec(text, 'x.yaml');
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(SpecError);
    const { diagnostics, source, message } = failure as SpecError;
    expect(diagnostics.map(({ code }) => code)).toEqual(['wrong-type', 'unknown-layer-type']);
    expect(source).toEqual(new Map([['x.yaml', text]]));
    expect(message.split('\n')).toHaveLength(2);
  });

  test('throws nothing for warnings', () => {
    const fragment = net('[4]', 'type: dense, units: 1, activation: softmax');
    expect(compileSpec(wholeSpec(fragment), 'x.yaml').name).toBe('example');
  });
});
