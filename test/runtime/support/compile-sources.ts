/**
 * Tests that kill processes start many of them. Built once into a temporary folder they start in the time
 * of plain Node, where a TypeScript loader would take longer than the test.
 */
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { build } from 'esbuild';

const repository = resolve(import.meta.dirname, '../../..');

export interface CompiledSources {
  /** The built file of one of the sources, `src/runtime/trainer.ts` → an absolute `.js` path. */
  file(source: string): string;
  remove(): Promise<void>;
}

/** Builds these files, each with all that it imports but packages; no type check. */
export async function compileSources(...sources: readonly string[]): Promise<CompiledSources> {
  const folder = await mkdtemp(join(tmpdir(), 'speccc-compiled-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  await build({
    entryPoints: sources.map((source) => join(repository, source)),
    outbase: repository,
    outdir: folder,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'warning',
  });
  return {
    file: (source) => join(folder, source.replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
