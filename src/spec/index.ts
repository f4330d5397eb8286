/** The language of specs: reading, checking against the schema, and setting values from outside. */
export { applyOverrides, type Override } from './apply-overrides.js';
export { parseSpec, type SpecDocument } from './document.js';
export type { ReadFile } from './program.js';
export { publishedSchema as specSchema } from './published-schema.js';
export { readSpecFile, type SpecFile, specFolder } from './read-spec-file.js';
export { type ValidatedSpec, validateSpec } from './validate.js';
