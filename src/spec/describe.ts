/** Values and schemas in words, for "expected …, found …". */

/** What a value is, as short as it can be said. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (typeof value === 'string') {
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 39)}…` : value);
  }
  if (Array.isArray(value)) {
    const flat = value.every((item) => typeof item === 'number') ? `[${value.join(', ')}]` : '';
    if (flat !== '' && flat.length <= 30) return value.length === 0 ? 'an empty list' : flat;
    return `a list of ${value.length}`;
  }
  if (typeof value === 'object') return 'a mapping';
  return String(value);
}

export interface JsonSchema {
  readonly type?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
}

/** What a schema allows: `a positive integer or a list of 2 positive integers`. */
export function describeSchema(schema: JsonSchema, many = false): string {
  if (schema.anyOf !== undefined) {
    return [...new Set(schema.anyOf.map((branch) => describeSchema(branch)))].join(', or ');
  }
  if (schema.const !== undefined) return describeValue(schema.const);
  if (schema.enum !== undefined) return schema.enum.length <= 20 ? listOf(schema.enum, 'or') : 'a known name';
  switch (schema.type) {
    case 'integer':
    case 'number':
      return describeNumber(schema, many);
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    case 'array': {
      const items = schema.items === undefined ? 'values' : describeSchema(schema.items, true);
      return `a list of ${countOf(schema)}${items}`;
    }
    case 'object':
      return schema.oneOf === undefined ? 'a mapping' : "a mapping with a 'type'";
    default:
      return 'a value';
  }
}

function describeNumber(schema: JsonSchema, many: boolean): string {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const kind = schema.type === 'integer' ? 'integer' : 'number';
  const noun = many ? `${kind}s` : kind;
  const positive = (kind === 'integer' && minimum === 1) || exclusiveMinimum === 0;
  const article = many ? '' : positive || kind === 'number' ? 'a ' : 'an ';
  const above =
    positive || (minimum === undefined && exclusiveMinimum === undefined)
      ? undefined
      : minimum !== undefined
        ? `at least ${minimum}`
        : `greater than ${exclusiveMinimum}`;
  const below =
    maximum !== undefined && maximum < 2 ** 31 - 1
      ? `at most ${maximum}`
      : exclusiveMaximum !== undefined
        ? `less than ${exclusiveMaximum}`
        : undefined;
  const limits = [above, below].filter((limit) => limit !== undefined).join(' and ');
  return `${article}${positive ? 'positive ' : ''}${noun}${limits === '' ? '' : ` of ${limits}`}`;
}

function countOf({ minItems, maxItems }: JsonSchema): string {
  if (minItems !== undefined && minItems === maxItems) return `${minItems} `;
  if (minItems !== undefined && maxItems !== undefined) return `${minItems} to ${maxItems} `;
  return '';
}

/** `a, b or c` */
export function listOf(items: readonly unknown[], word: 'and' | 'or'): string {
  const words = items.map(String);
  const last = words.pop();
  return words.length === 0 ? (last ?? 'nothing') : `${words.join(', ')} ${word} ${last}`;
}
