/**
 * Builds dist/cli from src/cli: a few files in place of 200 modules, with the validators of all built-in schemas compiled
 * beforehand, so that a command starts in half the time. Packages stay outside. Functions, with their own modules,
 * are built by tsc; the command line uses none of those, and they know nothing of it. What was built after the last
 * change of all that goes into it stays.
 */
import { readdir, rm, stat, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const outdir = join(root, 'dist/cli');
/** Written when all else is. */
const stamp = join(outdir, '.built');

/** Takes the place of src/spec/compile-schema.ts. */
const bringValidators: Plugin = {
  name: 'bring-validators',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]spec[\\/]compile-schema\.ts$/ }, async () => {
      const { compiledSchemas } = await import('./compiled-schemas.js');
      return { contents: await compiledSchemas(), loader: 'js' };
    });
  },
};

/** Folders change with what is added and removed. */
async function isUpToDate(): Promise<boolean> {
  const changed = async (path: string) => (await stat(path)).mtimeMs;
  const built = await changed(stamp).catch(() => 0);
  const folders = ['src', 'scripts'].map((name) => join(root, name));
  const inside = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(folder, { recursive: true })).map((name) => join(folder, name)),
    ),
  );
  const sources = [...folders, ...inside.flat(), join(root, 'package-lock.json')];
  return (await Promise.all(sources.map(changed))).every((time) => time < built);
}

if (!(await isUpToDate())) {
  await rm(outdir, { recursive: true, force: true });
  await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    logLevel: 'warning',
    plugins: [bringValidators],
  });
  await writeFile(stamp, '');
}
