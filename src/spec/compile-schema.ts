/** ajv, as this program uses it. The command line brings what is compiled here along; see scripts/compiled-schemas.ts. */
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { ajvOptions } from './ajv-options.js';
import type { JsonSchema } from './describe.js';

const ajv = new Ajv2020(ajvOptions);

/** @param _text the schema as JSON, by which one that was compiled before could be found */
export function compileSchema(schema: JsonSchema, _text: string): ValidateFunction {
  return ajv.compile(schema);
}
