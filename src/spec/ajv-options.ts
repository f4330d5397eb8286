import type { Options } from 'ajv/dist/2020.js';

export const ajvOptions: Options = {
  strict: true,
  allErrors: true,
  verbose: true,
  // Messages are ours: see schema-errors.
  messages: false,
  discriminator: true,
  // The schemas are made by this program, so they are not checked against the schema of schemas.
  meta: false,
  validateSchema: false,
};
