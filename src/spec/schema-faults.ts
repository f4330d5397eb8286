/** What ajv finds wrong with a value, in our words: one fault for one mistake. */
import type { ErrorObject } from 'ajv/dist/2020.js';
import type { DiagnosticCode, SpecPath } from '../diagnostics/index.js';
import { describeSchema, describeValue, type JsonSchema, listOf } from './describe.js';
import { nearest } from './suggest.js';

/** A fault before it is located: `at` says whether the key or the value of `path` is meant. */
export interface Fault {
  readonly code: DiagnosticCode;
  readonly path: SpecPath;
  readonly at: 'key' | 'value';
  readonly message: string;
  readonly hint?: string;
  readonly notes?: readonly string[];
}

/** `base` is where the checked value stands in the spec, `text` how messages name a path. */
export function schemaFaults(
  errors: readonly ErrorObject[],
  base: SpecPath,
  text: (path: SpecPath) => string,
): readonly Fault[] {
  return withoutOtherBranches(errors).flatMap((error) => {
    const path = [...base, ...pathOf(error)];
    const fault = explain(error, path, text(path));
    return fault === undefined ? [] : [fault];
  });
}

/** Where in the checked value an error is. */
function pathOf(error: ErrorObject): SpecPath {
  if (error.instancePath === '') return [];
  return error.instancePath
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'))
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

/** Of a union's errors, those of the branch that was meant: the one for the kind of value that is there. */
function withoutOtherBranches(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  return errors.filter((error) => {
    for (const union of unions) {
      const branches = union.schema as readonly JsonSchema[];
      const meant = branches.findIndex(
        (branch) => branch.type !== undefined && isOf(union.data, branch.type),
      );
      if (error === union) {
        if (meant >= 0) return false;
      } else if (
        error.instancePath.startsWith(union.instancePath) &&
        error.schemaPath.startsWith(`${union.schemaPath}/`) &&
        !error.schemaPath.startsWith(`${union.schemaPath}/${meant}/`)
      ) {
        return false;
      }
    }
    return true;
  });
}

function isOf(value: unknown, type: string): boolean {
  if (type === 'array') return Array.isArray(value);
  if (type === 'object') return typeof value === 'object' && value !== null && !Array.isArray(value);
  if (type === 'integer' || type === 'number') return typeof value === 'number';
  return typeof value === type;
}

function explain(error: ErrorObject, path: SpecPath, name: string): Fault | undefined {
  const schema = error.parentSchema as JsonSchema;
  const found = describeValue(error.data);
  const expected = (code: DiagnosticCode, what: string, hint?: string): Fault => ({
    code,
    path,
    at: 'value',
    message: `${name}: expected ${what}, found ${found}`,
    ...(hint === undefined ? {} : { hint }),
  });
  switch (error.keyword) {
    case 'additionalProperties': {
      const key = error.params.additionalProperty as string;
      const known = Object.keys(schema.properties ?? {});
      return {
        code: 'unknown-option',
        path: [...path, key],
        at: 'key',
        message: `${ownerOf(schema, path)} has no option '${key}'`,
        hint: suggestion(key, known) ?? `its options are ${listOf(known, 'and')}`,
      };
    }
    case 'required': {
      const key = error.params.missingProperty as string;
      const wanted = schema.properties?.[key];
      const tags = (schema.oneOf ?? []).map((branch) => String(branch.properties?.type?.const));
      const what =
        wanted !== undefined
          ? `: ${describeSchema(wanted)}`
          : tags.length > 0
            ? `: ${listOf(tags, 'or')}`
            : '';
      return {
        code: 'missing-option',
        path,
        at: 'value',
        message: `${ownerOf(schema, path)} needs '${key}'${what}`,
      };
    }
    case 'enum': {
      const known = error.params.allowedValues as readonly string[];
      const hint =
        (typeof error.data === 'string' ? suggestion(error.data, known) : undefined) ??
        (known.length > 20 ? undefined : undefined);
      return expected('unknown-value', listOf(known, 'or'), hint);
    }
    case 'discriminator': {
      const known = (schema.oneOf ?? []).map((branch) => String(branch.properties?.type?.const));
      const tag = error.params.tagValue as unknown;
      if (tag === undefined) {
        return (schema as { required?: unknown }).required !== undefined
          ? undefined
          : {
              code: 'missing-option',
              path,
              at: 'value',
              message: `${name} needs 'type': ${listOf(known, 'or')}`,
            };
      }
      return {
        code: typeof tag === 'string' ? 'unknown-value' : 'wrong-type',
        path: [...path, 'type'],
        at: 'value',
        message: `${name}.type: expected ${listOf(known, 'or')}, found ${describeValue(tag)}`,
        ...(typeof tag === 'string' ? hintOf(suggestion(tag, known)) : {}),
      };
    }
    case 'pattern':
      return expected('invalid-name', 'a letter, then letters, digits and underscores');
    case 'type':
    case 'anyOf':
      return expected('wrong-type', describeSchema(schema));
    case 'minimum':
    case 'maximum':
    case 'exclusiveMinimum':
    case 'exclusiveMaximum':
    case 'minItems':
    case 'maxItems':
      return expected('out-of-range', describeSchema(schema));
    case 'maxLength':
      return expected('out-of-range', `at most ${schema.maxLength} characters`);
    case 'uniqueItems':
      return {
        code: 'out-of-range',
        path: [...path, error.params.i as number],
        at: 'value',
        message: `${name}: expected each value once, found one twice`,
      };
    default:
      throw new Error(`no words for the schema keyword '${error.keyword}'`);
  }
}

const hintOf = (hint: string | undefined) => (hint === undefined ? {} : { hint });

function suggestion(word: string, known: readonly string[]): string | undefined {
  const near = nearest(word, known);
  return near === undefined ? undefined : `did you mean '${near}'?`;
}

/** Whose options a mapping holds: `conv2d`, `truncatedNormal`, `checkpoint`, `a spec`. */
function ownerOf(schema: JsonSchema, path: SpecPath): string {
  const type = schema.properties?.type?.const;
  if (typeof type === 'string') return type;
  return path.length === 0 ? 'a spec' : String(path[path.length - 1]);
}
