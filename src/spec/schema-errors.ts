/** ajv's errors in our words: one fault for one mistake. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import { type DiagnosticCode, formatPath, type SpecPath } from '../diagnostics/index.js';
import {
  describeBounds,
  describeSchema,
  describeValue,
  isOfType,
  type JsonSchema,
  listOf,
} from './describe.js';
import { type Fault, hinted, isStepPath, ownerOf, unknownValue } from './fault.js';
import { optionElsewhere, valueHint } from './hints.js';
import { limits } from './limits.js';
import { didYouMean, nearest } from './suggest.js';

/** `path` is where the checked value stands in the spec. Of very many errors, the first ones. */
export function explainErrors(errors: readonly ErrorObject[], path: SpecPath): readonly Fault[] {
  const meant = meantErrors(errors.slice(0, limits.faults));
  const misspelt = new Set(meant.flatMap(wordMeant));
  return meant
    .filter(({ keyword, instancePath, params, propertyName }) => {
      // What is wrong with a key is told by the error about the key as a whole.
      if (propertyName !== undefined) return false;
      // An option that is there under a wrong name is not missing as well.
      return keyword !== 'required' || !misspelt.has(`${instancePath} ${params.missingProperty}`);
    })
    .map((error) => explain(error, [...path, ...pathOf(error)]));
}

/** The option that an unknown one was meant to be, with the place of both. */
function wordMeant({ keyword, instancePath, params, parentSchema }: ErrorObject): readonly string[] {
  if (keyword !== 'additionalProperties') return [];
  const known = Object.keys((parentSchema as JsonSchema).properties ?? {});
  const near = nearest(params.additionalProperty as string, known);
  return near === undefined ? [] : [`${instancePath} ${near}`];
}

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
  const value = error.data as unknown;
  const name = formatPath(path);
  const expected = (code: DiagnosticCode, what: string, hint?: string): Fault => ({
    code,
    path,
    at: 'value',
    message: `${name === '' ? '' : `${name}: `}expected ${what}, found ${describeValue(value)}`,
    ...hinted(hint),
  });
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownOption(schema, path, error.params.additionalProperty as string);
    case 'required':
      return missingOption(schema, path, error.params.missingProperty as string);
    case 'enum':
      return typeof value === 'string'
        ? unknownValue(value, schema.enum!, path, name)
        : expected('wrong-type', listOf(schema.enum!, 'or'));
    case 'const':
    case 'type':
    case 'anyOf': {
      const fault = expected('wrong-type', kindOf(schema, path), valueHint(schema, value, path));
      const forms = schema.anyOf ?? [schema];
      return { ...fault, structural: forms.every(({ type }) => type === 'array' || type === 'object') };
    }
    case 'pattern':
      return expected('invalid-name', nameRule(path));
    case 'propertyNames': {
      const key = error.params.propertyName as string;
      const message = `${name}: expected ${nameRule(path)}, at most ${limits.nameLength} in all, found ${describeValue(key)}`;
      return { code: 'invalid-name', path: [...path, key], at: 'key', message };
    }
    case 'minProperties':
    case 'maxProperties':
    case 'minItems':
    case 'maxItems':
      return expected('out-of-range', kindOf(schema, path));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'maxLength':
      return expected('out-of-range', describeBounds(schema, value), valueHint(schema, value, path));
    case 'uniqueItems': {
      const second = Math.max(error.params.i as number, error.params.j as number);
      const item = describeValue((value as readonly unknown[])[second]);
      const message = `${name}: expected each value once, found ${item} again`;
      return { code: 'out-of-range', path: [...path, second], at: 'value', message };
    }
    default:
      throw new Error(`no words for the schema keyword '${error.keyword}'`);
  }
}

function kindOf(schema: JsonSchema, path: SpecPath): string {
  if (path.length === 0 && schema.properties?.layers === undefined) return "a mapping with 'blocks'";
  if (path.length === 0) return "a mapping with 'name', 'input' and 'layers'";
  if (path[path.length - 1] === 'layers') return `a list of 1 to ${limits.layers} layers`;
  return describeSchema(schema);
}

const nameRule = (path: SpecPath) =>
  path.length === 1 && path[0] === 'name'
    ? 'a letter, then letters, digits, underscores and hyphens'
    : 'a letter, then letters, digits and underscores';

function missingOption(schema: JsonSchema, path: SpecPath, key: string): Fault {
  const wanted = schema.properties?.[key];
  const known = wanted !== undefined && (wanted.type ?? wanted.anyOf) !== undefined;
  const what = known ? `: ${kindOf(wanted, [...path, key])}` : '';
  return {
    code: 'missing-option',
    path,
    at: 'inside',
    message: `${ownerOf(schema, path)} needs '${key}'${what}`,
  };
}

function unknownOption(schema: JsonSchema, path: SpecPath, key: string): Fault {
  const known = Object.keys(schema.properties ?? {});
  const common = isStepPath(path) ? ['type', 'name', 'from', 'when'] : ['type'];
  const own = known.filter((option) => !common.includes(option));
  const what = path.length === 0 ? 'section' : 'option';
  const [word] = key.split(':');
  const glued = word !== key && known.includes(word!) ? `write '${key.replace(':', ': ')}'` : undefined;
  const listed =
    own.length === 0
      ? `it has no ${what}s`
      : own.length === 1
        ? `its only ${what} is '${own[0]}'`
        : `its ${what}s are ${listOf(own, 'and')}`;
  return {
    code: 'unknown-option',
    path: [...path, key],
    at: 'key',
    message: `${ownerOf(schema, path)} has no ${what} '${key.length > 40 ? `${key.slice(0, 39)}…` : key}'`,
    hint: glued ?? didYouMean(key, known) ?? optionElsewhere(key, path) ?? listed,
  };
}
