/** The published schema, and that it takes exactly what the checks take. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { resolveGraph } from '../../src/compiler/resolve-graph.js';
import type { Diagnostic } from '../../src/diagnostics/index.js';
import { builtInRegistry, layers } from '../../src/layers/index.js';
import { parseSpec, type SpecDocument } from '../../src/spec/document.js';
import { expandSpec } from '../../src/spec/expand/expand-spec.js';
import { specSchema } from '../../src/spec/index.js';
import { languageOf } from '../../src/spec/language.js';
import { loadProgram } from '../../src/spec/program.js';
import { validateSpec } from '../../src/spec/validate.js';
import { fc } from '../property.js';

const language = languageOf(builtInRegistry);
const validate = (document: SpecDocument) =>
  validateSpec(loadProgram(document, language, undefined).program, language);
const resolve = (document: SpecDocument) => resolveGraph(expandSpec(validate(document).spec!).expanded);

type Json = Record<string, unknown>;

const schema = specSchema();
const ajv = new Ajv2020({ strict: true, strictRequired: false, strictTypes: false, allErrors: false });
// What the entries of an `enum` mean, for editors.
ajv.addVocabulary(['markdownEnumDescriptions']);
const accepts = ajv.compile(schema);

/** Every schema inside a schema, with the way to it. */
function* schemasIn(value: unknown, path = ''): Generator<readonly [string, Json]> {
  if (typeof value !== 'object' || value === null) return;
  if (Array.isArray(value)) {
    for (const [i, item] of value.entries()) yield* schemasIn(item, `${path}/${i}`);
    return;
  }
  yield [path, value as Json];
  for (const [key, inner] of Object.entries(value)) yield* schemasIn(inner, `${path}/${key}`);
}

describe('the schema', () => {
  test('is a JSON schema of draft 2020-12, and names no host', () => {
    expect(ajv.validateSchema(schema)).toBe(true);
    expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
    expect(String(schema.$id)).not.toMatch(/^https?:/);
  });

  test('describes every option, and lets no other keys in', () => {
    for (const [path, each] of schemasIn(schema)) {
      if (each.type !== 'object' || each.properties === undefined || path.endsWith('/if')) continue;
      // Where the kind is chosen first, what is chosen lets no other keys in; the params of a block are its own.
      if (each.allOf === undefined && path !== '/$defs/use') {
        expect([path, each.additionalProperties]).toEqual([path, false]);
      }
      for (const [name, option] of Object.entries(each.properties as Record<string, Json>)) {
        if (name === 'type' || option.$ref !== undefined || (option as unknown) === false) continue;
        expect([path, name, typeof option.description]).toEqual([path, name, 'string']);
      }
    }
  });

  test('has a branch for each layer, with its type as a constant', () => {
    const text = JSON.stringify(schema);
    for (const type of layers.keys()) expect(text).toContain(`"const":"${type}"`);
  });

  test('is a copy', () => {
    (specSchema().properties as Json).name = 'damaged';
    expect(specSchema()).toEqual(schema);
  });
});

const network: readonly Json[] = [
  {
    name: 'c1',
    type: 'conv2d',
    filters: 6,
    kernelSize: [5, 5],
    kernelInitializer: { type: 'heNormal', seed: 3 },
  },
  { type: 'maxPooling2d', poolSize: 2, padding: 'same' },
  {
    type: 'zeroPadding2d',
    padding: [
      [1, 2],
      [3, 4],
    ],
  },
  { type: 'dropout', rate: 0.5 },
  { type: 'flatten' },
  { name: 'f1', type: 'dense', units: 10, activation: 'softmax', useBias: false, kernelRegularizer: 'l2' },
];
const good: Json[] = [
  { name: 'one', input: [32, 32, 3], layers: network },
  {
    name: 'two',
    description: 'with all',
    seed: 3,
    input: [32, 32, 3],
    layers: network,
    training: {
      dataset: { type: 'synthetic', classes: 10, train: 20 },
      optimizer: { type: 'rmsprop', learningRate: 0.1, centered: true },
      loss: 'categoricalCrossentropy',
      metrics: ['accuracy', 'mse'],
      epochs: 2,
      checkpoint: { monitor: 'val_loss', mode: 'min' },
    },
  },
];

const composed: readonly Json[] = [
  {
    name: 'three',
    params: { width: 8, wide: '${width * 2}', kind: 'relu' },
    inputs: { image: [8, 8, 3], extra: [4] },
    blocks: {
      unit: {
        description: 'two layers',
        params: { units: null, on: true },
        layers: [
          { type: 'dense', units: '${units}', name: 'd' },
          { type: 'activation', activation: 'relu', when: '${on}' },
        ],
      },
      pair: { inputs: ['a', 'b'], layers: [{ type: 'add', from: ['a', 'b'] }] },
    },
    layers: [
      { type: 'flatten', from: 'image', name: 'flat' },
      { use: 'unit', units: 4, on: false, name: 'u', when: true },
      { use: 'pair', from: ['u', 'extra'] },
      { repeat: 2, as: 'i', layers: [{ type: 'dense', units: '${width + i}', activation: '${kind}' }] },
      {
        parallel: [[{ type: 'dense', units: '${wide}' }], [{ type: 'dense', units: 3 }]],
        merge: 'concatenate',
        name: 'm',
      },
      { parallel: [[], [{ type: 'elu' }]], merge: { type: 'concatenate', axis: -1 } },
    ],
    outputs: ['m', 'parallel_1'],
    expect: { parameters: { min: 1, max: 100000 }, output: { m: [19] }, multiplyAdds: { max: 1e9 } },
  },
  {
    name: 'four',
    input: [6, 4],
    layers: [
      { type: 'timeDistributed', layer: { type: 'dense', units: 3, activation: 'relu' } },
      { type: 'bidirectional', layer: { type: 'lstm', units: 4, returnSequences: true }, mergeMode: 'sum' },
      {
        type: 'rnn',
        cell: {
          type: 'stackedRNNCells',
          cells: [
            { type: 'lstmCell', units: 3 },
            { type: 'gruCell', units: 2 },
          ],
        },
      },
    ],
    expect: { output: [2] },
  },
];
good.push(...composed);

/** A value of a spec replaced, removed or added somewhere. */
const odd = fc.oneof(
  fc.constantFrom(null, true, 0, 1, -1, 0.5, 2, 1e15, '', 'adam', 'same', 'l2', 'accuracy', 'loss', 'dense'),
  fc.constantFrom(
    [],
    {},
    [1],
    [2, 2],
    [
      [1, 2],
      [3, 4],
    ],
    ['mse'],
    { type: 'l1' },
    { type: 'adam' },
    { type: 'nothing' },
    '${width}',
    '${1 / 0}',
    { type: '${kind}' },
    [[], []],
    [{ type: 'elu' }],
    { use: 'unit', units: 1 },
    { type: 'dense', units: 2, name: 'input' },
  ),
  fc.integer(),
  fc.string({ maxLength: 5 }),
);
const change = fc.record({
  where: fc.nat(),
  how: fc.constantFrom('replace', 'remove', 'add', 'move'),
  value: odd,
  word: fc.string({ maxLength: 8 }),
});

function placesOf(value: unknown): readonly (readonly [Json, string])[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.keys(value).flatMap((key) => [
    [value as Json, key] as const,
    ...placesOf((value as Json)[key]),
  ]);
}

function changed(
  spec: Json,
  changes: readonly { where: number; how: string; value: unknown; word: string }[],
): Json {
  const copy = structuredClone(spec);
  for (const { where, how, value, word } of changes) {
    const places = placesOf(copy);
    const [owner, key] = places[where % places.length]!;
    if (how === 'replace') owner[key] = value;
    else if (how === 'move') owner[key] = structuredClone(places[(where * 7) % places.length]![0]);
    else if (how === 'add' && !Array.isArray(owner) && word !== '__proto__') owner[word] = value;
    else if (Array.isArray(owner)) owner.splice(Number(key), 1);
    else delete owner[key];
  }
  return copy;
}

const specs = fc
  .tuple(fc.constantFrom(...good), fc.array(change, { maxLength: 3 }))
  .map(([spec, changes]) => changed(spec, changes));

/** Faults that a schema can find: not those of names, nor warnings. */
const isOfSchema = ({ code, message, severity }: Diagnostic) =>
  severity === 'error' &&
  !['duplicate-name', 'unknown-block', 'unknown-param', 'recursive-block', 'invalid-expression'].includes(
    code,
  ) &&
  !/is the name of the model/.test(message);

describe('the checks', () => {
  test('take exactly what the schema takes', () => {
    let taken = 0;
    fc.assert(
      fc.property(specs, (value) => {
        const { document, diagnostics } = parseSpec(JSON.stringify(value), 'x.yaml');
        expect(diagnostics).toEqual([]);
        // A file of blocks is right as that, and wrong as a spec.
        if (['name', 'layers', 'input', 'inputs'].every((key) => !Object.hasOwn(value, key))) return;
        const found = validate(document!).diagnostics;
        if (found.some(({ message }) => /^the block|^the param|^a param cannot/.test(message))) return;
        const faults = found.filter(isOfSchema);
        expect([faults.map(({ message }) => message), faults.length === 0]).toEqual([
          faults.map(({ message }) => message),
          accepts(value),
        ]);
        taken += faults.length === 0 ? 1 : 0;
      }),
      { numRuns: 1000 },
    );
    // Both answers must have been seen often for this to mean anything.
    expect(taken).toBeGreaterThan(100);
    expect(taken).toBeLessThan(900);
  });

  test('never change what they check', () => {
    fc.assert(
      fc.property(specs, (value) => {
        const { document } = parseSpec(JSON.stringify(value), 'x.yaml');
        const before = JSON.stringify(document!.value);
        if (validate(document!).spec !== undefined) resolve(document!);
        expect(JSON.stringify(document!.value)).toBe(before);
      }),
      { numRuns: 300 },
    );
  });

  test('however a spec is laid out, it is the same graph', () => {
    const styles = fc.record({
      indent: fc.constantFrom(1, 2, 4),
      collectionStyle: fc.constantFrom('any', 'block', 'flow'),
      defaultStringType: fc.constantFrom('PLAIN', 'QUOTE_DOUBLE', 'QUOTE_SINGLE'),
      lineWidth: fc.constantFrom(0, 20, 80),
    } as const);
    const graphOf = (text: string) => {
      const { document } = parseSpec(text, 'x.yaml');
      const { graph } = resolve(document!);
      const nodes = graph?.nodes.map(({ range: _range, ...node }) => node);
      return graph && { ...graph, nodes, source: undefined };
    };
    for (const spec of good) {
      const wanted = graphOf(JSON.stringify(spec));
      expect(wanted).toBeDefined();
      fc.assert(
        fc.property(styles, (style) => {
          expect(graphOf(stringify(spec, style))).toEqual(wanted);
        }),
        { numRuns: 40 },
      );
    }
  });
});
