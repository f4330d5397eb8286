/** A value of a saved config as the option of a spec that it is, by that option's schema. */
import type { SpecPath } from '../../diagnostics/index.js';
import { choiceOf } from '../../spec/choices.js';
import { describeValue, isMapping, type JsonSchema, listOf } from '../../spec/describe.js';
import { type ChoiceContext, importChoice, seedOf } from './import-choice.js';
import { falseFriend, meaningfulNulls, wordOf } from './keras-words.js';
import { plainNumber } from './plain-number.js';

export interface ValueContext extends ChoiceContext {
  /** The option's name in specs. */
  readonly option: string;
  /** A layer or cell inside the option. */
  nested(value: unknown, kind: 'layer' | 'cell', path: SpecPath, role: string): unknown;
}

/** Undefined for "not given" and for what a spec cannot have; the latter is among the findings then. */
export function importValue(schema: JsonSchema, value: unknown, context: ValueContext): unknown {
  const { option, path, findings, label, dialect } = context;
  if (value === null) {
    if (meaningfulNulls.has(option))
      findings.cannot(path, `${label}: ${keyOf(path)} is null, which no spec can say`);
    return undefined;
  }
  const nested = nestedIn(schema);
  if (nested !== undefined) {
    return nested.many && Array.isArray(value)
      ? value.map((item: unknown, index) =>
          context.nested(item, nested.kind, [...path, index], `${option}.${index}`),
        )
      : context.nested(value, nested.kind, path, option);
  }
  const choice = choiceOf(schema);
  if (choice !== undefined) return importChoice(choice, value, context);
  if (schema.enum !== undefined) return importWord(schema.enum, value, context);
  if (option === 'seed') return seedOf(value, context);
  if (isMapping(value)) {
    findings.cannot(path, `${label}: ${keyOf(path)} is ${describeObject(value)}, which no spec can say`);
    return undefined;
  }
  const plain = plainNumber(value, dialect);
  if (option === 'targetShape' && Array.isArray(plain)) return plain.map((size: unknown) => size ?? -1);
  // tfjs keeps the axes of `dot` in the form in which they were given.
  return isTuple(schema) && option !== 'axes' ? shrink(plain, schema) : firstOf(plain, schema);
}

const keyOf = (path: SpecPath) => String(path.at(-1));

const describeObject = ({ class_name: name }: Readonly<Record<string, unknown>>) =>
  typeof name === 'string' ? `an object of the class ${describeValue(name)}` : 'an object';

function nestedIn(
  schema: JsonSchema,
): { readonly kind: 'layer' | 'cell'; readonly many: boolean } | undefined {
  const of = (candidate: JsonSchema | undefined) => {
    const { $ref } = (candidate ?? {}) as { readonly $ref?: string };
    return $ref === undefined ? undefined : $ref.endsWith('/cell') ? 'cell' : 'layer';
  };
  const kind = of(schema);
  if (kind !== undefined) return { kind, many: false };
  const items = of(schema.items);
  return items === undefined ? undefined : { kind: items, many: true };
}

/** A word out of a few. Functions are saved by name, by newer versions inside an object. */
function importWord(known: readonly string[], value: unknown, context: ValueContext): string | undefined {
  const { option, path, findings, label, dialect } = context;
  const saved =
    isMapping(value) && value.class_name === 'function' && typeof value.config === 'string'
      ? value.config
      : value;
  const key = keyOf(path);
  if (typeof saved !== 'string') {
    const found = isMapping(saved) ? describeObject(saved) : describeValue(saved);
    findings.cannot(path, `${label}: ${key} is ${found}, which no spec can say`);
    return undefined;
  }
  const word = wordOf(saved);
  const warning = falseFriend(option, word, dialect);
  if (warning !== undefined) {
    findings.cannot(path, `${label}: ${key} is ${describeValue(saved)}: ${warning}`);
    return undefined;
  }
  if (known.includes(word)) return word;
  findings.cannot(
    path,
    `${label}: ${key} is ${describeValue(saved)}, and a spec can have ${listOf(known, 'or')}`,
  );
  return undefined;
}

/** Whether the schema takes one number for a list of numbers of a fixed length that are all the same. */
function isTuple({ anyOf: forms = [] }: JsonSchema): boolean {
  return forms.some(isNumber) && forms.some(({ maxItems }) => maxItems !== undefined);
}

const isNumber = ({ type }: JsonSchema) => type === 'integer' || type === 'number';

/** [3, 3] → 3; [[1, 1], [2, 2]] → [1, 2], where the schema has these forms. */
function shrink(value: unknown, schema: JsonSchema): unknown {
  if (!Array.isArray(value) || value.length === 0) return value;
  const all = value.flat(2) as unknown[];
  if (all.every((item) => item === all[0])) return all[0];
  const pairs = schema.anyOf!.some(
    ({ items, minItems }) => minItems === value.length && items?.type === 'integer',
  );
  const even = value.every((item: unknown) => Array.isArray(item) && item.every((edge) => edge === item[0]));
  return pairs && even ? value.map((item: readonly unknown[]) => item[0]) : value;
}

/** [3] → 3 where the option takes no list. */
function firstOf(value: unknown, schema: JsonSchema): unknown {
  return isNumber(schema) && Array.isArray(value) && value.length === 1 ? value[0] : value;
}
