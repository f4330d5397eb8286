/** The validators of all built-in schemas, compiled beforehand. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import { transform } from 'esbuild';
import { builtInRegistry } from '../src/layers/index.js';
import { ajvOptions } from '../src/spec/ajv-options.js';
import { choiceOf, withoutChoices } from '../src/spec/choices.js';
import type { JsonSchema } from '../src/spec/describe.js';
import { languageOf } from '../src/spec/language.js';

/** Every schema that `checkValue` can ask for, by its text. */
function checkedSchemas(): ReadonlyMap<string, JsonSchema> {
  const { registry: _registry, ...schemas } = languageOf(builtInRegistry);
  const found = new Map<string, JsonSchema>();
  const seen = new Set<JsonSchema>();
  const visit = (schema: JsonSchema, parts: boolean): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    const branches = choiceOf(schema)?.branches;
    for (const branch of branches?.values() ?? []) visit(branch, false);
    if (branches === undefined) {
      const rest = withoutChoices(schema);
      found.set(JSON.stringify(rest), rest);
      if (schema.items !== undefined) visitInside(schema.items);
    }
    for (const part of Object.values(schema.properties ?? {})) {
      // Sections and keys of steps are checked once more on their own, when their expressions have values.
      if (parts) visit(part, false);
      else visitInside(part);
    }
  };
  const visitInside = (schema: JsonSchema): void => {
    if (choiceOf(schema) !== undefined) visit(schema, false);
    if (schema.items !== undefined) visitInside(schema.items);
    for (const part of Object.values(schema.properties ?? {})) visitInside(part);
  };
  for (const schema of Object.values(schemas)) visit(schema, choiceOf(schema) === undefined);
  return found;
}

/** The source of a module in place of src/spec/compile-schema.ts. Schemas of layers of one's own are compiled when they are met. */
export async function compiledSchemas(): Promise<string> {
  const schemas = [...checkedSchemas()].map(([text, schema], index) => ({ text, schema, id: `v${index}` }));
  const ajv = new Ajv2020({ ...ajvOptions, code: { source: true, esm: true, lines: false } });
  for (const { schema, id } of schemas) ajv.addSchema(schema, id);
  const validators = standalone.default(ajv, Object.fromEntries(schemas.map(({ id }) => [id, id])));
  const source = `
    import { createRequire } from 'node:module';
    import { ajvOptions } from './ajv-options.ts';
    const require = createRequire(import.meta.url);
    ${validators}
    const validators = new Map([${schemas.map(({ text, id }) => `[${JSON.stringify(text)}, ${id}]`).join(',\n')}]);
    let ajv;
    export function compileSchema(schema, text) {
      const validator = validators.get(text);
      if (validator !== undefined) return validator;
      ajv ??= new (require('ajv/dist/2020.js').Ajv2020)(ajvOptions);
      return ajv.compile(schema);
    }`;
  return (await transform(source, { minify: true, format: 'esm' })).code;
}
