/**
 * The language of specs as one JSON schema, for editors and other programs. It is made of the schemas that the checks
 * read, with three changes: a value may be `${…}` wherever one can be computed, what stands in many places is written
 * once (`$defs`), and kinds are told apart by `if` and `then`, from which editors make better messages and completions
 * than from unions of many branches.
 */
import { builtInRegistry, type LayerRegistry, nestedRefs } from '../layers/index.js';
import type { JsonSchema } from './describe.js';
import { type Language, languageOf } from './language.js';
import {
  condition,
  type Definitions,
  enumOf,
  hoistOptions,
  Publisher,
  typeOf,
  whenType,
} from './publisher.js';
import { stepOptions } from './spec-schema.js';

type Schema = Readonly<Record<string, unknown>>;

/** The JSON schema (draft 2020-12) of whole specs: a copy, to do with as you like. */
export function publishedSchema(registry: LayerRegistry = builtInRegistry): Record<string, unknown> {
  const language = languageOf(registry);
  const publisher = new Publisher();
  const { required: _required, ...spec } = withSteps(publisher.publishObject(language.spec));
  const steps = stepDefinitions(language, publisher);
  const schema = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: 'urn:speccc:spec',
    ...spec,
    title: 'speccc spec',
    description: 'A neural network, and how to train it.',
    // A spec that changes another one, and a file of blocks that others include, need not have all of it.
    if: {
      anyOf: [
        { required: ['extends'] },
        { required: ['blocks'], not: { anyOf: ['name', 'layers', 'input', 'inputs'].map(required) } },
      ],
    },
    else: { required: ['name', 'layers'], oneOf: ['input', 'inputs'].map(required) },
    $defs: {
      expression: Publisher.expression,
      ...steps,
      ...publisher.definitions(),
    },
  };
  return JSON.parse(JSON.stringify(hoistOptions(schema))) as Record<string, unknown>;
}

const required = (key: string) => ({ required: [key] });
const refTo = (name: string): Schema => ({ $ref: `#/$defs/${name}` });
const layerName = (type: string) => `layer-${type}`;

/** Lists of steps, which the checks look through one by one, as lists of what a step is. */
function withSteps(schema: Schema): Schema {
  const { properties, ...rest } = schema as { readonly properties: Readonly<Record<string, Schema>> };
  const filled: Record<string, Schema> = { ...properties };
  const { layers, parallel, merge, blocks } = properties;
  if (layers !== undefined) filled.layers = { ...layers, items: refTo('step') };
  if (parallel !== undefined) {
    filled.parallel = { ...parallel, items: { ...(parallel.items as object), items: refTo('step') } };
  }
  if (merge !== undefined) filled.merge = { ...merge, ...refTo('merge') };
  if (blocks !== undefined) filled.blocks = { ...blocks, additionalProperties: refTo('block') };
  return { ...rest, properties: filled };
}

function stepDefinitions(language: Language, publisher: Publisher): Definitions {
  const kinds = [...language.registry.layers.values()];
  const branches = new Map(
    language.layer.oneOf!.map((branch) => [String(branch.properties!.type!.const), branch]),
  );
  const layers = kinds.map(({ type }) => [
    layerName(type),
    publisher.publishBranch(unlinked(branches.get(type)!)),
  ]);
  const conditions = (joins: boolean | undefined) =>
    kinds
      .filter(({ inputs }) => joins === undefined || (inputs === 'many') === joins)
      .map(({ type }) => whenType(branches.get(type)!, refTo(layerName(type))));
  const some = (joins: boolean) =>
    kinds.filter(({ inputs }) => (inputs === 'many') === joins).map(({ type }) => branches.get(type)!);
  const cells = [...language.registry.cells.values()].map(({ type, summary, options }) => ({
    ...(options as unknown as JsonSchema),
    description: summary,
    properties: { type: { type: 'string', const: type }, ...(options as unknown as JsonSchema).properties },
    required: ['type', ...((options as unknown as JsonSchema).required ?? [])],
  }));
  const bare = language.merge.anyOf![0]!;
  const forms = { use: language.use, parallel: language.parallel, repeat: language.repeat };
  return {
    step: {
      type: 'object',
      description: 'A layer, the use of a block, parallel branches, or a repeat.',
      oneOf: ['type', ...Object.keys(forms)].map((key) => ({ required: [key] })),
      properties: {
        type: { ...typeOf([...branches.values()]), description: 'Which layer it is.' },
        ...Object.fromEntries(
          Object.entries(forms).map(([key, { description }]) => [key, { description: description ?? '' }]),
        ),
        ...(publisher.publishObject({
          properties: stepOptions as unknown as JsonSchema['properties'] & object,
        }).properties as object),
      },
      allOf: [
        ...Object.keys(forms).map((key) => condition({ type: 'object', required: [key] }, refTo(key))),
        ...conditions(undefined),
      ],
    },
    use: {
      ...publisher.publishObject(language.use, ['use']),
      additionalProperties: { type: ['number', 'string', 'boolean'] },
    },
    parallel: withSteps(publisher.publishObject(language.parallel)),
    repeat: withSteps(publisher.publishObject(language.repeat, ['as'])),
    block: withSteps(publisher.publishObject(language.block, ['inputs'])),
    merge: {
      anyOf: [
        { type: 'string', ...namedTypes(some(true), bare.enum!) },
        { type: 'object', required: ['type'], properties: withoutSteps(some(true)), allOf: conditions(true) },
        refTo('expression'),
      ],
    },
    [nestedRefs.layer.slice('#/$defs/'.length)]: {
      type: 'object',
      required: ['type'],
      properties: withoutSteps(some(false)),
      allOf: conditions(false),
    },
    [nestedRefs.cell.slice('#/$defs/'.length)]: publisher.publishChoice({ oneOf: cells as JsonSchema[] }),
    ...Object.fromEntries(layers),
  };
}

/** A layer that is no step has no place among steps. */
const withoutSteps = (branches: readonly JsonSchema[]): Schema => ({
  type: typeOf(branches),
  ...Object.fromEntries(Object.keys(stepOptions).map((key) => [key, false])),
});

/** Words that are enough where nothing else has to be said. */
function namedTypes(branches: readonly JsonSchema[], bare: readonly string[]): Schema {
  const { enum: words, markdownEnumDescriptions } = enumOf(
    branches.filter(({ properties }) => bare.includes(String(properties!.type!.const))),
  );
  return { enum: words, markdownEnumDescriptions };
}

/** With references again in place of the unions that hold themselves. */
function unlinked(schema: JsonSchema): JsonSchema {
  const unlink = (part: JsonSchema): JsonSchema => {
    if (part.of === 'nested layer') return { $ref: nestedRefs.layer };
    if (part.of === 'cell') return { $ref: nestedRefs.cell };
    return { ...part, ...(part.items && { items: unlink(part.items) }) };
  };
  return {
    ...schema,
    properties: Object.fromEntries(
      Object.entries(schema.properties ?? {}).map(([name, option]) => [name, unlink(option)]),
    ),
  };
}
