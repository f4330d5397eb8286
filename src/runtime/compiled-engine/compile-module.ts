/** From a graph to a WebAssembly module that is ready to run; assembled once and then kept in the cache. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorProgram } from '../../compiler/program/lower-program.js';
import { assembleWat } from '../../compiler/wasm/assemble.js';
import type { Manifest } from '../../compiler/wasm/generate-module.js';
import { type ProgramModuleOptions, programModule } from '../../compiler/wasm/program-module.js';
import { cacheFolder } from '../cache-folder.js';
import { writeFileWhole } from '../whole-files.js';
import { checkMemory } from './running-module.js';

export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly manifest: Manifest;
}

/** @throws SpecccError 'out-of-memory' where no module could have the memory that it needs */
export async function compileModule(
  program: TensorProgram,
  options: ProgramModuleOptions,
): Promise<CompiledModule> {
  const { text, manifest } = programModule(program, options);
  checkMemory(manifest.bytes);
  return { module: await assembledModule(text, options.relaxed), manifest };
}

async function assembledModule(text: string, relaxed: boolean): Promise<WebAssembly.Module> {
  const digest = createHash('sha256').update(text).digest('hex');
  const file = join(cacheFolder(), 'modules', `${digest.slice(0, 32)}.wasm`);
  try {
    return await WebAssembly.compile(await readFile(file));
  } catch {
    // Not there, or damaged: it is made again.
  }
  const bytes = await assembleWat(text, { relaxed });
  // A cache that cannot be written only costs the time to assemble.
  await writeFileWhole(file, bytes).catch(() => {});
  return WebAssembly.compile(bytes);
}
