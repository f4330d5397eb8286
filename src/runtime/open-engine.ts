/**
 * Which engine computes a graph: tfjs on a GPU where there is one, else the compiled engine where it covers the
 * graph, else tfjs on the fastest backend that works here.
 */

import type { ModelGraph } from '../compiler/model-graph.js';
import { uncoveredLayers } from '../compiler/program/forward-pass.js';
import { type Diagnostic, SpecccError, SpecError } from '../diagnostics/index.js';
import { type BackendName, openBackend } from './backend.js';
import { isDownloaded } from './backend-native.js';
import { hasSimd } from './compiled-engine/vector-support.js';
import type { EngineFactory, TrainingEngine } from './engine.js';
import { openTfjsEngine } from './tfjs-engine.js';

export const engineNames = ['auto', 'tfjs', 'compiled'] as const;
export type EngineName = (typeof engineNames)[number];

export interface EngineChoice {
  /** `auto` where it is left out. */
  readonly engine?: EngineName | undefined;
  /** Of tfjs: naming one is asking for tfjs. */
  readonly backend?: BackendName | 'auto' | undefined;
  /** Of the compiled engine. */
  readonly threads?: number | undefined;
  readonly relaxed?: boolean | undefined;
}

export interface OpenedEngine {
  readonly engine: TrainingEngine;
  /** Why it was chosen, a clause; undefined where it was asked for. */
  readonly reason: string | undefined;
}

/**
 * @throws SpecError where the compiled engine is asked for and does not cover a layer
 * @throws SpecccError 'simd-missing', and those of `openBackend`
 */
export async function openEngine(
  graph: ModelGraph,
  choice: Omit<EngineChoice, 'engine'> & { readonly engine?: EngineFactory | EngineName | undefined } = {},
): Promise<OpenedEngine> {
  const { engine = 'auto', backend = 'auto', threads, relaxed } = choice;
  if (typeof engine === 'function') return { engine: await engine(graph), reason: undefined };
  const compiled = async () => {
    const { openCompiledEngine } = await import('./compiled-engine/compiled-engine.js');
    return openCompiledEngine(graph, {
      ...(threads !== undefined && { threads }),
      ...(relaxed !== undefined && { relaxed }),
    });
  };
  if (engine === 'compiled') {
    refuseUncovered(graph);
    return { engine: await compiled(), reason: undefined };
  }
  if (engine === 'tfjs' || backend !== 'auto') {
    return { engine: await openTfjsEngine(graph, backend), reason: undefined };
  }
  const automatic = await automaticEngine(uncoveredLayers(graph));
  const opened =
    automatic.engine === 'compiled' ? await compiled() : await openTfjsEngine(graph, automatic.backend);
  return { engine: opened, reason: automatic.reason };
}

/** What `auto` takes, and why: a clause. */
export type AutomaticEngine =
  | { readonly engine: 'compiled'; readonly reason: string }
  | { readonly engine: 'tfjs'; readonly backend: BackendName | 'auto'; readonly reason: string };

/** For a graph with these layers that the compiled engine does not cover: none where they are left out. */
export async function automaticEngine(uncovered: readonly Diagnostic[] = []): Promise<AutomaticEngine> {
  if (await hasGpu()) return { engine: 'tfjs', backend: 'tfjs-node-gpu', reason: 'there is a GPU' };
  const reason = whyNotCompiled(uncovered);
  return reason === undefined
    ? { engine: 'compiled', reason: 'the fastest here' }
    : { engine: 'tfjs', backend: 'auto', reason };
}

function refuseUncovered(graph: ModelGraph): void {
  const uncovered = uncoveredLayers(graph);
  if (uncovered.length > 0) throw new SpecError(uncovered, graph.source.files);
  if (!hasSimd()) {
    throw new SpecccError(
      'simd-missing',
      'the compiled engine needs WebAssembly SIMD, which this engine lacks',
      {
        hints: ['use --engine tfjs'],
      },
    );
  }
}

function whyNotCompiled([first, ...others]: readonly Diagnostic[]): string | undefined {
  if (first !== undefined) {
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    return `the compiled engine does not cover it: ${first.message}${more}`;
  }
  return hasSimd() ? undefined : 'there is no WebAssembly SIMD here for the compiled engine';
}

async function hasGpu(): Promise<boolean> {
  if (!isDownloaded('@tensorflow/tfjs-node-gpu')) return false;
  try {
    return (await openBackend('tfjs-node-gpu')).gpu;
  } catch (error) {
    if (error instanceof SpecccError && error.code === 'backend-unavailable') return false;
    throw error;
  }
}
