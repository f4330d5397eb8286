/**
 * The forms in which tfjs and Keras save a model, as one: a class, its config, how it was trained, and which
 * weights lie beside it. Nothing of the model itself is looked at here.
 */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue, isMapping } from '../../spec/describe.js';
import type { Findings } from './findings.js';
import type { JsonDocument } from './json-document.js';

export type Mapping = Readonly<Record<string, unknown>>;

/** Who wrote the file: the three mean different things by a few words. */
export type Dialect = 'tfjs' | 'keras2' | 'keras3';

export interface SavedModel {
  readonly dialect: Dialect;
  /** `TensorFlow.js`, `Keras 3`, as messages name it. */
  readonly writer: string;
  /** The object with `class_name` and `config`. */
  readonly model: SavedObject;
  /** As far as the file says how the model was compiled. */
  readonly training: { readonly value: Mapping; readonly path: SpecPath } | undefined;
  /** Of the weights beside a tfjs file; undefined where the file announces none. */
  readonly weights: readonly SavedWeight[] | undefined;
}

/** Anything that is saved as a class and its config: a model, a layer, an initializer. */
export interface SavedObject {
  readonly className: string;
  readonly config: Mapping;
  /** Its whole object, and where that stands. */
  readonly value: Mapping;
  readonly path: SpecPath;
}

export interface SavedWeight {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Undefined where the file holds no model of layers; the findings then say what it holds. */
export function readSavedModel(document: JsonDocument, findings: Findings): SavedModel | undefined {
  const no = (path: SpecPath, message: string, hint?: string): undefined => {
    findings.faults.push({ code: 'not-a-model', path, message, ...(hint !== undefined && { hint }) });
  };
  const { value: root } = document;
  if (!isMapping(root)) {
    return no([], `expected a saved model, found ${describeValue(root)}`);
  }
  const wrapped = 'modelTopology' in root;
  const topology = wrapped ? root.modelTopology : root;
  const path: SpecPath = wrapped ? ['modelTopology'] : [];
  if (root.format === 'graph-model' || (isMapping(topology) && 'node' in topology)) {
    const hint =
      'convert the Keras model again with --output_format tfjs_layers_model, or save its to_json()';
    return no(path, 'this is a graph-model: it holds operations, not layers', hint);
  }
  if (!isMapping(topology)) return no(path, `expected a model, found ${describeValue(topology)}`);

  const inner = isMapping(topology.model_config);
  const value = inner ? (topology.model_config as Mapping) : topology;
  const model = savedObject(value, inner ? [...path, 'model_config'] : path);
  if (model === undefined) {
    const hint = 'save it with model.save() of TensorFlow.js, or write what model.to_json() of Keras returns';
    return no(path, "expected a model with 'class_name' and 'config'", hint);
  }
  if (!isModelClass(model.className)) {
    if (Array.isArray(model.config.layers) || typeof model.value.registered_name === 'string') {
      const message = `the model is of a class of its own, ${quoted(model.className)}`;
      return no(
        [...model.path, 'class_name'],
        message,
        'only Sequential and functional models say what they do',
      );
    }
    return no([...model.path, 'class_name'], `expected a model, found ${quoted(model.className)}`);
  }

  const version = topology.keras_version ?? root.keras_version;
  const dialect = dialectOf(version, model, document.text);
  return {
    dialect,
    writer: writerOf(dialect),
    model,
    training: findTraining([
      [root.trainingConfig, ['trainingConfig']],
      [topology.training_config, [...path, 'training_config']],
      [value.compile_config, [...model.path, 'compile_config']],
    ]),
    weights: manifestOf(root.weightsManifest ?? root.weightSpecs),
  };
}

const quoted = (text: string) => describeValue(text);

export const isModelClass = (className: string) =>
  className === 'Sequential' || className === 'Functional' || className === 'Model';

/** What a value is saved as; undefined where it is no such object. A list is the config of the oldest Sequential. */
export function savedObject(value: unknown, path: SpecPath): SavedObject | undefined {
  if (!isMapping(value) || typeof value.class_name !== 'string') return undefined;
  const config = Array.isArray(value.config) ? { layers: value.config } : (value.config ?? {});
  if (!isMapping(config)) return undefined;
  return { className: value.class_name, config, value, path };
}

/** Where the layers of a model stand. */
export const layersPath = ({ value, path }: SavedObject): SpecPath =>
  Array.isArray(value.config) ? [...path, 'config'] : [...path, 'config', 'layers'];

function dialectOf(version: unknown, model: SavedObject, text: string): Dialect {
  if (typeof version === 'string') {
    if (version.startsWith('tfjs')) return 'tfjs';
    return Number.parseInt(version, 10) >= 3 ? 'keras3' : 'keras2';
  }
  // Both Keras 3 and the last Keras 2 write `module`, but only Keras 2 the longer word for an input's shape.
  return 'module' in model.value && !text.includes('"batch_input_shape"') ? 'keras3' : 'keras2';
}

const writerOf = (dialect: Dialect) =>
  ({ tfjs: 'TensorFlow.js', keras2: 'Keras 2', keras3: 'Keras 3' })[dialect];

function findTraining(
  places: readonly (readonly [value: unknown, path: SpecPath])[],
): SavedModel['training'] {
  for (const [value, path] of places) {
    if (isMapping(value) && Object.keys(value).length > 0) return { value, path };
  }
  return undefined;
}

/** Of a manifest's groups, or of the bare list that `model.save` hands to its handlers. */
function manifestOf(manifest: unknown): readonly SavedWeight[] | undefined {
  if (!Array.isArray(manifest)) return undefined;
  const specs = manifest.flatMap((group: unknown) =>
    isMapping(group) && Array.isArray(group.weights) ? (group.weights as unknown[]) : [group],
  );
  return specs.flatMap((spec) => {
    if (!isMapping(spec) || typeof spec.name !== 'string' || !isShape(spec.shape)) return [];
    // tfjs writes the optimizer's weights behind the model's where it is asked to.
    if (spec.group === 'optimizer') return [];
    return [{ name: spec.name, shape: spec.shape }];
  });
}

const isShape = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((size) => Number.isInteger(size));

/** `Conv2D 'c1'`, as all messages name a layer. */
export const labelOf = (className: string, name: string) => `${shorten(className)} '${shorten(name)}'`;

const shorten = (text: string) => (text.length > 64 ? `${text.slice(0, 63)}…` : text);
