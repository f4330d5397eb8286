/**
 * A saved model as a flat list of layers with their inputs. Models inside the model are taken apart: their layers
 * stand in the list as if they were the model's own.
 */
import type { SpecPath } from '../../diagnostics/index.js';
import { describeValue } from '../../spec/describe.js';
import type { Findings } from './findings.js';
import { readInboundNode, readReferences, type SavedReference } from './inbound-nodes.js';
import { rewriteLayer } from './rewrite-layer.js';
import { inputOf, inputOfSequential, type SavedInput } from './saved-input.js';
import { isModelClass, labelOf, layersPath, type SavedObject, savedObject } from './saved-model.js';

/** What a layer can take: an input of the model, or another layer's output. */
export type SavedValue = SavedInput | SavedLayer;

export interface SavedLayer extends SavedObject {
  readonly kind: 'layer';
  readonly name: string;
  /** The names of the models that it stands in, without the outermost. */
  readonly within: readonly string[];
  /** True where a model around it is frozen. */
  readonly frozen: boolean;
  readonly inputs: readonly SavedValue[];
}

export interface SavedGraph {
  readonly name: string | undefined;
  readonly inputs: readonly SavedInput[];
  /** In an order in which every layer comes after its inputs. */
  readonly layers: readonly SavedLayer[];
  readonly outputs: readonly SavedValue[];
}

/** As far as the file is whole; `findings` say where it is not. */
export function readSavedGraph(model: SavedObject, findings: Findings): SavedGraph {
  const inputs: SavedInput[] = [];
  const layers: SavedLayer[] = [];
  const flattener = new Flattener(inputs, layers, findings);
  const outputs = flattener.model(model, undefined, { within: [], frozen: false });
  return { name: nameOf(model), inputs, layers, outputs };
}

interface Scope {
  readonly within: readonly string[];
  readonly frozen: boolean;
}

/** A layer, or a model inside the model, before its inputs are known. */
interface Entry extends SavedObject {
  readonly name: string;
  /** How often it is used. */
  readonly uses: number;
  readonly references: readonly SavedReference[];
}

class Flattener {
  constructor(
    private readonly inputs: SavedInput[],
    private readonly layers: SavedLayer[],
    private readonly findings: Findings,
  ) {}

  /** The values that a model returns for these inputs; those of the outermost model are made here. */
  model(model: SavedObject, given: readonly SavedValue[] | undefined, scope: Scope): readonly SavedValue[] {
    const items = model.config.layers;
    if (!Array.isArray(items)) {
      this.findings.damaged(layersPath(model), `expected a list of layers, found ${describeValue(items)}`);
      return [];
    }
    return model.className === 'Sequential'
      ? this.sequential(model, items, given, scope)
      : this.functional(model, items, given, scope);
  }

  private sequential(
    model: SavedObject,
    items: readonly unknown[],
    given: readonly SavedValue[] | undefined,
    scope: Scope,
  ): readonly SavedValue[] {
    const place = layersPath(model);
    const entries = items.flatMap((item, index) => this.entry(item, [...place, index]) ?? []);
    const [first] = entries;
    const steps = first?.className === 'InputLayer' ? entries.slice(1) : entries;
    let values = given ?? [this.input(inputOfSequential(model, first))];
    if (values.length !== 1) {
      this.findings.damaged(
        model.path,
        `${describe(model)} has ${values.length} inputs, and a Sequential has one`,
      );
      return [];
    }
    for (const step of steps) {
      if (values.length > 1) {
        this.findings.cannot(step.path, `${describe(step)} follows a model with ${values.length} outputs`);
        values = values.slice(0, 1);
      }
      values = this.use(step, values, scope);
    }
    return values;
  }

  private functional(
    model: SavedObject,
    items: readonly unknown[],
    given: readonly SavedValue[] | undefined,
    scope: Scope,
  ): readonly SavedValue[] {
    const { config, path } = model;
    const at = (key: string) => [...path, 'config', key];
    const place = layersPath(model);
    const entries = new Map<string, Entry>();
    for (const [index, item] of items.entries()) {
      const entry = this.entry(item, [...place, index]);
      if (entry === undefined) continue;
      if (entries.has(entry.name))
        this.findings.damaged(entry.path, `there are two layers ${quoted(entry.name)}`);
      else entries.set(entry.name, entry);
    }
    const values = new Map<Entry, readonly SavedValue[]>();
    const inputs = readReferences(config.input_layers, at('input_layers'), this.findings);
    if (given !== undefined && given.length !== inputs.length) {
      const message = `${describe(model)} has ${inputs.length} inputs, but is given ${given.length}`;
      this.findings.damaged(path, message);
    }
    for (const [index, reference] of inputs.entries()) {
      const entry = this.known(reference, entries);
      if (entry === undefined) continue;
      const value = given === undefined ? this.input(inputOf(entry)) : given[index];
      if (value !== undefined) values.set(entry, [value]);
    }
    for (const entry of this.inOrder(entries)) {
      if (values.has(entry)) continue;
      if (entry.className === 'InputLayer') {
        this.findings.damaged(entry.path, `the input ${quoted(entry.name)} is not among 'input_layers'`);
        values.set(entry, given === undefined ? [inputOf(entry)] : []);
        continue;
      }
      if (entry.uses === 0) this.findings.damaged(entry.path, `${describe(entry)} has no inputs`);
      const taken = entry.references.flatMap((reference) => this.take(reference, entries, values));
      if (taken.length > 0 || !isModelClass(entry.className))
        values.set(entry, this.use(entry, taken, scope));
    }
    return readReferences(config.output_layers, at('output_layers'), this.findings).flatMap((reference) =>
      this.take(reference, entries, values),
    );
  }

  private input(input: SavedInput): SavedInput {
    this.inputs.push(input);
    return input;
  }

  private use(entry: Entry, inputs: readonly SavedValue[], scope: Scope): readonly SavedValue[] {
    const frozen = scope.frozen || entry.config.trainable === false;
    if (isModelClass(entry.className)) {
      return this.model(entry, inputs, { within: [...scope.within, entry.name], frozen });
    }
    const { className, config, value, path, name } = entry;
    const { within } = scope;
    const layer: SavedLayer = { kind: 'layer', name, within, frozen, className, config, value, path, inputs };
    const steps = rewriteLayer(layer, this.findings);
    this.layers.push(...steps);
    return [steps.at(-1) ?? layer];
  }

  private entry(item: unknown, path: SpecPath): Entry | undefined {
    const object = savedObject(item, path);
    if (object === undefined) {
      this.findings.damaged(
        path,
        `expected a layer with 'class_name' and 'config', found ${describeValue(item)}`,
      );
      return undefined;
    }
    const name = nameOf(object) ?? object.className.toLowerCase();
    const { inbound_nodes: nodes } = object.value;
    const uses = Array.isArray(nodes) ? nodes.length : nodes === undefined ? 0 : 1;
    return { ...object, name, uses, references: this.references(object, name) };
  }

  private references(object: SavedObject, name: string): readonly SavedReference[] {
    const { inbound_nodes: nodes } = object.value;
    const path = [...object.path, 'inbound_nodes'];
    if (nodes === undefined) return [];
    const label = labelOf(object.className, name);
    if (!Array.isArray(nodes)) {
      this.findings.damaged(path, `${label}: expected a list, found ${describeValue(nodes)}`);
      return [];
    }
    if (nodes.length > 1) {
      const message = `${label} is used ${nodes.length} times with the same weights, and a spec has no shared layers`;
      this.findings.cannot(path, message);
    }
    return nodes.length === 0 ? [] : readInboundNode(nodes[0], [...path, 0], label, this.findings);
  }

  private known(reference: SavedReference, entries: ReadonlyMap<string, Entry>): Entry | undefined {
    const entry = entries.get(reference.layer);
    if (entry === undefined)
      this.findings.damaged(reference.path, `there is no layer ${quoted(reference.layer)}`);
    return entry;
  }

  /** None where it cannot be found, or could not be made. */
  private take(
    reference: SavedReference,
    entries: ReadonlyMap<string, Entry>,
    values: ReadonlyMap<Entry, readonly SavedValue[]>,
  ): readonly SavedValue[] {
    const entry = this.known(reference, entries);
    const outputs = entry === undefined ? undefined : values.get(entry);
    if (entry === undefined || outputs === undefined) return [];
    const { use, output, path } = reference;
    // Keras and tfjs count the making of a model as its first use.
    const isModel = isModelClass(entry.className);
    if (use >= Math.max(entry.uses, 1) + (isModel ? 1 : 0)) {
      this.findings.damaged(path, `${describe(entry)} has no use ${use}`);
      return [];
    }
    const value = outputs[output];
    if (value !== undefined) return [value];
    const message = `${describe(entry)}: its output ${output} is used, and a spec has only the first one`;
    if (isModel) this.findings.damaged(path, `${describe(entry)} has no output ${output}`);
    else this.findings.cannot(path, message);
    return [];
  }

  /** Every layer after its inputs, otherwise as in the file. Layers in a circle are told and left out. */
  private inOrder(entries: ReadonlyMap<string, Entry>): readonly Entry[] {
    const waitsFor = new Map<Entry, number>();
    const users = new Map<Entry, Entry[]>();
    for (const entry of entries.values()) {
      const known = entry.references.flatMap(({ layer }) => entries.get(layer) ?? []);
      waitsFor.set(entry, known.length);
      for (const used of known) {
        const list = users.get(used);
        if (list === undefined) users.set(used, [entry]);
        else list.push(entry);
      }
    }
    const order = [...entries.values()].filter((entry) => waitsFor.get(entry) === 0);
    for (const entry of order) {
      for (const user of users.get(entry) ?? []) {
        const left = waitsFor.get(user)! - 1;
        waitsFor.set(user, left);
        if (left === 0) order.push(user);
      }
    }
    const circular = [...entries.values()].find((entry) => waitsFor.get(entry)! > 0);
    if (circular !== undefined) {
      const path = [...circular.path, 'inbound_nodes'];
      this.findings.damaged(path, `${describe(circular)} takes part in a circle of layers`);
    }
    return order;
  }
}

const quoted = (name: string) => describeValue(name);

const describe = (object: SavedObject) =>
  labelOf(object.className, nameOf(object) ?? object.className.toLowerCase());

function nameOf({ value, config }: SavedObject): string | undefined {
  if (typeof config.name === 'string') return config.name;
  return typeof value.name === 'string' ? value.name : undefined;
}
