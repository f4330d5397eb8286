/** From a graph to a WebAssembly module that is ready to run; assembled once and then kept in the cache. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TensorProgram } from '../../compiler/program/lower-program.js';
import { assembleWat } from '../../compiler/wasm/assemble.js';
import {
  type GeneratedModule,
  generateModule,
  type Manifest,
  type ProgramPart,
} from '../../compiler/wasm/generate-module.js';
import { cacheFolder } from '../cache-folder.js';
import { writeFileWhole } from '../whole-files.js';

export interface CompileModuleOptions {
  readonly batchSize: number;
  readonly shared: boolean;
  readonly relaxed: boolean;
}

export interface CompiledModule {
  readonly module: WebAssembly.Module;
  readonly manifest: Manifest;
}

/** Lanes beyond this only cost memory: a batch goes through in pieces. */
const mostLanes = 32;

export async function compileModule(
  program: TensorProgram,
  options: CompileModuleOptions,
): Promise<CompiledModule> {
  const { text, manifest } = generateFor(program, options);
  return { module: await assembledModule(text, options.relaxed), manifest };
}

/** The text of the module for batches of a size. */
export function generateFor(
  program: TensorProgram,
  { batchSize, shared, relaxed }: CompileModuleOptions,
): GeneratedModule {
  const inputs = program.inputs.map(({ name, value }) => ({ name: `input/${name}`, value }));
  const generate = (lanes: number) =>
    generateModule(partsOf(program), inputs, program.builder, { lanes, shared, relaxed });
  const inPieces = generate(lanesFor(Math.min(batchSize, mostLanes)));
  // Statistics of a batch need all of it at once.
  const needsWhole = Object.values(inPieces.manifest.programs).some((part) => !part.inPieces);
  return needsWhole && batchSize > mostLanes ? generate(lanesFor(batchSize)) : inPieces;
}

function partsOf({ predict, evaluate, train }: TensorProgram): readonly ProgramPart[] {
  return [
    { name: 'predict', results: predict.outputs, assignments: [] },
    ...(evaluate === undefined
      ? []
      : [{ name: 'evaluate', results: [...evaluate.values, ...evaluate.outputs], assignments: [] }]),
    ...(train === undefined
      ? []
      : [{ name: 'train', results: train.values, assignments: train.assignments }]),
  ];
}

/** Whole vectors, and enough of them at once to be worth a block. */
function lanesFor(batchSize: number): number {
  if (batchSize <= 4) return 4;
  if (batchSize <= 8) return 8;
  return Math.ceil(batchSize / 16) * 16;
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
