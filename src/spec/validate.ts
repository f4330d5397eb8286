/**
 * From plain data to a spec that is known to follow the schema, as far as it does. Every fault is reported
 * at its place; what is left is kept, so that the next pass can check it too.
 */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import type { TSchema } from 'typebox';
import { type Diagnostic, formatPath, type SpecPath } from '../diagnostics/index.js';
import { type LayerDefinition, layers, type Shape } from '../layers/index.js';
import { describeValue } from './describe.js';
import type { SpecDocument } from './document.js';
import { limits } from './limits.js';
import { defaults, frameSchema, layerSchema, type TrainingSection, trainingSchema } from './schema.js';
import { type Fault, schemaFaults } from './schema-faults.js';
import { nearest } from './suggest.js';

/** A spec without its faulty parts: what is undefined was missing or wrong, and has been reported. */
export interface ValidatedSpec {
  readonly document: SpecDocument;
  readonly name: string | undefined;
  readonly description: string | undefined;
  readonly seed: number;
  readonly input: Shape | undefined;
  readonly layers: readonly ValidatedLayer[];
  readonly training: Partial<TrainingSection> | undefined;
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

const ajv = new Ajv2020({
  strict: true,
  // A union names its discriminator as required beside the branches that define it.
  strictRequired: false,
  allErrors: true,
  verbose: true,
  discriminator: true,
  meta: false,
  validateSchema: false,
});
const compiled = new Map<string, ValidateFunction>();

/** A schema is compiled when it is first needed: most specs use a few kinds of layers. */
function validator(name: string, schema: () => TSchema): ValidateFunction {
  let validate = compiled.get(name);
  if (validate === undefined) {
    validate = ajv.compile(schema());
    compiled.set(name, validate);
  }
  return validate;
}

export function validateSpec(document: SpecDocument): {
  readonly spec?: ValidatedSpec;
  readonly diagnostics: readonly Diagnostic[];
} {
  const faults: Fault[] = [];
  const { value } = document;
  const frame = check('', () => frameSchema, value, [], faults);
  if (!isMapping(value)) return { diagnostics: locate(document, faults) };

  const sound = <T>(key: string) =>
    frame.has(key) || !Object.hasOwn(value, key) ? undefined : (value[key] as T);
  const items = Array.isArray(value.layers) && value.layers.length <= limits.layers ? value.layers : [];
  const spec: ValidatedSpec = {
    document,
    name: sound<string>('name'),
    description: sound<string>('description'),
    seed: sound<number>('seed') ?? defaults.seed,
    input: sound<Shape>('input'),
    layers: validateLayers(items, faults),
    training: validateTraining(value.training, faults),
  };
  return { spec, diagnostics: locate(document, faults) };
}

/** Checks one part; says which of its keys are wrong. */
function check(
  name: string,
  schema: () => TSchema,
  value: unknown,
  path: SpecPath,
  faults: Fault[],
): ReadonlySet<string | number> {
  const validate = validator(name, schema);
  if (validate(value)) return new Set();
  const found = schemaFaults(validate.errors ?? [], path, (at) => formatPath(at) || 'spec');
  faults.push(...found);
  return new Set(found.map((fault) => fault.path[path.length]).filter((step) => step !== undefined));
}

function validateLayers(items: readonly unknown[], faults: Fault[]): readonly ValidatedLayer[] {
  const taken = new Set<string>();
  for (const item of items) if (isMapping(item) && typeof item.name === 'string') taken.add(item.name);
  const counts = new Map<string, number>();
  const generate = (type: string) => {
    let name: string;
    do {
      const count = (counts.get(type) ?? 0) + 1;
      counts.set(type, count);
      name = `${type}_${count}`;
    } while (taken.has(name));
    taken.add(name);
    return name;
  };
  const seen = new Map<string, number>();
  return items.map((item, index) => {
    const layer = validateLayer(item, ['layers', index], faults);
    const given = isMapping(item) && typeof item.name === 'string' ? item.name : undefined;
    if (given !== undefined) {
      const first = seen.get(given);
      if (first !== undefined) {
        faults.push({
          code: 'duplicate-name',
          path: ['layers', index, 'name'],
          at: 'value',
          message: `layers[${index}].name: ${describeValue(given)} is the name of layers[${first}] already`,
        });
      } else seen.set(given, index);
    }
    return { ...layer, name: given ?? generate(layer.type ?? 'layer') };
  });
}

function validateLayer(item: unknown, path: SpecPath, faults: Fault[]): Omit<ValidatedLayer, 'name'> {
  const where = formatPath(path);
  const unknown = { path, type: undefined, definition: undefined, options: undefined };
  if (!isMapping(item)) {
    const message = `${where}: expected a mapping with a 'type', found ${describeValue(item)}`;
    faults.push({ code: 'wrong-type', path, at: 'value', message });
    return unknown;
  }
  if (!Object.hasOwn(item, 'type')) {
    faults.push({ code: 'missing-option', path, at: 'value', message: `${where} needs 'type'` });
    return unknown;
  }
  const { type } = item;
  const definition = typeof type === 'string' ? layers.get(type) : undefined;
  if (typeof type !== 'string' || definition === undefined) {
    const near = typeof type === 'string' ? nearest(type, layers.keys()) : undefined;
    faults.push({
      code: typeof type === 'string' ? 'unknown-layer-type' : 'wrong-type',
      path: [...path, 'type'],
      at: 'value',
      message: `${where}.type: expected a layer type, found ${describeValue(type)}`,
      ...(near === undefined ? {} : { hint: `did you mean '${near}'?` }),
    });
    return unknown;
  }
  const before = faults.length;
  check(type, () => layerSchema(definition), item, path, faults);
  const found = faults.slice(before);
  const { name: _name, type: _type, ...options } = item;
  for (const fault of found) if (fault.code === 'unknown-option') delete options[String(fault.path[2])];
  const harmless = found.every(
    (fault) =>
      (fault.code === 'unknown-option' && fault.path.length === 3) ||
      (fault.path[2] === 'name' && fault.path.length === 3),
  );
  return { path, type, definition, options: harmless ? options : undefined };
}

function validateTraining(value: unknown, faults: Fault[]): Partial<TrainingSection> | undefined {
  if (!isMapping(value)) return undefined;
  const wrong = check('training', () => trainingSchema, value, ['training'], faults);
  return Object.fromEntries(Object.entries(value).filter(([key]) => !wrong.has(key)));
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function locate(document: SpecDocument, faults: readonly Fault[]): readonly Diagnostic[] {
  return faults
    .filter(({ path }) => !document.isFaulty(path))
    .map(({ at, ...fault }) => ({
      severity: 'error' as const,
      ...fault,
      file: document.file,
      range: at === 'key' ? document.locateKey(fault.path) : document.locate(fault.path),
    }));
}
