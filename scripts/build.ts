/**
 * Builds dist: functions, each in its own module, by tsc; and dist/cli from src/cli, a few files in place of 200 modules,
 * with the validators of all built-in schemas compiled beforehand, so that a command starts in half the time. Packages
 * stay outside. The command line uses none of what tsc builds. Does nothing where nothing has changed since the last build.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

const root = resolve(import.meta.dirname, '..');
const dist = join(root, 'dist');
/** What the last build was made from, and the names of what it made. */
const record = join(dist, 'build.json');

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .sort();
}

/** Of all that goes into a build: sources, settings and the versions of packages. */
async function digestOfSources(): Promise<string> {
  const settings = [
    'package.json',
    'tsconfig.json',
    'tsconfig.build.json',
    'node_modules/.package-lock.json',
  ];
  const sources = await Promise.all(['src', 'scripts'].map((folder) => filesIn(join(root, folder))));
  const hash = createHash('sha256');
  for (const file of [...settings.map((name) => join(root, name)), ...sources.flat()]) {
    hash.update(`${file}\0`).update(await readFile(file).catch(() => ''));
  }
  return hash.digest('hex');
}

const outputs = async () => (await filesIn(dist)).filter((file) => file !== record);

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

async function buildCommandLine(): Promise<void> {
  const outdir = join(dist, 'cli');
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
}

async function buildFunctions(): Promise<boolean> {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const child = spawn(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  const [code] = await once(child, 'close');
  return code === 0;
}

const digest = await digestOfSources();
const last = await readFile(record, 'utf8')
  .then((text) => JSON.parse(text) as { readonly digest: string; readonly outputs: readonly string[] })
  .catch(() => undefined);
const present = new Set(await outputs());
const whole = last?.outputs.every((file) => present.has(file)) ?? false;
if (!whole || last?.digest !== digest) {
  // What is missing, tsc would not write again.
  await rm(whole ? record : dist, { recursive: true, force: true });
  const [sound] = await Promise.all([buildFunctions(), buildCommandLine()]);
  if (sound) await writeFile(record, JSON.stringify({ digest, outputs: await outputs() }));
  else process.exitCode = 1;
}
