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
    'of the compiled program, at most; as many as the machine has where left out, and the same results for any number',
  ).argParser(wholeNumber(1, mostThreads));

export const relaxedOption = () =>
  new Option(
    '--relaxed',
    'let the compiled program fuse multiplications and additions: faster where the processor can, but not the same bits on every machine',
  );

/** @throws SpecccError 'wrong-arguments' for options of two engines at once */
export function engineChoice({ engine, backend, threads, relaxed }: EngineOptions): EngineChoice {
  const ofTfjs = backend === 'auto' ? undefined : '--backend';
  const ofCompiled = threads !== undefined ? '--threads' : relaxed ? '--relaxed' : undefined;
  if (ofTfjs !== undefined && engine === 'compiled') {
    throw cannotBeUsed(ofTfjs, 'tfjs', '--engine compiled');
  }
  if (ofCompiled !== undefined && engine === 'tfjs') {
    throw cannotBeUsed(ofCompiled, 'the compiled program', '--engine tfjs');
  }
  if (ofCompiled !== undefined && ofTfjs !== undefined) {
    throw cannotBeUsed(ofCompiled, 'the compiled program', ofTfjs);
  }
  return {
    engine,
    backend,
    ...(threads !== undefined && { threads }),
    ...(relaxed && { relaxed }),
  };
}

const cannotBeUsed = (option: string, owner: string, other: string) =>
  new SpecccError('wrong-arguments', `'${option}' is for ${owner}, and cannot be used with '${other}'`);
