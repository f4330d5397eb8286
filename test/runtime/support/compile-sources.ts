/**
 * Tests that kill processes start many of them. Compiled once into a temporary folder they start in the time
 * of plain Node, where a TypeScript loader would take longer than the test.
 */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import ts from 'typescript';

const repository = resolve(import.meta.dirname, '../../..');

export interface CompiledSources {
  /** The compiled file of a source, `src/runtime/trainer.ts` → an absolute `.js` path. */
  file(source: string): string;
  remove(): Promise<void>;
}

/** Strips the types of `src/` and of test/runtime/support; no type check. */
export async function compileSources(): Promise<CompiledSources> {
  const folder = await mkdtemp(join(tmpdir(), 'speccc-compiled-'));
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'));
  const output = (source: string) => join(folder, source.replace(/\.ts$/, '.js'));
  const sources = (await Promise.all(['src', 'test/runtime/support'].map(typescriptFiles))).flat();
  await Promise.all(
    sources.map(async (source) => {
      const { outputText } = ts.transpileModule(await readFile(join(repository, source), 'utf8'), {
        compilerOptions: {
          target: ts.ScriptTarget.ES2023,
          module: ts.ModuleKind.ESNext,
          verbatimModuleSyntax: true,
        },
      });
      await mkdir(dirname(output(source)), { recursive: true });
      await writeFile(output(source), outputText);
    }),
  );
  return { file: output, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function typescriptFiles(folder: string): Promise<string[]> {
  const names = await readdir(join(repository, folder), { recursive: true });
  return names.filter((name) => name.endsWith('.ts')).map((name) => join(folder, name));
}
