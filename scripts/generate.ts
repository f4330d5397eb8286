/**
 * Writes what is derived from the code: the JSON schema, the reference pages and the README's drawing. With `--check` it writes
 * nothing and exits with 1 where a file is stale.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { compileSpec, drawGraph } from '../src/compiler/index.js';
import { builtInRegistry } from '../src/layers/index.js';
import { specSchema } from '../src/spec/index.js';
import { languageOf } from '../src/spec/language.js';
import { backendReference } from './backend-reference.js';
import { cliReference } from './cli-reference.js';
import { errorReference, specReference } from './spec-reference.js';

const root = resolve(import.meta.dirname, '..');
const lenet5 = 'specs/lenet5.yaml';

const files: Readonly<Record<string, string>> = {
  'schema/speccc.schema.json': `${JSON.stringify(specSchema(), null, 2)}\n`,
  'docs/spec-reference.md': specReference(languageOf(builtInRegistry)),
  'docs/errors.md': errorReference(),
  'docs/cli.md': cliReference(),
  'docs/backends.md': backendReference(),
  'docs/lenet5.svg': drawGraph(compileSpec(await readFile(resolve(root, lenet5), 'utf8'), lenet5), {
    format: 'svg',
  }),
};

const check = process.argv.includes('--check');
const stale: string[] = [];
for (const [file, wanted] of Object.entries(files)) {
  const path = resolve(root, file);
  const found = await readFile(path, 'utf8').catch(() => '');
  if (found === wanted) continue;
  stale.push(file);
  if (!check) await writeFile(path, wanted);
}
if (stale.length > 0) console.log(`${check ? 'stale' : 'written'}: ${stale.join(', ')}`);
if (check && stale.length > 0) {
  console.log('run `npm run generate` and commit what it writes');
  process.exitCode = 1;
}
