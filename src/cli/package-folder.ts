import { createRequire } from 'node:module';
import { dirname } from 'node:path';

/** Where specs and schemas lie, which come with the package. The package finds itself by its name, from wherever this code lies in it. */
export const packageFolder = dirname(createRequire(import.meta.url).resolve('speccc/package.json'));
