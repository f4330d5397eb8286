/** The language of specs: reading, checking against the schema, and setting values from outside. */
export { applyOverrides, type Override } from './apply-overrides.js';
export { parseSpec, type SpecDocument } from './document.js';
export { limits } from './limits.js';
export { bestOf, historyColumns, type LossName, lossNames, type MetricName, metricNames } from './losses.js';
export type { ReadFile } from './program.js';
export { readSpecFile, type SpecFile, specFolder } from './read-spec-file.js';
export { defaults, specSchema } from './schema.js';
export { type ValidatedSpec, validateSpec } from './validate.js';
