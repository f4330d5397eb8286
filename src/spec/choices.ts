/**
 * Unions of a schema that are told apart by a `type`: layers, optimizers, initializers and so on. Their
 * branches are found by looking, not by trying, so that messages are about the branch that was meant and only
 * branches in use are ever compiled.
 */
import type { SpecPath } from '../diagnostics/index.js';
import { isMapping, type JsonSchema } from './describe.js';

export interface Choice {
  /** The branches by their type. */
  readonly branches: ReadonlyMap<string, JsonSchema>;
  /** The types that may be written as a bare word; undefined where none may, as for layers. */
  readonly bare: readonly string[] | undefined;
  readonly of: JsonSchema['of'];
}

const choices = new WeakMap<JsonSchema, Choice | null>();

/** The union that a schema is, if it is one. */
export function choiceOf(schema: JsonSchema): Choice | undefined {
  let choice = choices.get(schema);
  if (choice === undefined) {
    choice = findChoice(schema);
    choices.set(schema, choice);
  }
  return choice ?? undefined;
}

const isTagged = (schema: JsonSchema) => 'discriminator' in schema && schema.oneOf !== undefined;

function findChoice(schema: JsonSchema): Choice | null {
  const tagged = isTagged(schema) ? schema : schema.anyOf?.find(isTagged);
  if (tagged === undefined) return null;
  const branches = tagged.oneOf!.map((branch) => [String(branch.properties?.type?.const), branch] as const);
  return {
    branches: new Map(branches),
    bare: schema.anyOf?.find((form) => form.enum !== undefined)?.enum,
    of: tagged.of,
  };
}

const stripped = new WeakMap<JsonSchema, JsonSchema>();

/** A schema in which every choice allows anything: what is left is checked at once, the choices one by one. */
export function withoutChoices(schema: JsonSchema): JsonSchema {
  let result = stripped.get(schema);
  if (result === undefined) {
    result = strip(schema);
    stripped.set(schema, result);
  }
  return result;
}

function strip(schema: JsonSchema): JsonSchema {
  if (choiceOf(schema) !== undefined) return {};
  const { description: _description, ...rest } = schema;
  return {
    ...rest,
    ...(rest.items && { items: strip(rest.items) }),
    ...(rest.anyOf && { anyOf: rest.anyOf.map(strip) }),
    ...(rest.properties && {
      properties: Object.fromEntries(
        Object.entries(rest.properties).map(([name, property]) => [name, strip(property)]),
      ),
    }),
  };
}

export interface PlacedChoice {
  readonly choice: Choice;
  readonly value: unknown;
  readonly path: SpecPath;
}

/** The choices inside a value, each with its place in it. A choice is not looked into. */
export function choicesIn(schema: JsonSchema, value: unknown, path: SpecPath): readonly PlacedChoice[] {
  const choice = choiceOf(schema);
  if (choice !== undefined) return [{ choice, value, path }];
  const { items, properties } = schema;
  if (items !== undefined && Array.isArray(value) && holdsChoices(items)) {
    return value.flatMap((item, index) => choicesIn(items, item, [...path, index]));
  }
  if (properties !== undefined && isMapping(value)) {
    return Object.entries(properties).flatMap(([name, property]) =>
      Object.hasOwn(value, name) && holdsChoices(property)
        ? choicesIn(property, value[name], [...path, name])
        : [],
    );
  }
  return [];
}

function holdsChoices(schema: JsonSchema): boolean {
  if (choiceOf(schema) !== undefined) return true;
  const inside = [...(schema.items ? [schema.items] : []), ...Object.values(schema.properties ?? {})];
  return inside.some(holdsChoices);
}
