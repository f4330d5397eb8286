/**
 * Tests that kill processes start many of them. Built once into a temporary folder, with the packages that they use,
 * they start sooner than with a TypeScript loader, which takes longer than the test.
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

/** Packages that find files of their own beside them, whose exports only Node sees, or that a test never loads. */
const outside = [
  '@resvg/resvg-js',
  'sharp',
  '@tensorflow/*',
  'ts-morph',
  'pacote',
  '@npmcli/config',
  'proper-lockfile',
];

/** What a module of CommonJS finds in Node. */
const commonJs = `
  import { createRequire as __requireOf } from 'node:module';
  import { dirname as __folderOf } from 'node:path';
  import { fileURLToPath as __pathOf } from 'node:url';
  const require = __requireOf(import.meta.url);
  const __filename = __pathOf(import.meta.url);
  const __dirname = __folderOf(__filename);`;

/** Builds these files, each with all that it imports; no type check. */
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
    external: outside,
    // Its build for Node looks up an environment variable at each token, which is a fifth of the time to read a spec.
    alias: { yaml: join(repository, 'node_modules/yaml/browser/index.js') },
    // Each process reads all of it.
    minifyWhitespace: true,
    minifySyntax: true,
    banner: { js: commonJs },
    logLevel: 'warning',
  });
  return {
    file: (source) => join(folder, source.replace(/\.ts$/, '.js')),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}
