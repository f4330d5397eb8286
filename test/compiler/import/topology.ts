/** Models as tfjs saves them, brought to a form in which a saved model and the one built of its import must be equal. */
import * as tf from '@tensorflow/tfjs';
import { expect } from 'vitest';
import { type ImportedModel, type ImportOptions, importModel } from '../../../src/compiler/import/index.js';
import { compileSpec } from '../../../src/compiler/index.js';
import { formatDiagnostics } from '../../../src/diagnostics/index.js';
import { buildModel } from '../../../src/runtime/build-model.js';

export { tf };

await tf.setBackend('cpu');

type Json = Readonly<Record<string, unknown>>;
type Layer = InstanceType<typeof tf.layers.Layer>;

/** Fails with what the import says, where it says anything. */
export function imported(text: string, file = 'model.json', options: ImportOptions = {}): ImportedModel {
  const { model, diagnostics } = importModel(text, file, options);
  if (model === undefined) throw new Error(formatDiagnostics(diagnostics, text));
  return model;
}

/** The model that the text of a spec describes, as a person who has only the text would build it. */
export const built = (text: string): tf.LayersModel => buildModel(tf, compileSpec(text, 'imported.yaml'));

export const topologyOf = (model: tf.LayersModel): Json =>
  JSON.parse(JSON.stringify(model.toJSON(null, false))) as Json;

interface FlatLayer {
  readonly className: unknown;
  readonly config: unknown;
  readonly inputs: readonly string[];
}

export interface FlatModel {
  readonly inputs: readonly unknown[];
  readonly layers: Readonly<Record<string, FlatLayer>>;
  readonly outputs: readonly string[];
}

/**
 * The layers of a topology by name, those of models inside it among them, with what they take. Inputs go by their
 * number, since tfjs makes up names for them.
 */
function flatten(topology: Json): FlatModel {
  const inputs: unknown[] = [];
  const layers: Record<string, FlatLayer> = {};
  const put = (name: string, layer: Json, taken: readonly string[]) => {
    if (name in layers) throw new Error(`two layers ${name}`);
    layers[name] = { className: layer.class_name, config: withoutNames(layer.config), inputs: taken };
    return [name];
  };
  const walk = (model: Json, given?: readonly string[]): readonly string[] => {
    const config = model.config as Json;
    const items = (Array.isArray(config) ? config : config.layers) as readonly Json[];
    const isModel = (layer: Json) => ['Sequential', 'Functional', 'Model'].includes(String(layer.class_name));
    const input = (layer: Json) => {
      inputs.push((layer.config as Json).batch_input_shape);
      return [`input ${inputs.length}`];
    };
    if (model.class_name === 'Sequential') {
      const first = items[0]!;
      const steps = first.class_name === 'InputLayer' ? items.slice(1) : items;
      const shaped = (layer: Json): Json =>
        isModel(layer) ? shaped((layer.config as { layers: Json[] }).layers[0]!) : layer;
      let value = given ?? input(shaped(first));
      for (const step of steps) {
        value = isModel(step) ? walk(step, value) : put((step.config as { name: string }).name, step, value);
      }
      return value;
    }
    const values = new Map<string, readonly string[]>();
    const references = (list: unknown) => list as readonly (readonly [string, number, number])[];
    for (const [index, [name]] of references(config.input_layers).entries()) {
      const layer = items.find((item) => item.name === name)!;
      values.set(name, given === undefined ? input(layer) : [given[index]!]);
    }
    const take = (list: unknown) => references(list).map(([name, , output]) => values.get(name)![output]!);
    for (const layer of items) {
      const name = layer.name as string;
      if (values.has(name)) continue;
      const taken = take((layer.inbound_nodes as readonly unknown[])[0]);
      values.set(name, isModel(layer) ? walk(layer, taken) : put(name, layer, taken));
    }
    return take(config.output_layers);
  };
  const outputs = walk(topology);
  return { inputs, layers, outputs };
}

/** Without the name and what only a first layer has; names of layers inside others are tfjs's or lost. */
function withoutNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNames);
  if (typeof value !== 'object' || value === null) return value;
  const ignored = ['name', 'batch_input_shape', 'dtype'];
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !ignored.includes(key))
      .map(([key, inner]) => [key, withoutNames(inner)]),
  );
}

/**
 * Takes from the second what the first leaves open or says in other words: seeds that are null, open sizes of a
 * reshape, null for "not given", and the order of axes where a layer saves it only if it was given.
 */
function align(saved: unknown, ours: unknown): unknown {
  if (Array.isArray(saved) && Array.isArray(ours)) {
    return saved.map((item, index) => align(item, ours[index]));
  }
  if (!isObject(saved) || !isObject(ours)) return saved;
  return Object.fromEntries(
    Object.entries(saved).map(([key, value]) => {
      const mine = ours[key];
      if (key === 'seed' && value === null) return [key, mine];
      if (key === 'data_format' && value === 'channels_last' && mine === undefined) return [key, mine];
      if (key === 'target_shape' && (value as readonly unknown[]).includes(null)) return [key, mine];
      return [key, align(value, mine)];
    }),
  );
}

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Both topologies say the same, but for what a topology leaves open. */
export function expectSameTopology(saved: Json, ours: Json): void {
  const [one, other] = [flatten(saved), flatten(ours)];
  expect(other).toEqual(align(one, other));
}

/**
 * The same for what tfjs reads of a file of Keras: that also writes the last axis by its number, false for what tfjs
 * has as null, numbers of 32 bits in full, and an `implementation` that tfjs only passes on.
 */
export function expectSameAsKeras(saved: Json, ours: Json): void {
  const plain = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(plain);
    if (typeof value === 'number') return Math.fround(value);
    if (!isObject(value)) return value === false ? null : value;
    const entries = Object.entries(value).filter(([key]) => key !== 'implementation');
    return Object.fromEntries(
      entries.map(([key, inner]) => [key, key === 'axis' && Array.isArray(inner) ? -1 : plain(inner)]),
    );
  };
  const [one, other] = [flatten(saved), flatten(ours)].map(plain);
  expect(other).toEqual(align(one, other));
}

/** All layers of a model, those of models inside it too. */
export function leavesOf(model: tf.LayersModel): readonly Layer[] {
  return model.layers.flatMap((layer) =>
    'layers' in layer ? leavesOf(layer as unknown as tf.LayersModel) : [layer],
  );
}

/** Gives each layer the weights of its namesake; both get them, since setting them enforces their constraints. */
export function copyWeights(from: tf.LayersModel, to: tf.LayersModel): void {
  for (const layer of leavesOf(from)) {
    if (layer.weights.length === 0) continue;
    const weights = layer.getWeights().map((weight) => weight.clone());
    for (const model of [layer, to.getLayer(layer.name)]) model.setWeights(weights);
  }
}

/** Examples that are the same at each call; whole numbers from 0 where `integers` says below which. */
export function examplesFor(model: tf.LayersModel, integers?: number): tf.Tensor[] {
  return model.inputs.map(({ shape }, index) => {
    const full = [2, ...shape.slice(1).map((size) => size!)];
    const values = Array.from({ length: full.reduce((a, b) => a * b, 1) }, (_, n) =>
      integers === undefined ? Math.sin(n * 0.17 + index) : (n * 7) % integers,
    );
    return tf.tensor(values, full, 'float32');
  });
}

export const predictions = (model: tf.LayersModel, inputs: tf.Tensor[]): tf.Tensor[] =>
  [model.predict(inputs.length === 1 ? inputs[0]! : inputs)].flat();

export function expectSamePredictions(one: tf.LayersModel, other: tf.LayersModel, integers?: number): void {
  const inputs = examplesFor(one, integers);
  const [ours, theirs] = [predictions(one, inputs), predictions(other, inputs)];
  expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape));
  for (const [index, tensor] of ours.entries()) {
    const largest = tensor.sub(theirs[index]!).abs().max().dataSync()[0]!;
    expect(largest).toBeLessThan(1e-5);
    expect(tensor.isNaN().any().dataSync()[0]).toBe(0);
  }
}
