/** A value against a schema: which part of it is meant, and what is wrong there. */
import type { ValidateFunction } from 'ajv/dist/2020.js';
import type { SpecPath } from '../diagnostics/index.js';
import { chooseBranch } from './choice-faults.js';
import { type Choice, choiceOf, choicesIn, withoutChoices } from './choices.js';
import { compileSchema } from './compile-schema.js';
import type { JsonSchema } from './describe.js';
import type { Fault } from './fault.js';
import { limits } from './limits.js';
import { explainErrors } from './schema-errors.js';

/** Everything that is wrong with a value, which is not changed; `path` is where it stands in the spec. */
export function checkValue(schema: JsonSchema, value: unknown, path: SpecPath): readonly Fault[] {
  const choice = choiceOf(schema);
  if (choice !== undefined) return checkChoice(choice, value, path);
  const validate = validatorOf(withoutChoices(schema));
  const faults = validate(value) ? [] : explainErrors(validate.errors ?? [], path);
  const all = [...faults];
  for (const part of choicesIn(schema, value, path)) {
    if (all.length >= limits.faults) break;
    all.push(...checkChoice(part.choice, part.value, part.path));
  }
  return all;
}

function checkChoice(choice: Choice, value: unknown, path: SpecPath): readonly Fault[] {
  const { branch, fault } = chooseBranch(choice, value, path);
  const faults = fault === undefined ? [] : [fault];
  if (branch === undefined) return faults;
  const type = branch.properties?.type?.const;
  return [
    ...faults,
    ...checkValue(branch, fault === undefined ? value : { ...(value as object), type }, path),
  ];
}

const validators = new WeakMap<JsonSchema, ValidateFunction>();
const validatorsByText = new Map<string, ValidateFunction>();

/** A schema is compiled when it is first needed, and once: many layers have options of the same kind. */
function validatorOf(schema: JsonSchema): ValidateFunction {
  let validate = validators.get(schema);
  if (validate === undefined) {
    const text = JSON.stringify(schema);
    validate = validatorsByText.get(text) ?? compileSchema(schema, text);
    validators.set(schema, validate);
    validatorsByText.set(text, validate);
  }
  return validate;
}
