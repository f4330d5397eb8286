/**
 * The language of specs as JSON schemas, for one registry of layers. Checking, the published schema and the
 * reference are all derived from here; how schemas become messages is the matter of `checkValue`.
 */
import { type LayerDefinition, type LayerRegistry, nestedRefs } from '../layers/index.js';
import { strictObject } from '../layers/options.js';
import { type TProperties, Type } from '../layers/type.js';
import type { JsonSchema } from './describe.js';
import {
  blockSchema,
  description,
  include,
  parallelSchema,
  repeatSchema,
  sections,
  stepOptions,
  useSchema,
} from './spec-schema.js';

export interface Language {
  readonly registry: LayerRegistry;
  /** A whole spec; its lists of steps hold anything, since steps are checked one by one. */
  readonly spec: JsonSchema;
  /** A file that others include. */
  readonly included: JsonSchema;
  /** What stands in `blocks`, by its name. */
  readonly block: JsonSchema;
  /** One step of each form. A layer, and what joins branches, is a union told apart by `type`. */
  readonly layer: JsonSchema;
  /** What every step may have, without what it is. */
  readonly common: JsonSchema;
  readonly use: JsonSchema;
  readonly parallel: JsonSchema;
  readonly repeat: JsonSchema;
  readonly merge: JsonSchema;
}

const languages = new WeakMap<LayerRegistry, Language>();

export function languageOf(registry: LayerRegistry): Language {
  let language = languages.get(registry);
  if (language === undefined) {
    language = makeLanguage(registry);
    languages.set(registry, language);
  }
  return language;
}

/** One layer of this kind; `more` are the keys that it has where it stands. */
function kindSchema(definition: LayerDefinition, more: TProperties) {
  return strictObject(
    { type: Type.Literal(definition.type), ...more, ...definition.options.properties },
    { description: definition.summary },
  );
}

/** Of kinds of layers: a union that is told apart by `type`, with the word for what it holds. */
function kindUnion(
  definitions: Iterable<LayerDefinition>,
  more: TProperties,
  of: JsonSchema['of'],
): JsonSchema {
  const branches = [...definitions].map((definition) => kindSchema(definition, more));
  return {
    type: 'object',
    discriminator: { propertyName: 'type' },
    oneOf: branches,
    ...(of && { of }),
  } as unknown as JsonSchema;
}

function makeLanguage(registry: LayerRegistry): Language {
  const { layers, cells } = registry;
  const refs = new Map<string, JsonSchema>();
  // Layers inside layers may hold layers: each of these unions is a part of itself.
  const linked = (schema: JsonSchema) => link(schema, refs);
  const single = [...layers.values()].filter(({ inputs }) => inputs === 'one');
  const joining = [...layers.values()].filter(({ inputs }) => inputs === 'many');
  for (const [ref, definitions, of] of [
    [nestedRefs.layer, single, 'nested layer'],
    [nestedRefs.cell, [...cells.values()], 'cell'],
  ] as const) {
    refs.set(ref, kindUnion(definitions, {}, of));
  }
  for (const union of refs.values()) {
    const branches = union.oneOf as JsonSchema[];
    for (const [index, branch] of branches.entries()) branches[index] = linked(branch);
  }
  const mergeUnion = kindUnion(joining, {}, undefined);
  const bare = mergeUnion.oneOf!.filter(({ required }) => required?.length === 1);
  return {
    registry,
    spec: strictObject(sections, { title: 'a spec' }) as unknown as JsonSchema,
    included: strictObject(
      { description: description(), include: Type.Optional(include()), blocks: sections.blocks },
      { title: 'an included file' },
    ) as unknown as JsonSchema,
    block: blockSchema as unknown as JsonSchema,
    layer: linked(kindUnion(layers.values(), stepOptions, 'layer')),
    common: strictObject(stepOptions) as unknown as JsonSchema,
    use: useSchema as unknown as JsonSchema,
    parallel: parallelSchema as unknown as JsonSchema,
    repeat: repeatSchema as unknown as JsonSchema,
    merge: {
      anyOf: [
        { type: 'string', enum: bare.map(({ properties }) => String(properties!.type!.const)) },
        mergeUnion,
      ],
    },
  };
}

/** The schema with the unions in place of references to them. */
function link(schema: JsonSchema, refs: ReadonlyMap<string, JsonSchema>): JsonSchema {
  if (schema.$ref !== undefined) {
    const found = refs.get(schema.$ref);
    if (found === undefined) throw new Error(`a layer refers to ${schema.$ref}, which nothing is`);
    return found;
  }
  const linked = (part: JsonSchema) => link(part, refs);
  return {
    ...schema,
    ...(schema.items && { items: linked(schema.items) }),
    ...(schema.anyOf && { anyOf: schema.anyOf.map(linked) }),
    ...(schema.oneOf && { oneOf: schema.oneOf.map(linked) }),
    ...(schema.properties && {
      properties: Object.fromEntries(
        Object.entries(schema.properties).map(([name, property]) => [name, linked(property)]),
      ),
    }),
  };
}
