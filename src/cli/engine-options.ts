/** What computes, for every command that does. The names stand here so that help needs no runtime. */
import { Option } from 'commander';
import { SpecccError } from '../diagnostics/index.js';
import type { BackendName } from '../runtime/backend.js';
import type { EngineChoice, EngineName } from '../runtime/open-engine.js';
import { wholeNumber } from './command-line.js';

type BackendChoice = BackendName | 'auto';

const engineChoices = ['auto', 'tfjs', 'compiled'] as const satisfies readonly EngineName[];

const backendChoices = [
  'auto',
  'tfjs-node-gpu',
  'tfjs-node',
  'wasm',
  'cpu',
] as const satisfies readonly BackendChoice[];

export interface EngineOptions {
  readonly engine: EngineName;
  readonly backend: BackendChoice;
  readonly threads?: number;
  readonly relaxed?: true;
}

const mostThreads = 64;

export const engineOption = () =>
  new Option(
    '--engine <name>',
    'what computes: a program compiled from the spec, or tfjs; auto takes tfjs on a GPU, else the compiled program where it covers all layers',
  )
    .choices(engineChoices)
    .default('auto' satisfies EngineName);

export const backendOption = () =>
  new Option('--backend <name>', 'of tfjs; auto takes the fastest that works here')
    .choices(backendChoices)
    .default('auto' satisfies BackendChoice);

export const threadsOption = () =>
  new Option(
    '--threads <n>',
    'of the compiled program; as many as the machine has where left out, and the same results for any number',
  ).argParser(wholeNumber(1, mostThreads));

export const relaxedOption = () =>
  new Option(
    '--relaxed',
    'let the compiled program fuse multiplications and additions: faster where the processor can, but not the same bits on every machine',
  );

export function engineChoice({ engine, backend, threads, relaxed }: EngineOptions): EngineChoice {
  if (backend !== 'auto' && engine === 'compiled') {
    throw new SpecccError(
      'wrong-arguments',
      "'--backend' is for tfjs, and cannot be used with '--engine compiled'",
    );
  }
  return {
    engine,
    backend,
    ...(threads !== undefined && { threads }),
    ...(relaxed && { relaxed }),
  };
}
