/**
 * A saved layer as a layer of a spec. Which classes and options there are, what their values may be and which of
 * them go without saying comes from the registry; only words that differ are in `keras-words.ts`.
 */
import type { SpecPath } from '../../diagnostics/index.js';
import { builtInRegistry, type LayerDefinition, type LayerRegistry } from '../../layers/index.js';
import { deriveSeed } from '../../layers/seed.js';
import { describeValue, isMapping, type JsonSchema } from '../../spec/describe.js';
import { checkDtype } from './check-dtype.js';
import type { Findings } from './findings.js';
import { importValue, type ValueContext } from './import-value.js';
import {
  classAliases,
  hollowOptions,
  isNeutral,
  isOfAbsentWeight,
  keptOptions,
  keyAliases,
  operationClasses,
  wayOut,
} from './keras-words.js';
import { camelCase } from './names.js';
import { type Dialect, labelOf, type Mapping, type SavedObject, savedObject } from './saved-model.js';

export interface LayerContext {
  readonly registry: LayerRegistry;
  readonly findings: Findings;
  readonly dialect: Dialect;
  /** The spec's, from which it derives those of its layers. */
  readonly seed: number;
  /** Whether the model masks steps, so that what happens to masked ones matters. */
  readonly masked: boolean;
}

export interface ImportedLayer {
  readonly type: string;
  readonly options: Readonly<Record<string, unknown>>;
}

interface Place {
  readonly context: LayerContext;
  /** How messages name the layer of the model, also for what is inside it. */
  readonly label: string;
  /** The layer's name in the spec. */
  readonly name: string;
  /** The options that lead from there to this layer, with a dot behind each: `cell.cells.0.` */
  readonly role: string;
}

/** Undefined where the registry has no such layer; what it cannot say of one is among the findings. */
export function importLayer(
  layer: SavedObject & { readonly name: string; readonly frozen: boolean },
  name: string,
  context: LayerContext,
): ImportedLayer | undefined {
  const label = labelOf(layer.className, layer.name);
  const definition = definitionOf(layer, context.registry.layers, { context, label, name, role: '' });
  if (definition === undefined) return undefined;
  const options = importOptions(definition, layer, { context, label, name, role: '' });
  const frozen = layer.frozen && Object.hasOwn(definition.options.properties, 'trainable');
  return { type: definition.type, options: frozen ? { ...options, trainable: false } : options };
}

function definitionOf(
  { className, value, path }: SavedObject,
  kinds: ReadonlyMap<string, LayerDefinition>,
  { context: { findings }, label }: Place,
): LayerDefinition | undefined {
  const current = Object.hasOwn(classAliases, className) ? classAliases[className] : className;
  const definition = [...kinds.values()].find((kind) => kind.className === current);
  const builtIn = definition !== undefined && builtInRegistry.layers.get(definition.type) === definition;
  // Operations on tensors and classes of other people may be called like layers.
  const isOperation = typeof value.module === 'string' && /\.ops\./.test(value.module);
  const isForeign =
    typeof value.registered_name === 'string' && /^(?!keras)[^>]*>/i.test(value.registered_name);
  const isOther = builtIn && (isForeign || (isOperation && !operationClasses.has(className)));
  if (definition !== undefined && !isOther) return definition;
  const what = isForeign
    ? 'is of a class of somebody’s own'
    : `is ${isOperation ? 'an operation, and no' : 'no'} layer that a spec can have`;
  findings.cannot([...path, 'class_name'], `${label} ${what}`);
  return undefined;
}

function importOptions(
  definition: LayerDefinition,
  layer: SavedObject,
  place: Place,
): Readonly<Record<string, unknown>> {
  const { findings, dialect, seed } = place.context;
  const properties = definition.options.properties as unknown as Readonly<Record<string, JsonSchema>>;
  const options: Record<string, unknown> = {};
  const at = (key: string) => [...layer.path, 'config', key];
  checkDtype(layer.config.dtype, at('dtype'), place.label, findings);
  for (const [key, value] of Object.entries(layer.config)) {
    const option = optionOf(key, definition);
    if (key === 'name' || isOfAbsentWeight(key, layer.config)) continue;
    if (hollowOptions.has(option) && dialect !== 'tfjs') continue;
    const schema = Object.hasOwn(properties, option) ? properties[option]! : undefined;
    if (schema === undefined) {
      checkUnknown(key, layer, place);
      continue;
    }
    const context: ValueContext = {
      findings,
      dialect,
      label: place.label,
      path: at(key),
      option,
      derivedSeed: deriveSeed(seed, place.name, place.role + option),
      nested: (inner, kind, path, role) =>
        importNested(inner, kind, path, { ...place, role: `${place.role}${role}.` }),
    };
    if (isMisplaced(key, layer.config)) continue;
    const imported = importValue(schema, value, context);
    const isDefault = JSON.stringify(imported) === JSON.stringify(schema.default) && !keptOptions.has(option);
    if (imported !== undefined && !isDefault) options[option] = imported;
  }
  const inOrder = Object.keys(properties).filter((option) => Object.hasOwn(options, option));
  return Object.fromEntries(inOrder.map((option) => [option, options[option]]));
}

/** The key of a saved layer that an option of the spec came from. */
export function keyOfOption(layer: SavedObject, option: string): string | undefined {
  return Object.keys(layer.config).find((key) => optionOf(key, layer) === option);
}

function optionOf(key: string, { className }: { readonly className: string }): string {
  const aliases = Object.hasOwn(keyAliases, className) ? keyAliases[className]! : {};
  return Object.hasOwn(aliases, key) ? aliases[key]! : camelCase(key);
}

/** A layer or cell that another one holds; it has no name in a spec. */
function importNested(value: unknown, kind: 'layer' | 'cell', path: SpecPath, place: Place): unknown {
  const { registry, findings } = place.context;
  const saved = savedObject(value, path);
  if (saved === undefined) {
    findings.damaged(path, `${place.label}: expected a ${kind}, found ${describeValue(value)}`);
    return undefined;
  }
  const inside = { ...place, label: `${place.label}, its ${kind} ${describeValue(saved.className)}` };
  const definition = definitionOf(saved, kind === 'cell' ? registry.cells : registry.layers, inside);
  return definition && { type: definition.type, ...importOptions(definition, saved, inside) };
}

/** tfjs saves the regularizer of a depthwise kernel in the place of its constraint too. */
function isMisplaced(key: string, config: Mapping): boolean {
  const value = config[key];
  const twin = config[key.replace(/_constraint$/, '_regularizer')];
  return (
    key.endsWith('_constraint') && isMapping(value) && value.class_name === 'L1L2' && isSame(value, twin)
  );
}

/** A key that is no option of the layer. */
function checkUnknown(key: string, layer: SavedObject, { context, label }: Place): void {
  const { findings, dialect, masked } = context;
  const { config } = layer;
  const value = config[key];
  const cell = savedObject(config.cell, []);
  if (isNeutral(key, value) || (key === 'zero_output_for_mask' && !masked)) return;
  // The older `rnn` of tfjs repeats its cell's config in its own.
  if (dialect === 'tfjs' && cell !== undefined && isSame(cell.config[key], value)) return;
  if (key === 'backward_layer' && isMirror(value, config.layer)) return;
  if (key === 'seed') {
    findings.note('its seed is left out: what is random in training follows from the seed of the run', label);
    return;
  }
  if (key.endsWith('_initializer')) {
    const others = Object.keys(config).filter((other) => other !== key && other.endsWith('_initializer'));
    if (others.some((other) => isSame(config[other], value))) return;
    findings.note(`its ${key} is left out, so that fresh weights start in another way`, label);
    return;
  }
  const said =
    typeof value === 'object'
      ? 'is an option that specs do not have'
      : `is ${describeValue(value)}, which no spec can say`;
  const message = `${label}: ${key} ${said}`;
  findings.cannot([...layer.path, 'config', key], message, wayOut(key));
}

const isSame = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);

/** Whether the backward layer is what Keras makes of the forward one by itself. */
function isMirror(backward: unknown, forward: unknown): boolean {
  const [one, other] = [savedObject(backward, []), savedObject(forward, [])];
  if (one === undefined || other === undefined || one.className !== other.className) return false;
  const { name: _one, go_backwards: back, ...ours } = one.config;
  const { name: _other, go_backwards: forth, ...theirs } = other.config;
  return back !== forth && isSame(ours, theirs);
}
