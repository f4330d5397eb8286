/** From a graph to a WebAssembly module that is ready to run; assembled once and then kept in the cache. */
import type { TensorProgram } from '../../compiler/program/lower-program.js';
import { assembleWat } from '../../compiler/wasm/assemble.js';
import type { Manifest } from '../../compiler/wasm/generate-module.js';
import { type ProgramModuleOptions, programModule } from '../../compiler/wasm/program-module.js';
import { cachedModule } from './module-cache.js';
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
  const bytes = await cachedModule(text, () => assembleWat(text, { relaxed: options.relaxed }));
  return { module: await WebAssembly.compile(bytes), manifest };
}
