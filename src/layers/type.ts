/**
 * The few builders of typebox that schemas here are made of. The types are typebox's own, so `Static` and all
 * else works as it does there; the values are the same plain JSON schemas. Loading typebox itself would cost
 * more time (700 modules) than everything else that `validate` does.
 */
import type TypeBox from 'typebox';

export type { Static, TObject, TProperties, TSchema } from 'typebox';

type Schema = Readonly<Record<string, unknown>>;

/** typebox keeps what is not JSON schema in hidden keys. */
function marked(schema: Schema, mark: string, value: unknown): Schema {
  return Object.defineProperty({ ...schema }, mark, { value, configurable: true, writable: true });
}

const isOptional = (schema: Schema) => '~optional' in schema;

function plain(kind: string, schema: Schema) {
  return (options: Schema = {}) => marked({ ...schema, ...options }, '~kind', kind);
}

function object(properties: Readonly<Record<string, Schema>>, options: Schema = {}): Schema {
  const required = Object.keys(properties).filter((key) => !isOptional(properties[key]!));
  const schema = { type: 'object', ...(required.length > 0 && { required }), properties, ...options };
  return marked(schema, '~kind', 'Object');
}

function optional(schema: Schema): Schema {
  const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(schema)) as Schema;
  return Object.defineProperty(copy, '~optional', { value: true, configurable: true, writable: true });
}

export const Type = {
  Array: (items: Schema, options: Schema = {}) =>
    marked({ type: 'array', items, ...options }, '~kind', 'Array'),
  Boolean: plain('Boolean', { type: 'boolean' }),
  Integer: plain('Integer', { type: 'integer' }),
  Literal: (value: string | number | boolean, options: Schema = {}) =>
    marked({ type: typeof value, const: value, ...options }, '~kind', 'Literal'),
  Null: plain('Null', { type: 'null' }),
  Number: plain('Number', { type: 'number' }),
  Object: object,
  Optional: optional,
  String: plain('String', { type: 'string' }),
  Unknown: plain('Unknown', {}),
  Unsafe: (schema: Schema) => marked(schema, '~unsafe', null),
} as unknown as Pick<
  typeof TypeBox,
  | 'Array'
  | 'Boolean'
  | 'Integer'
  | 'Literal'
  | 'Null'
  | 'Number'
  | 'Object'
  | 'Optional'
  | 'String'
  | 'Unknown'
  | 'Unsafe'
>;
