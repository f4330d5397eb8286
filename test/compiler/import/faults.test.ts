import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type ImportOptions, importModel } from '../../../src/compiler/import/index.js';
import { codes } from '../../../src/diagnostics/index.js';

const folder = join(import.meta.dirname, '../../fixtures/topologies');

/** Each fault with the text at its place. */
function faults(text: string, options: ImportOptions = {}): string[] {
  const { model, diagnostics } = importModel(text, 'model.json', options);
  expect(model === undefined).toBe(diagnostics.length > 0);
  return diagnostics.map(({ code, message, range, hint }) => {
    const place = text.slice(range.start.offset, range.end.offset);
    return `${code} @ ${place} @ ${message}${hint === undefined ? '' : ` (${hint})`}`;
  });
}

const dense = (config: object = {}, others: object = {}) => ({
  class_name: 'Dense',
  config: { name: 'd', units: 2, activation: 'linear', ...config },
  ...others,
});

const input = { class_name: 'InputLayer', config: { batch_input_shape: [null, 3], name: 'i' } };

const sequential = (layers: readonly unknown[], others: object = {}) =>
  JSON.stringify({ class_name: 'Sequential', config: { name: 'm', layers: [input, ...layers] }, ...others });

function functional(
  layers: readonly object[],
  outputs: unknown = [['d', 0, 0]],
  inputs: unknown = [['i', 0, 0]],
): string {
  const first = { ...input, name: 'i', inbound_nodes: [] };
  const config = { name: 'm', layers: [first, ...layers], input_layers: inputs, output_layers: outputs };
  return JSON.stringify({ class_name: 'Functional', config });
}

describe.each(['keras2', 'keras3'])('a %s model full of what specs lack', (version) => {
  test('is told in full, each at its place', () => {
    expect(faults(readFileSync(join(folder, version, 'unsupported.json'), 'utf8'))).toEqual([
      "cannot-import @ 2 @ Conv2D 'grouped': groups is 2, which no spec can say",
      'cannot-import @ "GroupNormalization" @ GroupNormalization \'gn\' is no layer that a spec can have',
      expect.stringMatching(
        /^cannot-import @ "exponential" @ Conv2D 'odd': activation is "exponential", and a spec can have elu, /,
      ),
      'cannot-import @ "kernel_regularizer" @ Conv2D \'odd\': TensorFlow.js has no regularizer "OrthogonalRegularizer"',
      expect.stringMatching(
        /^cannot-import @ 0\.2\d* @ ReLU 'slope': negative_slope is 0\.2\d*, which no spec can say$/,
      ),
      'cannot-import @ "inbound_nodes" @ Conv2D \'shared\' is used 2 times with the same weights, and a spec has no shared layers',
      expect.stringMatching(/^cannot-import @ true @ GRU 'gru': return_state is true, which no spec can say/),
      expect.stringMatching(
        /^cannot-import @ true @ GRU 'gru': reset_after is true, which no spec can say \(build it with/,
      ),
      expect.stringMatching(
        /^cannot-import @ .+ @ GRU 'gru': its output 1 is used, and a spec has only the first one$/,
      ),
    ]);
  });
});

describe('options of layers', () => {
  test.each<[string, object, string]>([
    ['an activation of a newer Keras', { activation: 'hard_silu' }, '"hard_silu"'],
    [
      'an activation that is a layer',
      { activation: { class_name: 'LeakyReLU', config: {} } },
      '{"class_name":"LeakyReLU","config":{}}',
    ],
    [
      'an initializer of somebody’s own',
      { kernel_initializer: { class_name: 'Mine', config: {} } },
      '{"class_name":"Mine","config":{}}',
    ],
    ['an option of an initializer', { kernel_initializer: { class_name: 'Zeros', config: { odd: 1 } } }, '1'],
    [
      'a distribution that tfjs cannot draw',
      {
        kernel_initializer: { class_name: 'VarianceScaling', config: { distribution: 'untruncated_normal' } },
      },
      '"kernel_initializer"',
    ],
    ['a value out of range', { units: 0 }, '0'],
    ['a value of the wrong type', { use_bias: 'yes' }, '"yes"'],
    [
      'a penalty on the output',
      { activity_regularizer: { class_name: 'L2', config: { l2: 0.1 } } },
      '{"class_name":"L2","config":{"l2":0.1}}',
    ],
    ['text', { dtype: 'string' }, '"string"'],
    [
      'quantized weights',
      { dtype: { class_name: 'QuantizedDTypePolicy', config: { name: 'int8_from_float32' } } },
      '"dtype"',
    ],
  ])('%s: one fault, at its place', (_title, config, place) => {
    const found = faults(sequential([dense(config)]));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(`cannot-import @ ${place} @ Dense 'd': `);
  });

  test('what Keras 3 calls by the same name and computes otherwise', () => {
    const model = sequential([dense({ activation: 'hard_sigmoid' })], { keras_version: '3.4.0' });
    expect(faults(model)).toEqual([expect.stringContaining('is another function')]);
    expect(faults(sequential([dense({ activation: 'hard_sigmoid' })], { keras_version: '2.9.0' }))).toEqual(
      [],
    );
  });

  test('classes of other people and operations are not taken for layers of the same name', () => {
    const own = dense({}, { registered_name: 'mine>Dense' });
    expect(faults(sequential([own]))).toEqual([
      expect.stringContaining("Dense 'd' is of a class of somebody’s own"),
    ]);
    const operation = { class_name: 'Softmax', module: 'keras.src.ops.nn', config: { name: 's' } };
    expect(faults(sequential([operation]))).toEqual([expect.stringContaining("Softmax 's' is an operation")]);
  });

  test('shapes that cannot be are told of the layer in the file', () => {
    const conv = { class_name: 'Conv2D', config: { name: 'c', filters: 2, kernel_size: [3, 3] } };
    expect(faults(sequential([conv]))).toEqual([
      expect.stringMatching(/^cannot-import @ .+ @ Conv2D 'c' needs an input of 3 dimensions/),
    ]);
  });
});

test('a model of more layers than a spec may have', () => {
  const found = faults(sequential(Array.from({ length: 10_001 }, (_, n) => dense({ name: `d${n}` }))));
  expect(found).toHaveLength(1);
  expect(found[0]).toMatch(/^cannot-import @ .+ @ no spec can hold the model: .+ at most /);
});

describe('inputs', () => {
  const open = JSON.stringify({
    class_name: 'Sequential',
    config: { name: 'm', layers: [dense({ batch_input_shape: [null, null, 4] })] },
  });

  test('sizes that the file leaves open are asked for', () => {
    expect(faults(open)).toEqual([
      'cannot-import @ [null,null,4] @ the input "input" is [?, 4], and a spec needs all its sizes (give it with --input-shape 32x32x3)',
    ]);
    expect(faults(JSON.stringify({ class_name: 'Sequential', config: { layers: [dense()] } }))).toEqual([
      expect.stringContaining('the file does not say its shape'),
    ]);
  });

  test('sizes that are given must fit', () => {
    expect(faults(open, { inputShapes: [{ shape: [6, 4] }] })).toEqual([]);
    expect(faults(open, { inputShapes: [{ shape: [6, 5] }] })).toEqual([
      expect.stringContaining('6x5, is another'),
    ]);
    expect(faults(open, { inputShapes: [{ shape: [6, 4] }, { name: 'other', shape: [2] }] })).toEqual([
      expect.stringContaining('the shape given for "other" needs to name an input of the model'),
    ]);
  });

  test.each(['sparse', 'ragged', 'optional'])('%s inputs are refused', (key) => {
    const special = { class_name: 'InputLayer', config: { batch_input_shape: [null, 3], [key]: true } };
    const model = JSON.stringify({ class_name: 'Sequential', config: { layers: [special, dense()] } });
    expect(faults(model)).toEqual([
      `cannot-import @ true @ the input "input" is ${key}, which no spec can say`,
    ]);
  });
});

describe('connections', () => {
  const node = (name: string) => [[[name, 0, 0, {}]]];

  test.each<[string, string, RegExp]>([
    [
      'a layer that is not there',
      functional([dense({}, { inbound_nodes: node('nowhere') })]),
      /no layer "nowhere"/,
    ],
    [
      'two layers of one name',
      functional([dense({}, { inbound_nodes: node('i') }), dense({}, { inbound_nodes: node('i') })]),
      /two layers "d"/,
    ],
    ['a layer in a circle', functional([dense({}, { inbound_nodes: node('d') })]), /circle of layers/],
    ['a layer without inputs', functional([dense({}, { inbound_nodes: [] })]), /has no inputs/],
    [
      'an output that is not there',
      functional([dense({}, { inbound_nodes: node('i') })], [['e', 0, 0]]),
      /no layer "e"/,
    ],
    ['no outputs', functional([dense({}, { inbound_nodes: node('i') })], []), /./],
    [
      'outputs that are no references',
      functional([dense({}, { inbound_nodes: node('i') })], 7),
      /expected references/,
    ],
    [
      'an input that is not among the inputs',
      functional([dense({}, { inbound_nodes: node('i') })], [['d', 0, 0]], []),
      /not among 'input_layers'/,
    ],
    [
      'inputs that are no references',
      functional([dense({}, { inbound_nodes: [[7]] })]),
      /expected a reference to a layer, found 7/,
    ],
    ['a layer that is none', functional([{ name: 'x' }]), /expected a layer with 'class_name' and 'config'/],
  ])('%s', (_title, model, message) => {
    const found = faults(model);
    expect(found.length).toBeGreaterThan(0);
    expect(found.join('\n')).toMatch(message);
    expect(found.join('\n')).toContain('damaged-model');
  });

  test('arguments of calls', () => {
    const called = (keywords: object) =>
      functional([dense({}, { inbound_nodes: [[['i', 0, 0, keywords]]] })]);
    expect(faults(called({ mask: null }))).toEqual([]);
    expect(faults(called({ training: true }))).toEqual([
      "cannot-import @ true @ Dense 'd': is called with the argument 'training'",
    ]);
    const { model } = importModel(called({ training: false }), 'model.json');
    expect(model?.notes).toEqual([expect.stringContaining('called with training=False')]);
  });

  test('an input that is an output', () => {
    const found = faults(
      functional(
        [dense({}, { inbound_nodes: node('i') })],
        [
          ['d', 0, 0],
          ['i', 0, 0],
        ],
      ),
    );
    expect(found).toEqual([expect.stringContaining('is an output of the model too')]);
  });

  test('layers that lead nowhere are left out, and told', () => {
    const spare = dense({ name: 'spare' }, { inbound_nodes: node('i') });
    const { model } = importModel(functional([dense({}, { inbound_nodes: node('i') }), spare]), 'model.json');
    expect(model?.text).not.toContain('spare');
    expect(model?.notes).toEqual(['spare: left out, since no output of the model depends on it']);
  });
});

describe('files that hold no model', () => {
  test.each<[string, string, string]>([
    ['nothing', '', 'not-json'],
    ['a word', 'model', 'not-json'],
    ['cut short', '{"class_name": "Sequential"', 'not-json'],
    ['a number of Python', '{"a": NaN}', 'not-json'],
    ['a key without quotes', '{a: 1}', 'not-json'],
    ['text after the end', '{} {}', 'not-json'],
    ['a list', '[1, 2]', 'not-a-model'],
    ['another object', '{"version": 1}', 'not-a-model'],
    ['a model without a topology', '{"modelTopology": null, "format": "layers-model"}', 'not-a-model'],
    ['a graph', '{"format": "graph-model", "modelTopology": {"node": []}}', 'not-a-model'],
    ['a layer', JSON.stringify(dense()), 'not-a-model'],
    [
      'a model class',
      JSON.stringify({ class_name: 'MyModel', config: {}, registered_name: 'mine>MyModel' }),
      'not-a-model',
    ],
    ['no layers', JSON.stringify({ class_name: 'Sequential', config: { layers: [] } }), 'cannot-import'],
    ['no list of layers', JSON.stringify({ class_name: 'Sequential', config: {} }), 'damaged-model'],
    ['endless nesting', '['.repeat(100_000), 'model-too-large'],
  ])('%s: %s', (_title, text, code) => {
    const found = faults(text);
    expect(found.length).toBeGreaterThan(0);
    expect(found[0]).toMatch(new RegExp(`^${code} @`));
    expect(codes).toHaveProperty(code);
  });
});
