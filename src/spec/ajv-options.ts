import type { Options } from 'ajv/dist/2020.js';

export const ajvOptions: Options = {
  strict: true,
  allErrors: true,
  verbose: true,
  // Messages are ours: see schema-errors.
  messages: false,
  discriminator: true,
  // Tidying what it writes takes ajv longer than the rest, and V8 does it anyway. What is compiled beforehand is tidy.
  code: { optimize: false },
  // The schemas are made by this program, so they are not checked against the schema of schemas.
  meta: false,
  validateSchema: false,
};
