/** The language of specs as one JSON schema, for editors and other programs. */
export { publishedSchema as specSchema } from './published-schema.js';
export { defaults, type TrainingSection, trainingSchema } from './training-schema.js';
