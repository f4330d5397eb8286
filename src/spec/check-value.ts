/** A value against a schema: ajv finds what is wrong, this file says it. */
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { type DiagnosticCode, formatPath, type SpecPath } from '../diagnostics/index.js';
import { choiceOf, choicesIn, withoutChoices } from './choices.js';
import {
  describeBounds,
  describeSchema,
  describeValue,
  isMapping,
  isOfType,
  type JsonSchema,
  listOf,
} from './describe.js';
import { layerElsewhere, optionElsewhere, valueHint } from './hints.js';
import { didYouMean } from './suggest.js';

/** A fault before it is located. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly path: SpecPath;
  /**
   * What of the path's place is meant: its key, its value, where it is used (for what is right where it is
   * written, but not where an alias repeats it), or where something is missing inside it.
   */
  readonly at: 'key' | 'value' | 'use' | 'inside';
  readonly message: string;
  readonly hint?: string;
  /** Another place that has to do with it, and how the note about it begins. */
  readonly related?: { readonly text: string; readonly path: SpecPath };
}

/** Everything that is wrong with a value; `path` is where it stands in the spec. */
export function checkValue(schema: JsonSchema, value: unknown, path: SpecPath): readonly Fault[] {
  if (choiceOf(schema) !== undefined) return checkChoice(schema, value, path);
  const validate = validatorOf(withoutChoices(schema));
  const faults = validate(value)
    ? []
    : meantErrors(validate.errors ?? []).map((error) => explain(error, [...path, ...pathOf(error)]));
  const inside = choicesIn(schema, value, path).flatMap((choice) =>
    checkChoice(choice.schema, choice.value, choice.path),
  );
  return [...faults, ...inside];
}

const ajv = new Ajv2020({
  strict: true,
  allErrors: true,
  verbose: true,
  discriminator: true,
  meta: false,
  validateSchema: false,
});
const validators = new WeakMap<JsonSchema, ValidateFunction>();
const validatorsByText = new Map<string, ValidateFunction>();

/** A schema is compiled when it is first needed, and once: many layers share their options' schemas. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    const text = JSON.stringify(schema);
    validate = validatorsByText.get(text) ?? ajv.compile(schema);
    validators.set(schema, validate);
    validatorsByText.set(text, validate);
  }
  return validate;
}

const isLayer = (path: SpecPath) => path.length === 2 && path[0] === 'layers';

function checkChoice(schema: JsonSchema, value: unknown, path: SpecPath): readonly Fault[] {
  const { branches, bare } = choiceOf(schema)!;
  const name = formatPath(path);
  const types = [...branches.keys()];
  if (typeof value === 'string' && bare !== undefined) {
    if (bare.includes(value)) return [];
    const branch = branches.get(value);
    if (branch === undefined) return [unknownValue(value, types, path, name)];
    const needs = branch.required!.filter((key) => key !== 'type').map((key) => `${key}: …`);
    return [
      {
        code: 'missing-option',
        path,
        at: 'value',
        message: `${name}: '${value}' cannot do without options`,
        hint: `write { type: ${value}, ${needs.join(', ')} }`,
      },
    ];
  }
  if (!isMapping(value)) {
    const what = bare === undefined ? "a mapping with a 'type'" : "a name, or a mapping with a 'type'";
    const type =
      typeof value === 'string' ? (layerElsewhere(value, types) ?? didYouMean(value, types)) : undefined;
    const hint = typeof value === 'string' && types.includes(value) ? `write { type: ${value} }` : type;
    const message = `${name}: expected ${what}, found ${describeValue(value)}`;
    return [{ code: 'wrong-type', path, at: 'value', message, ...hinted(hint) }];
  }
  if (!Object.hasOwn(value, 'type')) {
    const wanted = types.length > 12 ? 'that says what it is' : `: ${listOf(types, 'or')}`;
    return [
      {
        code: 'missing-option',
        path,
        at: 'inside',
        message: `${name} needs a 'type'${wanted.startsWith(':') ? '' : ' '}${wanted}`,
      },
    ];
  }
  const { type } = value;
  const branch = typeof type === 'string' ? branches.get(type) : undefined;
  if (branch !== undefined) return checkValue(branch, value, path);
  const typePath = [...path, 'type'];
  if (typeof type !== 'string') {
    const message = `${name}.type: expected a name, found ${describeValue(type)}`;
    return [{ code: 'wrong-type', path: typePath, at: 'value', message }];
  }
  if (!isLayer(path)) return [unknownValue(type, types, typePath, `${name}.type`)];
  return [
    {
      code: 'unknown-layer-type',
      path: typePath,
      at: 'value',
      message: `there is no layer type ${describeValue(type)}`,
      hint: layerElsewhere(type, types) ?? didYouMean(type, types) ?? `the types are ${listOf(types, 'and')}`,
    },
  ];
}

function unknownValue(value: string, known: readonly string[], path: SpecPath, name: string): Fault {
  return {
    code: 'unknown-value',
    path,
    at: 'value',
    message: `${name}: expected ${listOf(known, 'or')}, found ${describeValue(value)}`,
    ...hinted(didYouMean(value, known)),
  };
}

const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint });

/** Where in the checked value an error is. */
function pathOf(error: ErrorObject): SpecPath {
  if (error.instancePath === '') return [];
  const steps = error.instancePath.slice(1).split('/');
  return steps
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Of a union's errors, those of the form that was meant: the one for the kind of value that is there. */
function meantErrors(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors
    .filter(({ keyword }) => keyword === 'anyOf')
    .map((union) => ({ union, meant: meantForm(union.schema as readonly JsonSchema[], union.data) }));
  return errors.filter((error) =>
    unions.every(({ union, meant }) => {
      if (error === union) return meant < 0;
      const inUnion =
        error.instancePath.startsWith(union.instancePath) &&
        error.schemaPath.startsWith(`${union.schemaPath}/`);
      return !inUnion || error.schemaPath.startsWith(`${union.schemaPath}/${meant}/`);
    }),
  );
}

function meantForm(forms: readonly JsonSchema[], value: unknown): number {
  const fitting = [...forms.keys()].filter((index) => isOfType(value, forms[index]!.type));
  // Of two kinds of lists, the one for the kind of items that are there.
  const byItems = fitting.find(
    (index) => Array.isArray(value) && value.every((item) => isOfType(item, forms[index]!.items?.type)),
  );
  return byItems ?? fitting.find((index) => forms[index]!.const === undefined) ?? -1;
}

function explain(error: ErrorObject, path: SpecPath): Fault {
  const schema = error.parentSchema as JsonSchema;
  const name = formatPath(path) || 'a spec';
  const value = error.data as unknown;
  const expected = (code: DiagnosticCode, what: string, hint?: string): Fault => ({
    code,
    path,
    at: 'value',
    message: `${name}: expected ${what}, found ${describeValue(value)}`,
    ...hinted(hint),
  });
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownOption(schema, path, error.params.additionalProperty as string);
    case 'required': {
      const key = error.params.missingProperty as string;
      const wanted = schema.properties?.[key];
      const what =
        wanted === undefined || Object.keys(wanted).length === 0 ? '' : `: ${describeSchema(wanted)}`;
      return {
        code: 'missing-option',
        path,
        at: 'inside',
        message: `${ownerOf(schema, path)} needs '${key}'${what}`,
      };
    }
    case 'enum': {
      const known = schema.enum!;
      return typeof value === 'string'
        ? unknownValue(value, known, path, name)
        : expected('wrong-type', listOf(known, 'or'));
    }
    case 'const':
    case 'type':
    case 'anyOf':
      return expected('wrong-type', describeSchema(schema), valueHint(schema, value));
    case 'pattern':
      return expected('invalid-name', patternInWords(path));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'minItems':
    case 'maxItems':
    case 'maxLength':
      return path.length === 1 && path[0] === 'layers' && error.keyword === 'maxItems'
        ? expected('spec-too-large', `at most ${schema.maxItems} layers`)
        : expected('out-of-range', describeBounds(schema));
    case 'uniqueItems': {
      const [first, second] = [error.params.i as number, error.params.j as number].sort((a, b) => a - b);
      const item = describeValue((value as readonly unknown[])[second!]);
      const message = `${name}: expected each value once, found ${item} again`;
      return { code: 'out-of-range', path: [...path, Math.max(first!, second!)], at: 'value', message };
    }
    default:
      throw new Error(`no words for the schema keyword '${error.keyword}'`);
  }
}

const patternInWords = (path: SpecPath) =>
  path.length === 1
    ? 'a letter, then letters, digits, underscores and hyphens'
    : 'a letter, then letters, digits and underscores';

function unknownOption(schema: JsonSchema, path: SpecPath, key: string): Fault {
  const known = Object.keys(schema.properties ?? {});
  const own = known.filter((name) => !isLayer(path) || (name !== 'type' && name !== 'name'));
  const what = path.length === 0 ? 'section' : 'option';
  const hint =
    didYouMean(key, known) ??
    optionElsewhere(key, path) ??
    (own.length === 0 ? `it has no ${what}s` : `its ${what}s are ${listOf(own, 'and')}`);
  return {
    code: 'unknown-option',
    path: [...path, key],
    at: 'key',
    message: `${ownerOf(schema, path)} has no ${what} ${describeKey(key)}`,
    hint,
  };
}

const describeKey = (key: string) => `'${key.length > 40 ? `${key.slice(0, 39)}…` : key}'`;

/** Whose options a mapping holds: `conv2d`, `truncatedNormal`, `checkpoint`, `a spec`. */
function ownerOf(schema: JsonSchema, path: SpecPath): string {
  const type = schema.properties?.type?.const;
  if (typeof type === 'string') return type;
  return path.length === 0 ? 'a spec' : String(path[path.length - 1]);
}
