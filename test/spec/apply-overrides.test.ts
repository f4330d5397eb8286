import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkSpec, compileSpec } from '../../src/compiler/index.js';
import { SpecError } from '../../src/diagnostics/index.js';
import { applyOverrides } from '../../src/spec/apply-overrides.js';
import { fc } from '../property.js';
import { linesOf } from './lines-of.js';

const lenet5 = readFileSync(resolve(import.meta.dirname, '../../specs/lenet5.yaml'), 'utf8');
const set = (text: string, path: string, value: string) => applyOverrides(text, 'x.yaml', [{ path, value }]);

/** The lines that differ, as `- old` and `+ new`. */
function changes(before: string, after: string): readonly string[] {
  const [old, now] = [before.split('\n'), after.split('\n')];
  return [
    ...old.filter((line) => !now.includes(line)).map((line) => `- ${line}`),
    ...now.filter((line) => !old.includes(line)).map((line) => `+ ${line}`),
  ];
}

const blocks = `name: x
seed: 1 # keep
input: [4]
layers:
  - &d { type: dense, units: 3 }
  - *d
  - name: q
    type: dense
    units: 5   # five

    activation: relu
training:
  optimizer: adam
  dataset: synthetic
  loss: meanSquaredError
  metrics:
    - accuracy
    # c
  checkpoint:`;

describe('applyOverrides', () => {
  test.each([
    [lenet5, 'training.epochs', '3', ['-   epochs: 5', '+   epochs: 3']],
    [lenet5, 'seed', '7', ['- seed: 42', '+ seed: 7']],
    [lenet5, 'training.optimizer.beta1', '0.8', ['-   optimizer: { type: adam, learningRate: 0.001 }', '+   optimizer: { type: adam, learningRate: 0.001, beta1: 0.8 }']],
    [lenet5, 'training.metrics', '[accuracy, mse]', ['-   metrics: [accuracy]', '+   metrics: [accuracy, mse]']],
    [lenet5, 'training.validationFrequency', '2', ['+   validationFrequency: 2']],
    [lenet5, 'layers.f3.units', '9', ['-   - { name: f3, type: dense, units: 10, activation: softmax }', '+   - { name: f3, type: dense, units: 9, activation: softmax }']],
    [lenet5, 'layers[6].units', '9', ['-   - { name: f2, type: dense, units: 84, activation: sigmoid }', '+   - { name: f2, type: dense, units: 9, activation: sigmoid }']],
    [lenet5, 'layers.0.kernelSize', '[3, 5]', ['-   - { name: c1, type: conv2d, filters: 6, kernelSize: 5, activation: sigmoid }', '+   - { name: c1, type: conv2d, filters: 6, kernelSize: [3, 5], activation: sigmoid }']],
    [blocks, 'layers.1.units', '7', ['-   - *d', '+   - { type: dense, units: 7 }']],
    [blocks, 'layers.q.useBias', 'false', ['+     useBias: false']],
    [blocks, 'layers.q.units', '6', ['-     units: 5   # five', '+     units: 6   # five']],
    [blocks, 'training.optimizer.learningRate', '0.1', ['-   optimizer: adam', '+   optimizer: { type: adam, learningRate: 0.1 }']],
    [blocks, 'training.metrics.0', 'mse', ['-     - accuracy', '+     - mse']],
    [blocks, 'training.checkpoint.monitor', 'loss', ['-   checkpoint:', '+   checkpoint: { monitor: loss }']],
    [blocks, 'description', '"two: words # and more"', ['+ description: "two: words # and more"']],
  ] as const)('%#: %s %s=%s', (text, path, value, want) => {
    const edited = set(text, path, value);
    expect(changes(text, edited)).toEqual(want);
    // Whatever was written, it is still YAML, and means what was there with one value changed.
    expect(parse(edited)).toBeTypeOf('object');
  }); // biome-ignore format: a table

  test('comments and the numbers of lines stay', () => {
    const edited = applyOverrides(blocks, 'x.yaml', [
      { path: 'training.optimizer.learningRate', value: '0.1' },
      { path: 'layers.q.units', value: '6' },
    ]);
    const comments = (text: string) => text.split('\n').map((line) => /#.*/.exec(line)?.[0]);
    expect(comments(edited)).toEqual(comments(blocks));
  });

  test('settings are applied in their order', () => {
    const edited = applyOverrides(lenet5, 'x.yaml', [
      { path: 'training.epochs', value: '3' },
      { path: 'training.epochs', value: '4' },
    ]);
    expect(checkSpec(edited, 'x.yaml').graph?.training?.epochs).toBe(4);
  });

  test('any number can be set anywhere that takes it', () => {
    const paths = [
      'training.epochs',
      'training.batchSize',
      'layers.c1.filters',
      'layers.4.name',
      'seed',
    ] as const;
    fc.assert(
      fc.property(fc.constantFrom(...paths), fc.integer({ min: 1, max: 100 }), (path, value) => {
        const word = path.endsWith('name') ? `n${value}` : String(value);
        const edited = parse(set(lenet5, path, word)) as Record<string, never>;
        const wanted = parse(lenet5) as Record<string, never>;
        const target = path
          .split('.')
          .slice(0, -1)
          .reduce<Record<string, unknown>>(
            (inner, step) => inner[step === 'c1' ? '0' : step] as Record<string, unknown>,
            wanted,
          );
        target[path.split('.').at(-1)!] = path.endsWith('name') ? word : value;
        expect(edited).toEqual(wanted);
      }),
      { numRuns: 50 },
    );
  });

  test.each([
    ['training.epocks', '3', "1:10 unknown-option training has no option 'epocks' (did you mean 'epochs'?)"],
    ['training.epochs', 'ten', '1:17 wrong-type training.epochs: expected a positive integer, found "ten"'],
    ['training.epochs', '', '1:17 wrong-type training.epochs: expected a positive integer, found nothing (give it a value, or leave it out to get 1)'],
    ['training.epochs', '.nan', '1:17 not-a-number expected a finite number, found .nan'],
    ['training.epochs', '*x', "1:17 unresolved-alias no anchor '&x' stands before the alias '*x' (mark the value to repeat with '&x')"],
    ['training.epochs', '[1', "1:17 yaml-syntax this '[' is never closed (add ']')"],
    ['layers.c9.filters', '1', "1:1 unknown-setting layers has nothing that is called 'c9' (the names are c1, p1, c2, p2, flatten, f1, f2, f3)"],
    ['layers.flaten.name', 'x', "1:1 unknown-setting layers has nothing that is called 'flaten' (did you mean 'flatten'?)"],
    ['layers.99.filters', '1', '1:1 unknown-setting layers has no number 99: it holds 8, counted from 0'],
    ['layers.f1.activaton', 'relu', "1:11 unknown-option dense has no option 'activaton' (did you mean 'activation'?)"],
    ['seed.x', '1', '1:8 wrong-type seed: expected an integer, found a mapping'],
    ['training..x', '1', "1:1 unknown-setting expected a path such as training.epochs or layers.c1.filters, found 'training..x'"],
    ['', '1', "1:1 unknown-setting expected a path such as training.epochs or layers.c1.filters, found ''"],
    ['__proto__.x', '1', "1:1 unknown-option a spec has no section '__proto__' (its sections are name, description, extends, include, params, seed, input, inputs, blocks, layers, outputs, expect and training)"],
  ])('%s=%s is refused at its place', (path, value, want) => {
    const failure = (() => {
      try {
        return set(lenet5, path, value);
      } catch (error) {
        return error;
      }
    })();
    expect(failure).toBeInstanceOf(SpecError);
    const { diagnostics, source } = failure as SpecError;
    expect(linesOf(diagnostics)).toEqual([want]);
    expect(source).toBe(`${path}=${value}`);
    expect(diagnostics[0]!.file).toBe(`--set ${path}`);
  }); // biome-ignore format: a table

  test('a flag of its own is named as it was given', () => {
    const override = { path: 'training.epochs', value: '0', origin: '--epochs' };
    expect(() => applyOverrides(lenet5, 'x.yaml', [override])).toThrow('--epochs:1:17 error out-of-range');
  });

  test('faults that were there before are left to the check', () => {
    const text = lenet5.replace('sigmoid', 'sigmod');
    expect(checkSpec(set(text, 'training.epochs', '3'), 'x.yaml').diagnostics).toHaveLength(1);
    expect(set('{ not yaml', 'training.epochs', '3')).toBe('{ not yaml');
  });
});

describe('settings in specs of blocks and params', () => {
  const text = `name: x
input: [8]
params: { width: 4 }
blocks:
  unit:
    params: { n: 1 }
    layers:
      - { type: dense, units: "\${n}", name: d }
layers:
  - { use: unit, n: "\${width}", name: u }
  - parallel:
      - - { type: dense, units: 4, name: a }
      - []
    merge: add
    name: sum
    when: false
  - { type: dense, units: 2, name: last }
`;
  const nodesOf = (path: string, value: string) =>
    compileSpec(text, 'x.yaml', { set: [{ path, value }] }).nodes.map(
      ({ name, options }) => `${name} ${options.units}`,
    );

  test.each([
    ['params.width', '6', ['u/d 6', 'last 2']],
    ['layers.u.n', '7', ['u/d 7', 'last 2']],
    ['layers.u', '{ use: unit }', ['unit_1/d 1', 'last 2']],
    ['blocks.unit.layers.d.units', '"${n * 2}"', ['u/d 8', 'last 2']],
    ['layers.last.units', '"${width + 1}"', ['u/d 4', 'last 5']],
    ['layers.sum.parallel.0.a.name', 'b', ['u/d 4', 'last 2']],
  ])('%s=%s', (path, value, wanted) => {
    expect(nodesOf(path, value)).toEqual(wanted);
  });

  test.each([
    ['params.widht', '6', "1:1 unknown-setting the spec has no param 'widht' (did you mean 'width'?)"],
    ['layers.u.m', '6', "1:10 unknown-option the block 'unit' has no param 'm' (its params are n)"],
    ['layers.u.n', '[6]', "1:12 wrong-type the block 'unit': expected a number for 'n', found [6]"],
    ['layers.last.units', '"${hight}"', "1:19 unknown-param there is no param 'hight' (known here: width)"],
  ])('%s=%s is refused', (path, value, wanted) => {
    let failure: unknown;
    try {
      nodesOf(path, value);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(SpecError);
    expect(linesOf((failure as SpecError).diagnostics)).toEqual([wanted]);
  });

  test('what a setting makes impossible is told where it shows', () => {
    const { diagnostics } = checkSpec(text, 'x.yaml', { set: [{ path: 'params.width', value: '2.5' }] });
    expect(linesOf(diagnostics)).toEqual([
      "8:31 wrong-type blocks.unit.layers[0].units: expected a positive integer, found 2.5 (${n} is 2.5; in block 'unit', used at x.yaml:10:5 with n = 2.5)",
    ]);
  });
});
