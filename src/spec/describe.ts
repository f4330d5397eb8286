/** Values and schemas in words, for "expected …, found …". */

/** The parts of JSON schema that specs are described with. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly additionalProperties?: boolean | JsonSchema;
  readonly default?: unknown;
  /** What it is called in messages. */
  readonly title?: string;
  readonly description?: string;
  /** Of unions that layers are chosen from: what is chosen. */
  readonly of?: 'layer' | 'nested layer' | 'cell';
}

/** What a value is, as short as it can be said. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  }
  if (Array.isArray(value)) {
    if (value.length === 0) return 'an empty list';
    const flat = value.every((item) => typeof item === 'number') ? `[${value.join(', ')}]` : '';
    return flat !== '' && flat.length <= 30 ? flat : `a list of ${value.length}`;
  }
  return typeof value === 'object' ? 'a mapping' : String(value);
}

/** What a schema allows, without its bounds: `a positive integer, or a list of 2 positive integers`. */
export function describeSchema(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map(describeSchema))].join(', or ');
  }
  if (schema.const !== undefined) return describeValue(schema.const);
  if (schema.enum !== undefined) return listOf(schema.enum, 'or');
  switch (schema.type) {
    case 'integer':
    case 'number':
      return describeNumber(schema, false);
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'null':
      return 'null';
    case 'array':
      return `a list of ${countOf(schema)}${pluralOf(schema.items)}`;
    case 'object':
      return schema.oneOf === undefined ? 'a mapping' : "a mapping with a 'type'";
    default:
      return 'a value';
  }
}

/** Its bounds as well, as far as they matter for the value: `a number of at least 0 and less than 1`. */
export function describeBounds(schema: JsonSchema, value: unknown): string {
  if (schema.type === 'array') return describeSchema(schema);
  if (schema.type === 'string') return `at most ${schema.maxLength} characters`;
  return describeNumber(schema, false) + boundsOf(schema, value);
}

const isPositive = ({ type, minimum, exclusiveMinimum }: JsonSchema) =>
  (type === 'integer' && minimum === 1) || exclusiveMinimum === 0;

function describeNumber(schema: JsonSchema, many: boolean): string {
  const noun = `${isPositive(schema) ? 'positive ' : ''}${schema.type}${many ? 's' : ''}`;
  return many ? noun : `${noun.startsWith('i') ? 'an' : 'a'} ${noun}`;
}

/** Bounds that only say what a computer can hold are not worth a word until they are reached. */
const technical = 2 ** 31 - 1;

function boundsOf(schema: JsonSchema, value: unknown): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const far = maximum !== undefined && maximum >= technical && Number(value) <= maximum;
  const bounds = [
    ...(minimum === undefined || isPositive(schema) ? [] : [`at least ${minimum}`]),
    ...(exclusiveMinimum === undefined || isPositive(schema) ? [] : [`more than ${exclusiveMinimum}`]),
    ...(maximum === undefined || far ? [] : [`at most ${maximum}`]),
    ...(exclusiveMaximum === undefined ? [] : [`less than ${exclusiveMaximum}`]),
  ];
  return bounds.length === 0 ? '' : ` of ${bounds.join(' and ')}`;
}

function pluralOf(items: JsonSchema | undefined): string {
  if (items?.type === 'integer' || items?.type === 'number') return describeNumber(items, true);
  if (items?.type === 'array') return `lists of ${countOf(items)}${pluralOf(items.items)}`;
  if (items?.title === 'step') return 'steps';
  return items?.enum === undefined ? 'values' : 'names';
}

function countOf({ minItems, maxItems }: JsonSchema): string {
  if (minItems !== undefined && minItems === maxItems) return `${minItems} `;
  if (minItems !== undefined && maxItems !== undefined) return `${minItems} to ${maxItems} `;
  return '';
}

/** `a, b or c` */
export function listOf(items: readonly string[], word: 'and' | 'or'): string {
  const last = items[items.length - 1] ?? 'nothing';
  return items.length < 2 ? last : `${items.slice(0, -1).join(', ')} ${word} ${last}`;
}

/** True where a value is of a JSON type; a number that is not whole is still meant for an integer. */
export function isOfType(value: unknown, type: string | undefined): boolean {
  switch (type) {
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isMapping(value);
    case 'integer':
    case 'number':
      return typeof value === 'number';
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}

export function isMapping(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
