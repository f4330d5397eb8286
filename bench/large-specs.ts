/**
 * What specs of many layers cost: a residual network, its units written by a `repeat`. Prints a table for
 * docs/language.md. Run it with `npx tsx bench/large-specs.ts`.
 */
import { performance } from 'node:perf_hooks';
import {
  checkSpec,
  compileSpec,
  emitTypeScript,
  expandedText,
  summarizeGraph,
} from '../src/compiler/index.js';

/** Each unit is a convolution and the sum with what went into it: two layers. */
export function residualSpec(layers: number): string {
  return `name: residual
input: [16, 16, 8]
blocks:
  unit:
    params: { filters: null, size: 1 }
    layers:
      - parallel:
          - - { type: conv2d, filters: "\${filters}", kernelSize: "\${size}", padding: same, activation: relu }
          - []
        merge: add
layers:
  - repeat: ${layers / 2}
    as: i
    layers:
      - { use: unit, filters: 8, size: "\${1 + 2 * (i % 2)}" }
`;
}

const runs = 5;

/** The median of a few runs, in milliseconds. */
async function median(action: () => unknown): Promise<number> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    await action();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[Math.floor(runs / 2)]!;
}

async function measure(layers: number): Promise<readonly string[]> {
  const text = residualSpec(layers);
  const start = performance.now();
  const { graph, diagnostics } = checkSpec(text, 'residual.yaml');
  const first = performance.now() - start;
  if (graph?.nodes.length !== layers) throw new Error(`${layers} layers: ${diagnostics[0]?.message}`);
  const times = [
    first,
    await median(() => checkSpec(text, 'residual.yaml')),
    await median(() => summarizeGraph(compileSpec(text, 'residual.yaml'))),
    await median(() => expandedText(text, 'residual.yaml')),
    await median(() => emitTypeScript(graph)),
  ];
  return [layers.toLocaleString('en-US'), ...times.map((time) => `${Math.round(time)} ms`)];
}

if (import.meta.filename === process.argv[1]) {
  console.log('| layers | first check | check | with summary | with writing out | TypeScript |');
  console.log('|---:|---:|---:|---:|---:|---:|');
  for (const layers of [100, 1000, 5000]) console.log(`| ${(await measure(layers)).join(' | ')} |`);
}
