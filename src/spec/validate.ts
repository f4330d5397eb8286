/**
 * From plain data to a spec that is known to follow the schema, as far as it does. Every fault is reported
 * at its place; what is left is kept, so that the next pass can check it too.
 */
import type { Diagnostic, Range, SpecPath } from '../diagnostics/index.js';
import { type LayerDefinition, layers, type Shape } from '../layers/index.js';
import { checkValue } from './check-value.js';
import { describeValue, isMapping } from './describe.js';
import type { SpecDocument } from './document.js';
import type { Fault } from './fault.js';
import { limits } from './limits.js';
import { defaults, spec as specSchema, type TrainingSection } from './schema.js';
import { sameWord } from './suggest.js';

/** A spec without its faulty parts: what is undefined was missing or wrong, and has been reported. */
export interface ValidatedSpec {
  readonly document: SpecDocument;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly seed: number;
  readonly input: Shape | undefined;
  readonly layers: readonly ValidatedLayer[];
  readonly training: Partial<TrainingSection> | undefined;
  /** What was there and is left out: `name`, `training.metrics`. */
  readonly faulty: ReadonlySet<string>;
}

export interface ValidatedLayer {
  readonly path: SpecPath;
  /** Given, or generated from the type. */
  readonly name: string;
  readonly type: string | undefined;
  /** Undefined where the type is unknown. */
  readonly definition: LayerDefinition | undefined;
  /** Undefined where one of them was wrong, so that nothing can be said about the output. */
  readonly options: Readonly<Record<string, unknown>> | undefined;
}

/** There is a spec wherever the document is a mapping at all. The document is not changed. */
export function validateSpec(document: SpecDocument): {
  readonly spec?: ValidatedSpec;
  readonly diagnostics: readonly Diagnostic[];
} {
  const { value } = document;
  if (!isMapping(value)) return { diagnostics: locate(document, checkValue(specSchema, value, [])) };
  const items = Array.isArray(value.layers) ? value.layers : [];
  const tooMany = items.length > limits.layers;
  // The layers of such a spec are not looked at one by one.
  const checked = tooMany ? { ...value, layers: { length: items.length } } : value;
  const faults = tooMany
    ? [
        ...checkValue(specSchema, checked, []).filter(({ path }) => path[0] !== 'layers'),
        tooManyLayers(items),
      ]
    : [...checkValue(specSchema, value, [])];
  // Of so many faults not all were looked for, so that nothing can be taken for sound.
  if (faults.length >= limits.faults)
    return { diagnostics: locate(document, faults.slice(0, limits.faults)) };
  const byPlace = groupFaults(faults);
  const sound = <T>(key: string) =>
    byPlace.has(key) || !Object.hasOwn(value, key) ? undefined : (value[key] as T);
  const named = tooMany ? { layers: [], faults: [] } : nameLayers(items, byPlace);
  const spec: ValidatedSpec = {
    document,
    name: sound<string>('name'),
    description: sound<string>('description'),
    seed: sound<number>('seed') ?? defaults.seed,
    input: sound<Shape>('input'),
    layers: named.layers,
    training: soundTraining(value.training, byPlace.get('training') ?? []),
    faulty: new Set(faults.map(({ path }) => path.slice(0, 2).join('.'))),
  };
  return { spec, diagnostics: locate(document, [...faults, ...named.faults]) };
}

const tooManyLayers = (items: readonly unknown[]): Fault => ({
  code: 'spec-too-large',
  path: ['layers'],
  at: 'key',
  message: `layers: expected at most ${limits.layers}, found ${items.length}`,
});

/** By section, and by layer: `layers.3`. */
function groupFaults(faults: readonly Fault[]): ReadonlyMap<string, readonly Fault[]> {
  const groups = new Map<string, Fault[]>();
  for (const fault of faults) {
    const [section, index] = fault.path;
    const place = section === 'layers' && index !== undefined ? `layers.${index}` : String(section ?? '');
    const group = groups.get(place);
    if (group === undefined) groups.set(place, [fault]);
    else group.push(fault);
  }
  return groups;
}

function nameLayers(
  items: readonly unknown[],
  faults: ReadonlyMap<string, readonly Fault[]>,
): { readonly layers: readonly ValidatedLayer[]; readonly faults: readonly Fault[] } {
  const given = items.map((item) =>
    isMapping(item) && typeof item.name === 'string' ? item.name : undefined,
  );
  const generate = nameGenerator(given);
  const first = new Map<string, number>();
  const duplicates: Fault[] = [];
  const named = items.map((item, index) => {
    const name = given[index];
    const earlier = name === undefined ? undefined : first.get(name);
    if (name !== undefined && earlier !== undefined && duplicates.length < limits.faults) {
      duplicates.push({
        code: 'duplicate-name',
        path: ['layers', index, 'name'],
        at: 'use',
        message: `two layers are called ${describeValue(name)}`,
        related: { text: 'the first one is', path: ['layers', earlier, 'name'] },
      });
    } else if (name !== undefined) first.set(name, index);
    const layer = soundLayer(item, index, faults.get(`layers.${index}`) ?? []);
    return { ...layer, name: name ?? generate(layer.type ?? 'layer') };
  });
  return { layers: named, faults: duplicates };
}

/** `conv2d_1`, `conv2d_2`, …: the same for the same spec, and never a name that is given. */
function nameGenerator(given: readonly (string | undefined)[]): (type: string) => string {
  const taken = new Set(given);
  const counts = new Map<string, number>();
  return (type) => {
    let count = counts.get(type) ?? 0;
    do count++;
    while (taken.has(`${type}_${count}`));
    counts.set(type, count);
    return `${type}_${count}`;
  };
}

/** A layer without the options that it does not have, and as the type that was meant where there is no doubt. */
function soundLayer(item: unknown, index: number, faults: readonly Fault[]): Omit<ValidatedLayer, 'name'> {
  const path = ['layers', index];
  const given = isMapping(item) && typeof item.type === 'string' ? item.type : undefined;
  const type = given === undefined ? undefined : (sameWord(given, layers.keys()) ?? given);
  const definition = type === undefined ? undefined : layers.get(type);
  const unsound = { path, type, definition, options: undefined };
  if (!isMapping(item) || definition === undefined) return unsound;
  const { name: _name, type: _type, ...options } = item as Record<string, unknown>;
  for (const { code, path: place } of faults) {
    const [, , key, ...deeper] = place;
    const isOption = key !== undefined && deeper.length === 0;
    if (isOption && code === 'unknown-option') delete options[key];
    else if (!isOption || (key !== 'name' && code !== 'unknown-layer-type')) return unsound;
  }
  // One that is there under a wrong name is not reported as missing.
  const complete = (definition.options.required ?? []).every((key) => Object.hasOwn(options, key));
  return complete ? { path, type, definition, options } : unsound;
}

function soundTraining(value: unknown, faults: readonly Fault[]): Partial<TrainingSection> | undefined {
  if (!isMapping(value)) return undefined;
  const wrong = new Set(faults.map(({ path }) => path[1]));
  return Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)));
}

function locate(document: SpecDocument, faults: readonly Fault[]): readonly Diagnostic[] {
  return faults
    .filter(({ path }) => !document.isFaulty(path))
    .map(({ at, related, ...fault }) => ({
      severity: 'error' as const,
      ...fault,
      file: document.file,
      range: rangeOf(document, fault.path, at),
      ...(related && {
        notes: [`${related.text} in line ${rangeOf(document, related.path, 'use').start.line}`],
      }),
    }));
}

function rangeOf(document: SpecDocument, path: SpecPath, at: Fault['at']): Range {
  const value = document.locate(path);
  const around = document.locate(path.slice(0, -1));
  switch (at) {
    case 'key':
      return document.locateKey(path);
    case 'value':
      return value;
    case 'use':
      return isInside(value, around) ? value : around;
    case 'inside': {
      // What is missing has no place of its own: its type's is the next best, then its key's, then its beginning.
      const type = document.locate([...path, 'type']);
      if (type.start.offset !== value.start.offset || type.end.offset !== value.end.offset) return type;
      const key = document.locateKey(path);
      return key.start.offset === value.start.offset ? { start: value.start, end: value.start } : key;
    }
  }
}

const isInside = (inner: Range, outer: Range) =>
  inner.start.offset >= outer.start.offset && inner.end.offset <= outer.end.offset;
