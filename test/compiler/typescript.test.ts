import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import * as tf from '@tensorflow/tfjs';
import { describe, expect, test } from 'vitest';
import { compileSpec } from '../../src/compiler/check-spec.js';
import type { ModelGraph } from '../../src/compiler/model-graph.js';
import { emitTypeScript } from '../../src/compiler/typescript.js';
import type { LayerClass } from '../../src/layers/index.js';
import * as golden from '../golden/lenet5.js';
import { graphOf } from './example-graphs.js';
import { instructions, parse, runModule, runPrinted, typeErrors } from './printed-modules.js';

tf.env().set('PROD', true);

const repository = join(import.meta.dirname, '../..');
const lenet5Text = readFileSync(join(repository, 'specs/lenet5.yaml'), 'utf8');
const lenet5 = compileSpec(lenet5Text, 'specs/lenet5.yaml');

describe('LeNet-5', () => {
  test('is printed as test/golden/lenet5.ts has it (`npx vitest run -u` renews it)', async () => {
    const text = await emitTypeScript(lenet5, { version: '0.0.0' });
    await expect(text).toMatchFileSnapshot('../golden/lenet5.ts');
  });

  test('the golden file is a module that makes LeNet-5', () => {
    const model = golden.createLenet5();
    golden.compileLenet5(model);
    expect(model.countParams()).toBe(62_006);
    const classNames: readonly golden.ClassName[] = golden.classNames;
    expect(model.inputs.map(({ shape }) => shape)).toEqual([[null, ...golden.inputShape]]);
    expect(model.outputs.map(({ shape }) => shape)).toEqual([[null, classNames.length]]);
    expect(model.layers.map(({ name }) => name)).toEqual([
      'c1',
      'p1',
      'c2',
      'p2',
      'flatten',
      'f1',
      'f2',
      'f3',
    ]);
    model.dispose();
  });

  test('is the same text in another process, folder, time zone and language', async () => {
    const script = `
      import { readFileSync } from 'node:fs';
      import { compileSpec, emitTypeScript } from ${JSON.stringify(pathToFileURL(join(repository, 'dist/compiler/index.js')).href)};
      const file = ${JSON.stringify(join(repository, 'specs/lenet5.yaml'))};
      process.stdout.write(await emitTypeScript(compileSpec(readFileSync(file, 'utf8'), file)));`;
    const { stdout } = await promisify(execFile)(
      process.execPath,
      ['--input-type=module', '--eval', script],
      {
        cwd: tmpdir(),
        env: { ...process.env, TZ: 'Asia/Tokyo', LANG: 'de_DE.UTF-8', LC_ALL: 'de_DE.UTF-8' },
      },
    );
    expect(stdout).toBe(await emitTypeScript(lenet5));
    expect(stdout).not.toContain(repository);
  });

  test('has a new digest, and nothing else, where only a comment of the spec changes', async () => {
    const other = await emitTypeScript(compileSpec(`${lenet5Text}# reviewed\n`, 'specs/lenet5.yaml'));
    const lines = (await emitTypeScript(lenet5)).split('\n');
    const changed = other.split('\n').filter((line, index) => line !== lines[index]);
    expect(changed).toEqual([expect.stringMatching(/^ \* Spec: sha256 [0-9a-f]{64}$/)]);
  });
});

test('without a training section there is nothing to compile and there are no class names', async () => {
  const { training, ...spec } = JSON.parse(JSON.stringify(lenet5)) as ModelGraph;
  expect(training).toBeDefined();
  const text = await emitTypeScript({ ...spec, training: undefined });
  expect(parse(text).statements).toHaveLength(3);
  expect(text).not.toMatch(/compile[A-Z(]|classNames|ClassName/);
});

test('a layer without weights promises nothing about weights', async () => {
  const text = await emitTypeScript(
    graphOf({ name: 'pool', input: [4, 4, 1], layers: [{ type: 'flatten' }] }),
  );
  expect(text).toContain(' * Builds the model.\n *\n * 1 layer, 0 parameters, 0 multiply-adds per image.\n');
});

describe('layers of classes that are not those of tfjs', async () => {
  const source = `
    import * as tf from '@tensorflow/tfjs';
    export class Scale extends tf.layers.Layer {
      static readonly className = 'Scale';
      readonly factor: number;
      constructor(options: { name: string; inputShape?: number[]; factor: number }) {
        super(options);
        this.factor = options.factor;
      }
      override computeOutputShape(shape: tf.Shape): tf.Shape {
        return shape;
      }
      override call(inputs: tf.Tensor[]): tf.Tensor {
        return inputs[0]!.mul(this.factor);
      }
    }`;
  const { Scale } = (await runModule(source, tf)) as { Scale: LayerClass['class'] };
  const dense = graphOf({ name: 'scaled', input: [2], layers: [{ name: 'a', type: 'dense', units: 2 }] });
  const scale = (name: string, from: string, module: string, factor: number): ModelGraph['nodes'][0] => ({
    ...dense.nodes[0]!,
    name,
    inputs: [from],
    call: { call: 'new', className: 'Scale', module, class: Scale, args: [{ name, factor }] },
  });
  const graph: ModelGraph = {
    ...dense,
    nodes: [
      scale('a', 'input', './scale.js', 2),
      scale('b', 'a', './other.js', 3),
      scale('c', 'b', './scale.js', 5),
    ],
    outputs: ['c'],
  };

  test('are imported, each under a name of its own', async () => {
    const text = await emitTypeScript(graph);
    expect(text).toContain(
      [
        "import * as tf from '@tensorflow/tfjs';",
        "import { Scale } from './scale.js';",
        "import { Scale as Scale_2 } from './other.js';",
        '',
      ].join('\n'),
    );
    expect(text).toContain("model.add(new Scale({ name: 'a', inputShape: [...inputShape], factor: 2 }));");
    expect(text).toContain("model.add(new Scale_2({ name: 'b', factor: 3 }));");
    const files = { model: text, scale: source, other: source };
    expect(typeErrors(new Map(Object.entries(files)))).toEqual([]);
  });

  test.each([
    ['a chain', ['c']],
    ['a graph that is no chain', ['b', 'c']],
  ])('compute what they say in %s', async (_title, outputs) => {
    const text = await emitTypeScript({ ...graph, outputs });
    const module = await runPrinted(text, tf, { './scale.js': { Scale }, './other.js': { Scale } });
    const model = module.create();
    const made = [model.predict(tf.tensor2d([[1, -1]]))].flat().at(-1)!;
    expect(Array.from(made.dataSync())).toEqual([30, -30]);
  });
});

describe('a graph that is no chain', () => {
  const chain = graphOf({
    name: 'two-in',
    input: [4, 4, 1],
    layers: [
      { name: 'left', type: 'flatten' },
      { name: 'class', type: 'dense', units: 2 },
    ],
  });
  const [left, dense] = chain.nodes as [ModelGraph['nodes'][0], ModelGraph['nodes'][0]];
  const merge = (name: string, inputs: string[], layer: string): ModelGraph['nodes'][0] => ({
    ...dense,
    name,
    inputs,
    weights: [],
    call: { call: `tf.layers.${layer}`, args: [{ name }] },
  });
  const graph: ModelGraph = {
    ...chain,
    inputs: [
      { name: 'input', shape: [4, 4, 1] },
      { name: 'side-input', shape: [3] },
    ],
    nodes: [
      left,
      merge('joined', ['left', 'side-input'], 'concatenate'),
      { ...dense, inputs: ['joined'] },
      merge('tf', ['class', 'class'], 'add'),
    ],
    outputs: ['tf', 'class'],
  };

  test('has a named constant for every value', async () => {
    const text = await emitTypeScript(graph);
    const lines = text.split('\n').filter((line) => /^ {2}(const|return)|^export/.test(line));
    expect(lines).toEqual([
      "export const inputShapes = { input: [4, 4, 1], 'side-input': [3] } as const;",
      'export function createTwoIn(): tf.LayersModel {',
      "  const input = tf.input({ name: 'input', shape: [...inputShapes.input] });",
      "  const sideInput = tf.input({ name: 'side-input', shape: [...inputShapes['side-input']] });",
      "  const left = tf.layers.flatten({ name: 'left' }).apply(input) as tf.SymbolicTensor;",
      "  const joined = tf.layers.concatenate({ name: 'joined' }).apply([left, sideInput]) as tf.SymbolicTensor;",
      '  const class_2 = tf.layers',
      "  const tf_2 = tf.layers.add({ name: 'tf' }).apply([class_2, class_2]) as tf.SymbolicTensor;",
      "  return tf.model({ name: 'two-in', inputs: [input, sideInput], outputs: [tf_2, class_2] });",
    ]);
    expect(instructions(parse(text))).toEqual([]);
  });

  test('computes what it says', async () => {
    const model = (await runPrinted(await emitTypeScript(graph), tf)).create();
    const [sum, single] = model.predict([tf.ones([1, 4, 4, 1]), tf.ones([1, 3])]) as [tf.Tensor, tf.Tensor];
    expect(Array.from(sum.dataSync())).toEqual(Array.from(single.mul(2).dataSync()));
    expect(model.countParams()).toBe(19 * 2 + 2);
  });
});
