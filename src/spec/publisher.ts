/**
 * Schemas as editors get them: values may be `${…}` wherever one can be computed, and parts that many schemas share
 * are written once.
 */
import type { JsonSchema } from './describe.js';

export type Definitions = Readonly<Record<string, object>>;

type Schema = Readonly<Record<string, unknown>>;

/** Options by whose names a shared part is known: `kernelInitializer` is an `initializer`. */
const families = ['initializer', 'regularizer', 'constraint', 'activation'] as const;

const refTo = (name: string) => ({ $ref: `#/$defs/${name}` });

export class Publisher {
  /** What stands in place of a value. */
  static readonly expression: Schema = {
    type: 'string',
    pattern: '\\$\\{',
    description: 'Computed from params and indices of repeats: ${filters * 2}.',
  };
  private readonly shared = new Map<string, { readonly text: string; readonly schema: Schema }>();

  /** What has been written once, by name. */
  definitions(): Definitions {
    return Object.fromEntries([...this.shared].map(([name, { schema }]) => [name, schema]));
  }

  /** An object, each of whose values may be computed, but for those that are `plain`. */
  publishObject(schema: JsonSchema, plain: readonly string[] = []): Schema {
    const { properties, additionalProperties, ...rest } = schema;
    return {
      ...rest,
      ...(properties && {
        properties: Object.fromEntries(
          Object.entries(properties).map(([name, option]) => [
            name,
            plain.includes(name) ? option : this.publishOption(name, option),
          ]),
        ),
      }),
      ...(additionalProperties !== undefined && {
        additionalProperties:
          typeof additionalProperties === 'object'
            ? this.publishValue(additionalProperties)
            : additionalProperties,
      }),
    };
  }

  private publishOption(name: string, option: JsonSchema): Schema {
    if (name === 'type' && option.const !== undefined) return option as unknown as Schema;
    if (option.$ref !== undefined) return option as unknown as Schema;
    const { description, default: fallback, ...bare } = option;
    const published = this.share(name, this.publishValue(bare));
    return {
      ...published,
      ...(description !== undefined && { description }),
      ...(fallback !== undefined && { default: fallback }),
    };
  }

  /** One kind of several, under its name, which editors show above the texts of its options. */
  publishBranch(branch: JsonSchema): Schema {
    return { title: String(branch.properties!.type!.const), ...this.publishObject(branch) };
  }

  /** A value that may be computed as a whole, or in its parts. */
  publishValue(schema: JsonSchema): Schema {
    if (schema.$ref !== undefined) return schema as unknown as Schema;
    const forms = (schema.anyOf ?? [schema]).map((form) => this.publishForm(form));
    const { anyOf: _anyOf, ...rest } = schema;
    // Text without a rule of its own may hold anything.
    const isOpen = forms.some((form) => form.type === 'string' && !('enum' in form) && !('pattern' in form));
    const isObject = forms.every((form) => form.type === 'object' || form.type === 'array');
    const all = isOpen || isObject ? forms : [...forms, refTo('expression')];
    const notes = schema.anyOf === undefined ? {} : rest;
    return all.length === 1 ? { ...all[0], ...notes } : { anyOf: all, ...notes };
  }

  private publishForm(form: JsonSchema): Schema {
    if (form.type === 'array') {
      return { ...form, ...(form.items && { items: this.publishValue(form.items) }) } as unknown as Schema;
    }
    if (form.oneOf !== undefined) return this.publishChoice(form);
    return form.type === 'object' ? this.publishObject(form) : (form as unknown as Schema);
  }

  /** A union that is told apart by `type`, as conditions: editors then speak of the branch that is meant. */
  publishChoice({ oneOf: branches = [], description }: JsonSchema): Schema {
    return {
      type: 'object',
      required: ['type'],
      properties: { type: typeOf(branches) },
      allOf: branches.map((branch) => whenType(branch, this.publishBranch(branch))),
      ...(description !== undefined && { description }),
    };
  }

  private share(option: string, schema: Schema): Schema {
    const family = families.find((name) => option.toLowerCase().endsWith(name.toLowerCase()));
    if (family === undefined) return schema;
    const text = JSON.stringify(schema);
    const known = this.shared.get(family);
    if (known === undefined) this.shared.set(family, { text, schema });
    return known === undefined || known.text === text ? refTo(family) : schema;
  }
}

/** The names of the branches, each with what it is, for completion and hover text. */
export function typeOf(branches: readonly JsonSchema[]): Schema {
  return {
    description: 'Which kind it is.',
    anyOf: [{ type: 'string', ...enumOf(branches) }, refTo('expression')],
  };
}

/** Editors show the descriptions; others leave the key aside, as a JSON schema may have keys of any kind. */
export function enumOf(branches: readonly JsonSchema[]): {
  readonly enum: readonly string[];
  readonly markdownEnumDescriptions: readonly string[];
} {
  return {
    enum: branches.map(({ properties }) => String(properties!.type!.const)),
    markdownEnumDescriptions: branches.map(({ description }) => description ?? ''),
  };
}

/** `schema` for a value whose type is that of the branch. */
export function whenType(branch: JsonSchema, schema: Schema): Schema {
  const type = { const: branch.properties!.type!.const };
  return condition({ type: 'object', properties: { type }, required: ['type'] }, schema);
}

export function condition(test: Schema, schema: Schema): Schema {
  // biome-ignore lint/suspicious/noThenProperty: a word of JSON schema
  return { if: test, then: schema };
}

/** Options that are the same in this many places are worth a name. */
const manyPlaces = 3;

/** The schema with the options that stand in many places written once each, among its definitions. */
export function hoistOptions(schema: Schema): Schema {
  const counts = new Map<string, { readonly name: string; count: number }>();
  visitOptions(schema, (name, option) => {
    const text = JSON.stringify(option);
    const found = counts.get(text) ?? { name, count: 0 };
    found.count++;
    counts.set(text, found);
    return option;
  });
  const names = new Map<string, string>();
  const definitions: Record<string, unknown> = {};
  for (const [text, { name, count }] of counts) {
    if (count < manyPlaces || text.length < 100) continue;
    let unique = `option-${name}`;
    for (let n = 2; Object.hasOwn(definitions, unique); n++) unique = `option-${name}-${n}`;
    names.set(text, unique);
    definitions[unique] = JSON.parse(text);
  }
  const hoisted = visitOptions(schema, (_name, option) => {
    const name = names.get(JSON.stringify(option));
    return name === undefined ? option : refTo(name);
  }) as Schema;
  return { ...hoisted, $defs: { ...(hoisted.$defs as object), ...definitions } };
}

/** A copy in which every option of every object is changed, the outer ones first. */
function visitOptions(schema: unknown, change: (name: string, option: unknown) => unknown): unknown {
  if (Array.isArray(schema)) return schema.map((part) => visitOptions(part, change));
  if (typeof schema !== 'object' || schema === null) return schema;
  return Object.fromEntries(
    Object.entries(schema).map(([key, part]) => {
      if (key !== 'properties') return [key, visitOptions(part, change)];
      const options = Object.entries(part as object).map(([name, option]) => {
        const changed = change(name, option);
        return [name, changed === option ? visitOptions(option, change) : changed];
      });
      return [key, Object.fromEntries(options)];
    }),
  );
}
