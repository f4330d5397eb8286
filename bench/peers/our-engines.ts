/** Our own engines that are measured beside the peers. A new one is a line here. */
import { type EngineFactory, openTfjsEngine } from '../../src/runtime/index.js';
import { openEngine } from '../../src/runtime/open-engine.js';

interface BenchEngine {
  readonly title: string;
  /** The numbers of threads that it can be told to use; any number where left out. */
  readonly threads?: readonly number[];
  readonly open: (threads: number) => EngineFactory;
}

export const ourEngines: Readonly<Record<string, BenchEngine>> = {
  compiled: {
    title: 'speccc, compiled',
    open: (threads) => async (graph) => (await openEngine(graph, { engine: 'compiled', threads })).engine,
  },
  tfjs: {
    title: 'speccc, tfjs on wasm',
    threads: [1],
    open: () => (graph) => openTfjsEngine(graph, 'wasm'),
  },
};
