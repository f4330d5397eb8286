/** Specs of several files: what they come to, what they may reach, and where their faults are shown. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkSpec, compileSpec } from '../../src/compiler/index.js';
import { formatDiagnostics, SpecccError } from '../../src/diagnostics/index.js';
import { sha256Hex } from '../../src/layers/sha256.js';
import { limits } from '../../src/spec/limits.js';
import { specFolder } from '../../src/spec/read-spec-file.js';

type Files = Readonly<Record<string, string>>;

/** Files in memory, by their paths from the folder of the spec. */
const reader = (files: Files) => (path: string) => {
  const text = files[path];
  if (text === undefined) throw new SpecccError('include-not-found', `there is no file ${path}`);
  return text;
};

const check = (files: Files, main = 'main.yaml') =>
  checkSpec(files[main]!, `specs/${main}`, { readFile: reader(files) });

/** The layers as `name type units`, and what is said. */
function outcome(files: Files) {
  const { graph, diagnostics } = check(files);
  return {
    layers: graph?.nodes.map(({ name, type, options }) =>
      [name, type, options.units].filter(Boolean).join(' '),
    ),
    faults: diagnostics.map(
      ({ file, range, code, message }) =>
        `${file}:${range.start.line}:${range.start.column} ${code} ${message}`,
    ),
  };
}

const unit = 'blocks:\n  unit:\n    params: { n: 3 }\n    layers: [{ type: dense, units: "${n}" }]\n';
const main = (rest: string) => `name: main\ninput: [4]\n${rest}`;

describe('include', () => {
  test('brings the blocks of a file, and those that it includes itself', () => {
    const files = {
      'main.yaml': main(
        'include: [a/one.yaml, a/two.yaml]\nlayers:\n  - { use: both }\n  - { use: unit, n: 5 }\n',
      ),
      'a/one.yaml':
        'include: [b/unit.yaml]\nblocks:\n  both: { layers: [{ use: unit, n: 7 }, { use: unit }] }\n',
      'a/two.yaml': 'include: [../a/b/unit.yaml]\n',
      'a/b/unit.yaml': unit,
    };
    expect(outcome(files)).toEqual({
      layers: ['both_1/unit_1/dense_1 dense 7', 'both_1/unit_2/dense_1 dense 3', 'unit_1/dense_1 dense 5'],
      faults: [],
    });
  });

  test('names mean in a file what they mean there', () => {
    const files = {
      'main.yaml': main(
        'include: [lib.yaml]\nblocks:\n  hidden: { layers: [{ type: elu }] }\nlayers:\n  - { use: shown }\n  - { use: hidden }\n',
      ),
      'lib.yaml': 'include: [inner.yaml]\nblocks:\n  shown: { layers: [{ use: deep }] }\n',
      'inner.yaml': 'blocks:\n  deep: { layers: [{ type: softmax }] }\n',
    };
    expect(outcome(files)).toEqual({
      layers: ['shown_1/deep_1/softmax_1 softmax', 'hidden_1/elu_1 elu'],
      faults: [],
    });
  });

  test('a fault in an included file is shown there, with the way to it', () => {
    const files = {
      'main.yaml': main('include: [lib/unit.yaml]\nlayers:\n  - { use: unit, n: 2.5 }\n'),
      'lib/unit.yaml': unit,
    };
    const { diagnostics, sources } = check(files);
    expect(formatDiagnostics(diagnostics, sources)).toBe(
      `specs/lib/unit.yaml:4:36  error  wrong-type  blocks.unit.layers[0].units: expected a positive integer, found 2.5
  3 |     params: { n: 3 }
> 4 |     layers: [{ type: dense, units: "\${n}" }]
    |                                    ^^^^^^
  \${n} is 2.5
  in block 'unit', used at specs/main.yaml:5:5 with n = 2.5

1 error in specs/lib/unit.yaml. \`speccc explain wrong-type\` says more.`,
    );
  });

  test('a block that is not used is checked as well', () => {
    const files = {
      'main.yaml': main('include: [lib.yaml]\nlayers:\n  - { type: elu }\n'),
      'lib.yaml': 'blocks:\n  bad: { layers: [{ type: dens, units: 3 }] }\n',
    };
    expect(outcome(files).faults).toEqual([
      'specs/lib.yaml:2:27 unknown-layer-type there is no layer type "dens"',
    ]);
  });

  test('nothing is said of blocks where a file is missing', () => {
    const files = {
      'main.yaml': main('include: [lib.yaml]\nlayers:\n  - { use: unit }\n  - { type: elu }\n'),
    };
    expect(outcome(files).faults).toEqual([
      'specs/main.yaml:3:11 include-not-found there is no file lib.yaml',
    ]);
  });

  test('without a folder it is refused, once', () => {
    const text = main('include: [lib.yaml]\nlayers:\n  - { use: unit }\n');
    const { diagnostics } = checkSpec(text, 'main.yaml');
    expect(diagnostics.map(({ code, message }) => [code, message])).toEqual([
      [
        'include-unavailable',
        "include: this spec was given without its folder, so that 'lib.yaml' cannot be read",
      ],
    ]);
  });

  test.each([
    ['itself', 'main.yaml', "include: 'main.yaml' leads back to itself: main.yaml → main.yaml"],
    ['through others', 'a.yaml', "include: 'b.yaml' leads back to itself: b.yaml → c.yaml → b.yaml"],
  ])('in a circle, %s', (_name, path, message) => {
    const files = {
      'main.yaml': main(`include: [${path}]\nlayers:\n  - { type: elu }\n`),
      'a.yaml': 'include: [b.yaml]\n',
      'b.yaml': 'include: [c.yaml]\n',
      'c.yaml': 'include: [b.yaml]\n',
    };
    expect(outcome(files).faults.map((fault) => fault.replace(/^\S+ \S+ /, ''))).toEqual([message]);
  });

  test.each([
    '../x.yaml',
    'a/../../x.yaml',
    '/x.yaml',
    'C:\\x.yaml',
    'c:/x.yaml',
    'a\\x.yaml',
    'file:///x.yaml',
    'https://host/x.yaml',
    '"${p}.yaml"',
  ])('%s is refused before anything is read', (path) => {
    const files = { 'main.yaml': main(`include: [${path}]\nlayers:\n  - { type: elu }\n`) };
    const { diagnostics } = checkSpec(files['main.yaml'], 'main.yaml', {
      readFile: () => {
        throw new Error('read');
      },
    });
    expect(diagnostics.map(({ code }) => code)).toEqual(['include-outside']);
  });

  test('too many files, and too much in them', () => {
    const paths = Array.from({ length: 40 }, (_, i) => `f${i}.yaml`);
    const list = (count: number) => main(`include: [${paths.slice(0, count)}]\nlayers:\n  - { type: elu }\n`);
    const codes = (text: string, readFile: (path: string) => string) => [
      ...new Set(checkSpec(text, 'm.yaml', { readFile }).diagnostics.map(({ code }) => code)),
    ];
    expect(codes(list(32), () => 'blocks: {}')).toEqual([]);
    expect(codes(list(33), () => 'blocks: {}')).toEqual(['out-of-range']);
    const chain = (path: string) => `include: [f${Number(path.slice(1, -5)) + 1}.yaml]\n`;
    expect(codes(list(1), chain)).toEqual(['spec-too-large']);
    expect(codes(list(3), () => `# ${'x'.repeat(limits.fileBytes / 2)}\nblocks: {}`)).toEqual([
      'spec-too-large',
    ]);
  });
});

describe('extends', () => {
  const base = `name: base
description: the base
seed: 7
input: [4]
params: { width: 8, kind: relu }
blocks:
  hidden: { params: { n: null, on: true }, layers: [{ type: dense, units: "\${n}", when: "\${on}" }, { use: end }] }
  end: { layers: [{ type: elu }] }
layers:
  - { use: hidden, n: "\${width}" }
  - { type: dense, units: 2, activation: "\${kind}", name: last }
training:
  dataset: { type: synthetic, classes: 2, train: 10 }
  optimizer: adam
  loss: categoricalCrossentropy
`;
  const compiled = (top: string) =>
    compileSpec(top, 'top.yaml', { readFile: reader({ 'base.yaml': base, 'lib/base.yaml': base }) });
  const layersOf = (top: string) =>
    compiled(top).nodes.map(({ name, type, options }) => [name, type, options.units]);

  test('is the base, where the file says nothing', () => {
    const graph = compiled('extends: base.yaml\n');
    expect([graph.name, graph.description, graph.seed]).toEqual(['base', 'the base', 7]);
    expect(layersOf('extends: base.yaml\n')).toEqual([
      ['hidden_1/dense_1', 'dense', 8],
      ['hidden_1/end_1/elu_1', 'elu', undefined],
      ['last', 'dense', 2],
    ]);
  });

  test('merges mappings key by key, and replaces all else', () => {
    const top = `extends: lib/base.yaml
name: top
params: { width: 16 }
training: { optimizer: { type: sgd, learningRate: 0.1 }, dataset: { train: 20 }, metrics: [accuracy] }
`;
    const { name, training, seed } = compiled(top);
    expect([name, seed]).toEqual(['top', 7]);
    expect(layersOf(top)[0]).toEqual(['hidden_1/dense_1', 'dense', 16]);
    expect(training).toMatchObject({
      dataset: { type: 'synthetic', classes: 2, train: 20 },
      optimizerType: 'sgd',
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy'],
    });
    expect(
      layersOf('extends: base.yaml\nlayers:\n  - { type: dense, units: 2, activation: softmax }\n'),
    ).toEqual([['dense_1', 'dense', 2]]);
  });

  test('a block that is defined anew is the one that the base uses, too', () => {
    const top =
      'extends: base.yaml\nblocks:\n  end: { layers: [{ type: softmax }] }\n  hidden: { params: { on: false } }\n';
    expect(layersOf(top)).toEqual([
      ['hidden_1/end_1/softmax_1', 'softmax', undefined],
      ['last', 'dense', 2],
    ]);
  });

  test('a fault is shown in the file that the value comes from', () => {
    const files = {
      'main.yaml': 'extends: base.yaml\nparams: { width: -1, kind: tanh }\ntraining: { epochs: none }\n',
      'base.yaml': base,
    };
    expect(outcome(files).faults).toEqual([
      'specs/main.yaml:3:21 wrong-type training.epochs: expected a positive integer, found "none"',
      'specs/base.yaml:7:75 out-of-range blocks.hidden.layers[0].units: expected a positive integer, found -1',
    ]);
  });

  test('in a circle', () => {
    const files = { 'main.yaml': 'extends: base.yaml\n', 'base.yaml': 'extends: main.yaml\n' };
    expect(outcome(files).faults[0]).toMatch(
      /base.yaml:1:10 include-circular extends: 'main.yaml' leads back to itself: main.yaml → base.yaml → main.yaml/,
    );
  });

  test('the graph’s own text needs no other file, and gives the same graph', () => {
    const graph = compiled('extends: base.yaml\nparams: { width: 3 }\n');
    expect(graph.source.digest).toBe(sha256Hex(graph.source.text));
    const again = compileSpec(graph.source.text, 'run/spec.yaml');
    const plain = (each: typeof graph) =>
      each.nodes.map(({ range: _range, file: _file, scope: _scope, ...node }) => node);
    expect(plain(again)).toEqual(plain(graph));
    expect(again.training).toEqual(graph.training);
    expect([...graph.source.files.keys()]).toEqual(['top.yaml', 'base.yaml']);
  });

  test('settings change what the base says, and name what they cannot reach', () => {
    const set = (path: string, value: string) => () =>
      compileSpec('extends: base.yaml\n', 'top.yaml', {
        readFile: reader({ 'base.yaml': base }),
        set: [{ path, value }],
      });
    expect(set('params.width', '32')().nodes[0]!.options.units).toBe(32);
    expect(set('training.epochs', '3')().training?.epochs).toBe(3);
    expect(set('params.widht', '32')).toThrow(/unknown-setting the spec has no param 'widht'/);
    expect(set('layers.last.units', '3')).toThrow(
      /'layers' stands in base.yaml, and a setting changes top.yaml only/,
    );
  });
});

describe('the folder of a spec', () => {
  const root = mkdtempSync(join(tmpdir(), 'speccc-files-'));
  afterAll(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'specs/common'), { recursive: true });
  mkdirSync(join(root, 'outside'));
  writeFileSync(join(root, 'specs/common/unit.yaml'), unit);
  writeFileSync(join(root, 'outside/unit.yaml'), unit);
  writeFileSync(join(root, 'specs/image.yaml'), Buffer.from([0xff, 0xd8, 0xff, 0x00]));
  writeFileSync(join(root, 'specs/large.yaml'), `# ${'x'.repeat(limits.fileBytes)}`);
  symlinkSync(join(root, 'outside/unit.yaml'), join(root, 'specs/out.yaml'));
  symlinkSync(join(root, 'outside'), join(root, 'specs/out'));
  symlinkSync('common/unit.yaml', join(root, 'specs/inside.yaml'));
  symlinkSync('loop.yaml', join(root, 'specs/loop.yaml'));

  const read = specFolder(join(root, 'specs/main.yaml'));

  test('is what can be read, through links inside it as well', () => {
    expect(read('common/unit.yaml')).toBe(unit);
    expect(read('inside.yaml')).toBe(unit);
  });

  test.each([
    ['out.yaml', 'include-outside', 'is a link that leads out of the folder of the spec'],
    ['out/unit.yaml', 'include-outside', 'is a link that leads out of the folder of the spec'],
    ['../outside/unit.yaml', 'include-outside', 'is a link that leads out of the folder of the spec'],
    ['missing.yaml', 'include-not-found', 'there is no file'],
    ['common/units.yaml', 'include-not-found', 'there is no file'],
    ['common', 'include-unreadable', 'is a folder, not a file of a spec'],
    ['image.yaml', 'include-unreadable', 'is not text'],
    ['large.yaml', 'include-unreadable', 'is larger than a spec may be'],
    ['loop.yaml', 'include-unreadable', 'its symbolic links form a circle'],
  ])('%s is refused: %s', (path, code, message) => {
    let failure: unknown;
    try {
      read(path);
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(SpecccError);
    expect((failure as SpecccError).code).toBe(code);
    expect((failure as SpecccError).message).toContain(message);
  });

  test('a near name is suggested', () => {
    expect(() => read('common/units.yaml')).toThrow(
      expect.objectContaining({ hints: [`did you mean ${join(root, 'specs/common/unit.yaml')}?`] }),
    );
  });
});
