import { createRequire } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';

/** Where specs and schemas lie, which come with the package. The package finds itself by its name, from wherever this code lies in it. */
export const packageFolder = dirname(createRequire(import.meta.url).resolve('speccc/package.json'));

/** The schema as a spec in this folder refers to it, for editors. */
export function schemaReference(folder: string): string {
  const path = relative(folder, join(packageFolder, 'schema/speccc.schema.json')).split(sep).join('/');
  return path.startsWith('.') ? path : `./${path}`;
}
