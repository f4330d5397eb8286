/** The reference specs that come with speccc: what `init` copies, and what `train` takes where there is no spec. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestWord, SpecccError } from '../diagnostics/index.js';
import { packageFolder } from './package-folder.js';

const folder = join(packageFolder, 'specs');

export interface BundledSpec {
  readonly name: string;
  readonly path: string;
  /** The `description` of the spec, where it has one. */
  readonly description: string;
}

export async function listBundledSpecs(): Promise<readonly BundledSpec[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.yaml')).sort();
  return Promise.all(
    files.map(async (file) => {
      const path = join(folder, file);
      const description = /^description:\s*(.*)$/m.exec(await readFile(path, 'utf8'))?.[1] ?? '';
      return { name: file.replace(/\.yaml$/, ''), path, description };
    }),
  );
}

/** @throws SpecccError `unknown-bundled-spec`, with the nearest name. */
export async function findBundledSpec(name: string): Promise<BundledSpec> {
  const specs = await listBundledSpecs();
  const wanted = name.replace(/\.ya?ml$/, '');
  const found = specs.find((spec) => spec.name === wanted);
  if (found !== undefined) return found;
  const names = specs.map((spec) => spec.name);
  const near = nearestWord(wanted, names);
  throw new SpecccError(
    'unknown-bundled-spec',
    `speccc has no spec '${name}'${near === undefined ? '' : `; did you mean '${near}'?`}`,
    { hints: [`there ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}`] },
  );
}
