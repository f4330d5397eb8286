/** The module and its loader, taken up by people who have nothing else: strict checkers, plain Node, other engines. */
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatSafetensors, parseSafetensors } from '../../../src/compiler/safetensors.js';
import { emitWasm, emitWat, type StandaloneModule } from '../../../src/compiler/wasm/standalone.js';
import { compileSpec, type ModelGraph, SpecError } from '../../../src/index.js';
import { openCompiledEngine } from '../../../src/runtime/compiled-engine/compiled-engine.js';
import { initialModel } from '../../../src/runtime/compiled-engine/initial-model.js';
import type { Weight } from '../../../src/runtime/engine.js';
import { openTfjsEngine } from '../../../src/runtime/tfjs-engine.js';
import { expectFormatted, instructions, parse, typeErrors } from '../printed-modules.js';

const compiled = compileSpec(
  `name: small-net
seed: 3
input: [9, 8, 3]
layers:
  - { name: c1, type: conv2d, filters: 6, kernelSize: 3, activation: tanh }
  - { type: maxPooling2d, poolSize: 2 }
  - { type: dropout, rate: 0.3 }
  - { type: flatten }
  - { name: out, type: dense, units: 10, activation: softmax, kernelRegularizer: { type: l2, l2: 0.001 } }
training:
  dataset: { type: synthetic, classes: 10 }
  optimizer: adam
  loss: sparseCategoricalCrossentropy
  metrics: [accuracy]
  batchSize: 12
`,
  'small.yaml',
);
const training = { ...compiled.training!, classNames: [...'abcdefghij'] };
const small = { ...compiled, training };

/** No training, two inputs, two outputs. */
const double = compileSpec(
  `name: double
inputs: { left: [4], right: [2, 3] }
layers:
  - { name: near, type: dense, units: 5, activation: relu, from: left }
  - { name: flat, type: flatten, from: right }
  - { name: both, type: concatenate, from: [near, flat] }
  - { name: one, type: dense, units: 2, from: both }
  - { name: two, type: dense, units: 3, activation: softmax, from: both }
outputs: [one, two]
`,
  'double.yaml',
);

/** Statistics of a batch: a step takes all of it at once. */
const whole = compileSpec(
  `name: whole
input: [5]
layers:
  - { name: d1, type: dense, units: 7 }
  - { name: bn, type: batchNormalization }
  - { name: out, type: dense, units: 3, activation: softmax }
training: { dataset: { type: synthetic, classes: 3 }, optimizer: { type: sgd, learningRate: 0.1 }, loss: categoricalCrossentropy, batchSize: 4 }
`,
  'whole.yaml',
);

interface StepValues {
  readonly loss: number;
  readonly accuracy: number;
}
interface Model {
  predict(inputs: unknown): Float32Array & Record<string, Float32Array>;
  evaluate(inputs: unknown, labels: ArrayLike<number>): StepValues;
  trainStep(inputs: unknown, labels: ArrayLike<number>, seed?: number): StepValues;
  getWeights(): Record<string, Float32Array>;
  setWeights(weights: Record<string, ArrayLike<number>>): void;
  saveWeights(): Uint8Array;
  loadWeights(file: Uint8Array | ArrayBuffer): void;
}
type Load = (source: unknown) => Promise<Model>;

let folder: string;
const emitted = new Map<ModelGraph, StandaloneModule>();
const initial = new Map<ModelGraph, readonly Weight[]>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'speccc-standalone-'));
  for (const graph of [small, double, whole]) {
    initial.set(graph, (await initialModel(graph)()).weights);
    const made = await emitWasm(graph, initial.get(graph)!);
    emitted.set(graph, made);
    await writeFile(join(folder, `${graph.name}.wasm`), made.wasm);
    await writeFile(join(folder, `${graph.name}.mjs`), javaScript(made.loader));
  }
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const javaScript = (text: string) =>
  ts.transpileModule(text, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022 },
  }).outputText;

async function loaderOf({ name }: ModelGraph): Promise<Load> {
  const exported: Record<string, unknown> = await import(pathToFileURL(join(folder, `${name}.mjs`)).href);
  return Object.entries(exported).find(([key]) => key.startsWith('load'))![1] as Load;
}
const load = async (graph: ModelGraph) => (await loaderOf(graph))(join(folder, `${graph.name}.wasm`));

/** Exact binary fractions, or bytes. */
const numbers = (count: number, seed = 0) =>
  Float32Array.from({ length: count }, (_, i) => ((i * 37 + seed * 11) % 256) / 256);
const pixels = (count: number, seed = 0) =>
  Uint8Array.from({ length: count }, (_, i) => (i * 37 + seed * 11) % 256);
const labelsOf = (count: number, classes = 10) =>
  Int32Array.from({ length: count }, (_, i) => (i * 7) % classes);
const size = 9 * 8 * 3;

function expectClose(found: ArrayLike<number>, wanted: ArrayLike<number>): void {
  expect(found.length).toBe(wanted.length);
  for (let i = 0; i < wanted.length; i += 1) expect(found[i]).toBeCloseTo(wanted[i]!, 5);
}

describe('a loaded module', () => {
  test("predicts in plain Node, in a folder of its own, what tfjs's model does", async () => {
    const program = `
      import { classNames, inputShape, loadSmallNet, outputShape, weightShapes } from './small-net.mjs';
      const model = await loadSmallNet(new URL('small-net.wasm', import.meta.url));
      const images = Float32Array.from({ length: 40 * ${size} }, (_, i) => ((i * 37) % 256) / 256);
      const outputs = [...model.predict(images)];
      const weights = Object.keys(weightShapes);
      console.log(JSON.stringify({ outputs, inputShape, outputShape, classes: classNames.length, weights }));`;
    await writeFile(join(folder, 'program.mjs'), program);
    const { stdout, stderr } = await promisify(execFile)(process.execPath, ['program.mjs'], {
      cwd: folder,
      env: {},
    });
    expect(stderr).toBe('');
    const { outputs, ...facts } = JSON.parse(stdout);
    expect(facts).toEqual({
      inputShape: [9, 8, 3],
      outputShape: [10],
      classes: 10,
      weights: ['c1/kernel', 'c1/bias', 'out/kernel', 'out/bias'],
    });
    const engine = await openTfjsEngine(small, 'cpu');
    const batch = { count: 40, inputs: numbers(40 * size), scale: 1, labels: labelsOf(40) };
    expectClose(outputs, await engine.predictBatch(batch));
    const { values } = await engine.evaluateBatch(batch);
    engine.dispose();
    const model = await load(small);
    const found = model.evaluate(numbers(40 * size), labelsOf(40));
    expectClose([found.loss, found.accuracy], values);
  });

  test.each([
    ['floats', numbers],
    ['bytes', pixels],
  ])('trains to the very bytes of the compiled engine, on %s', async (_, inputsOf) => {
    const engine = await openCompiledEngine(small, { threads: 1 });
    const model = await load(small);
    for (const [step, count] of [12, 12, 7, 40].entries()) {
      const [inputs, labels] = [inputsOf(count * size, step), labelsOf(count)];
      const wanted = await engine.trainStep({ count, inputs, scale: 1 / 255, labels }, step);
      expect(Object.values(model.trainStep(inputs, labels))).toEqual(wanted);
    }
    const weights = model.getWeights();
    for (const { name, values } of await engine.getWeights()) expect(weights[name], name).toEqual(values);
    engine.dispose();
  });

  test('has a model of its own at every load, from a path, bytes, or a buffer', async () => {
    const loadIt = await loaderOf(small);
    const { wasm } = emitted.get(small)!;
    const models = await Promise.all([
      loadIt(join(folder, 'small-net.wasm')),
      loadIt(wasm),
      loadIt(wasm.buffer),
      loadIt(`data:application/wasm;base64,${Buffer.from(wasm).toString('base64')}`),
    ]);
    const outputs = models.map((model) => model.predict(numbers(size)));
    models[0]!.trainStep(numbers(size), [1]);
    expect(models.slice(1).map((model) => model.predict(numbers(size)))).toEqual(outputs.slice(1));
    expect(outputs[1]).toEqual(outputs[0]);
    expect(models[0]!.predict(numbers(size))).not.toEqual(outputs[0]);
    expect(models[0]!.predict(new Float32Array()).length).toBe(0);
  });

  test('takes several inputs and gives several outputs by their names', async () => {
    const model = await load(double);
    const inputs = { left: numbers(5 * 4), right: numbers(5 * 6, 3) };
    const found = model.predict(inputs);
    const byName = new Map(initial.get(double)!.map(({ name, values }) => [name, values]));
    const dense = (input: readonly number[], layer: string) => {
      const [kernel, bias] = [byName.get(`${layer}/kernel`)!, byName.get(`${layer}/bias`)!];
      return Array.from(bias, (start, unit) =>
        input.reduce((sum, value, i) => sum + value * kernel[i * bias.length + unit]!, start),
      );
    };
    for (let example = 0; example < 5; example += 1) {
      const near = dense([...inputs.left.subarray(example * 4, example * 4 + 4)], 'near');
      const both = [
        ...near.map((value) => Math.max(value, 0)),
        ...inputs.right.subarray(example * 6, example * 6 + 6),
      ];
      const powers = dense(both, 'two').map(Math.exp);
      const sum = powers.reduce((all, power) => all + power);
      expectClose(found.one!.subarray(example * 2, example * 2 + 2), dense(both, 'one'));
      expectClose(
        found.two!.subarray(example * 3, example * 3 + 3),
        powers.map((power) => power / sum),
      );
    }
    expect(model.trainStep).toBeUndefined();
    expect(() => model.predict({ ...inputs, right: numbers(6) })).toThrow('found 5 and 1');
    expect(() => model.predict({ ...inputs, right: pixels(30) })).toThrow('all inputs as bytes');
  });

  test('keeps weights as safetensors', async () => {
    const model = await load(small);
    const fresh = await load(small);
    model.trainStep(numbers(12 * size), labelsOf(12));
    const file = model.saveWeights();
    const arrays = parseSafetensors(file)!;
    expect(arrays.map(({ name, shape }) => ({ name, shape }))).toEqual(
      initial.get(small)!.map(({ name, shape }) => ({ name, shape })),
    );
    expect(file).toEqual(formatSafetensors(arrays, { model: 'small-net' }));
    fresh.loadWeights(Buffer.concat([new Uint8Array(3), file]).subarray(3));
    expect(fresh.predict(numbers(size))).toEqual(model.predict(numbers(size)));
    fresh.setWeights({ 'out/bias': new Array(10).fill(0.5) });
    expect(fresh.getWeights()['out/bias']).toEqual(new Float32Array(10).fill(0.5));
    expect(fresh.getWeights()['c1/kernel']).toEqual(model.getWeights()['c1/kernel']);
  });

  test('says what is wrong with what it is given', async () => {
    const model = await load(small);
    const before = model.getWeights();
    expect(() => model.predict(numbers(size + 1))).toThrow(`of ${size} numbers each, found ${size + 1}`);
    expect(() => model.trainStep(numbers(size * 2), [1])).toThrow('2 labels, one for each example, found 1');
    expect(() => model.trainStep(numbers(size), [10])).toThrow('labels from 0 to 9, found 10');
    expect(() => model.evaluate(numbers(size), [0.5])).toThrow('labels from 0 to 9, found 0.5');
    expect(() => model.evaluate(numbers(0), [])).toThrow('at least one example');
    expect(() => model.setWeights({ 'out/bias': [1], 'c1/bias': new Float32Array(6) })).toThrow(
      'out/bias has 10 numbers, found 1',
    );
    expect(() => model.setWeights({ constructor: [1] })).toThrow("has no weight 'constructor'");
    const arrays = parseSafetensors(model.saveWeights())!;
    const saved = (list: typeof arrays) => () => model.loadWeights(formatSafetensors(list, {}));
    expect(saved(arrays.slice(1))).toThrow("no weight 'c1/kernel'");
    expect(saved([...arrays, { ...arrays[0]!, name: 'constructor' }])).toThrow(
      "'constructor', which is no weight",
    );
    expect(saved([{ ...arrays[0]!, shape: [3, 3, 6, 3] }, ...arrays.slice(1)])).toThrow(
      'expected c1/kernel as F32 [3,3,3,6], found F32 [3,3,6,3]',
    );
    expect(() => model.loadWeights(model.saveWeights().slice(0, -1))).toThrow('cut short');
    expect(() => model.loadWeights(new Uint8Array(3))).toThrow('no safetensors file');
    expect(model.getWeights()).toEqual(before);
    const needsAll = await load(whole);
    expect(() => needsAll.trainStep(numbers(25), [0, 1, 2, 0, 1])).toThrow('at most 4 examples');
    expect(needsAll.evaluate(numbers(25), [0, 1, 2, 0, 1]).loss).toBeGreaterThan(0);
  });

  test('refuses a module that is another one, has lost its weights, or is none', async () => {
    const loadIt = await loaderOf(small);
    const { wasm, programBytes } = emitted.get(small)!;
    await expect(loadIt(emitted.get(whole)!.wasm)).rejects.toThrow('were not made together');
    await expect(loadIt(wasm.slice(0, programBytes))).rejects.toThrow('has lost the weights');
    await expect(loadIt(new TextEncoder().encode('<html>'))).rejects.toThrow('takes WebAssembly with SIMD');
    await expect(loadIt(join(folder, 'nothing.wasm'))).rejects.toThrow('ENOENT');
  });
});

describe('the loader', () => {
  test('passes the strictest checks, with the types of a browser and without, and has literal types', () => {
    const use = `
import { type ClassName, classNames, inputShape, loadSmallNet, type StepValues, type WeightName } from './small-net.js';

export async function use(): Promise<StepValues> {
  const height: 9 = inputShape[0];
  const first: ClassName = classNames[0];
  const name: WeightName = 'c1/kernel';
  const model = await loadSmallNet({ href: \`\${height} \${first}\` });
  const kernel: Float32Array = model.getWeights()[name];
  model.setWeights({ 'out/bias': [...kernel] });
  // @ts-expect-error: no weight of this model
  model.setWeights({ 'c2/bias': [] });
  model.loadWeights(model.saveWeights());
  const outputs: Float32Array = model.predict(new Uint8Array(3));
  return model.trainStep(outputs, [1, 2], 5);
}
`;
    const files = new Map([...emitted].map(([{ name }, { loader }]) => [name, loader]));
    expect(typeErrors(new Map([...files, ['use', use]]))).toEqual([]);
    expect(typeErrors(new Map([...files, ['use', use]]), ['lib.es2022.d.ts'])).toEqual([]);
  });

  test('is as formatters leave it', async () => {
    await expectFormatted(new Map([...emitted].map(([{ name }, { loader }]) => [name, loader])));
  });

  test('is the same for all weights, and another for another program', async () => {
    const doubled = initial.get(small)!.map((weight) => ({
      ...weight,
      values: weight.values.map((value) => value * 2),
    }));
    const { loader, wasm } = await emitWasm(small, doubled);
    expect(loader).toBe(emitted.get(small)!.loader);
    expect(wasm).not.toEqual(emitted.get(small)!.wasm);
    const wider = await emitWasm(small, doubled, { batchSize: 32, fileName: 'wider.wasm' });
    expect(wider.loader).toContain("file: 'wider.wasm'");
    expect(wider.loader).toContain('lanes: 32');
  });

  test('can leave training out, and take classes and the scale of bytes from elsewhere', async () => {
    const { loader, wasm, memoryBytes, programBytes } = await emitWasm(small, initial.get(small)!, {
      predictOnly: true,
      byteScale: 0.5,
      classNames: ['yes', 'no'],
    });
    expect(programBytes).toBeLessThan(emitted.get(small)!.programBytes / 2);
    expect(memoryBytes).toBeLessThanOrEqual(emitted.get(small)!.memoryBytes);
    expect(loader).toContain('speccc compile small.yaml --target wasm --predict-only\n');
    expect(loader).toContain('which are multiplied by 1/2 first');
    expect(loader).toContain("export const classNames = ['yes', 'no'] as const;");
    expect(loader).not.toMatch(/evaluate|trainStep/);
    await writeFile(join(folder, 'predicts.mjs'), javaScript(loader));
    const { loadSmallNet } = await import(pathToFileURL(join(folder, 'predicts.mjs')).href);
    const model: Model = await loadSmallNet(wasm);
    const even = pixels(3 * size).map((value) => value & ~1);
    const halved = Float32Array.from(even, (value) => value / 2);
    expect(model.predict(even)).toEqual((await load(small)).predict(halved));
    await expect(loadSmallNet(emitted.get(small)!.wasm)).rejects.toThrow('were not made together');
  });

  test('lets no word of a spec become code', async () => {
    const hostile = {
      ...small,
      name: "*/ process.exit(1) /*'`${x}",
      description: '*/ @ts-nocheck\n# sourceMappingURL=x',
      source: { ...small.source, file: "a*/b'.yaml" },
      training: { ...small.training!, classNames: ["'", '\\', '`${x}`', '\u2028'] },
    };
    const { loader } = await emitWasm(hostile, initial.get(small)!, { fileName: "*/'x.wasm" });
    expect(instructions(parse(loader))).toEqual([]);
  });
});

test('the text of a module is indented by its forms, and names the layers of none but ours', () => {
  const text = emitWat(whole);
  expect(text).toMatch(/^;; whole\n;; Generated by speccc .*\n\(module\n {2}\(import "env" "memory"/);
  expect(text.trimEnd().split('\n').at(-1)).toBe(')');
});

test('a layer that is not covered is a fault of the spec', async () => {
  const recurrent = compileSpec(
    'name: r\ninput: [5, 3]\nlayers:\n  - { type: lstm, units: 2, recurrentInitializer: glorotUniform }\n',
    'r.yaml',
  );
  await expect(emitWasm(recurrent, [])).rejects.toThrow(SpecError);
});
